package dev.mmureplay.importer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventRow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Guards against one call without an end holding back, in memory, the rest of a long trace. */
class EventSequencerBoundTest {
  private final List<Long> lines = new ArrayList<>();
  private final EventSequencer events = new EventSequencer(row -> lines.add(row.line));

  @Test
  void keepsTheOrderOfPlacesThatAreFilledLater() throws IOException {
    EventSequencer.Place place = events.reserve();
    events.append(row(2));
    assertThat(lines).isEmpty();
    events.fill(place, row(1));
    assertThat(lines).containsExactly(1L, 2L);
  }

  @Test
  void passesOnWhatWaitsTooLongAndPutsTheLateEventAtItsEnd() throws IOException {
    EventSequencer.Place place = events.reserve();
    for (int i = 0; i < EventSequencer.MAX_WAITING; i++) {
      events.append(row(i));
    }
    assertThat(lines).hasSize(EventSequencer.MAX_WAITING);
    events.fill(place, row(-1));
    assertThat(lines).hasSize(EventSequencer.MAX_WAITING + 1).endsWith(-1L);
  }

  @Test
  void forgetsALatePlaceThatIsGivenUp() throws IOException {
    EventSequencer.Place place = events.reserve();
    for (int i = 0; i < EventSequencer.MAX_WAITING; i++) {
      events.append(row(i));
    }
    events.fill(place, null);
    assertThat(lines).hasSize(EventSequencer.MAX_WAITING);
  }

  private static EventRow row(long line) {
    EventRow row = new EventRow().reset(EventKind.BRK, 1, 1);
    row.line = line;
    return row;
  }
}
