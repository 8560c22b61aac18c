package dev.mmureplay.importer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventRow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Guards against memory being reused, in the order of events, before it was given up. */
class EventSequencerTest {
  private final List<Long> lines = new ArrayList<>();
  private final EventSequencer sequencer = new EventSequencer(row -> lines.add(row.line));

  @Test
  void withoutReservationsEventsPassAtOnce() throws IOException {
    sequencer.append(event(1));
    assertThat(lines).containsExactly(1L);
  }

  @Test
  void aReservedPlaceComesBeforeWhatWasAppendedMeanwhile() throws IOException {
    EventSequencer.Place munmap = sequencer.reserve();
    sequencer.append(event(2));
    assertThat(lines).isEmpty();
    sequencer.fill(munmap, event(1));
    assertThat(lines).containsExactly(1L, 2L);
    sequencer.append(event(3));
    assertThat(lines).containsExactly(1L, 2L, 3L);
  }

  @Test
  void overlappingReservationsKeepTheOrderOfTheirBeginnings() throws IOException {
    EventSequencer.Place first = sequencer.reserve();
    sequencer.append(event(2));
    EventSequencer.Place third = sequencer.reserve();
    sequencer.append(event(4));
    sequencer.fill(third, event(3));
    assertThat(lines).isEmpty();
    sequencer.fill(first, event(1));
    assertThat(lines).containsExactly(1L, 2L, 3L, 4L);
  }

  @Test
  void aPlaceGivenUpLeavesNoEvent() throws IOException {
    EventSequencer.Place place = sequencer.reserve();
    sequencer.append(event(2));
    sequencer.fill(place, null);
    assertThat(lines).containsExactly(2L);
  }

  @Test
  void whatWaitsAtTheEndIsPassedOnWithoutTheOpenPlaces() throws IOException {
    sequencer.reserve();
    sequencer.append(event(2));
    sequencer.reserve();
    sequencer.append(event(4));
    sequencer.finish();
    assertThat(lines).containsExactly(2L, 4L);
  }

  @Test
  void aWaitingEventIsNotTheCallersRow() throws IOException {
    EventRow reused = event(1);
    EventSequencer.Place place = sequencer.reserve();
    sequencer.append(reused);
    reused.line = 99;
    sequencer.fill(place, null);
    assertThat(lines).containsExactly(1L);
  }

  private static EventRow event(long line) {
    EventRow row = new EventRow().reset(EventKind.MUNMAP, 1, 1);
    row.line = line;
    return row;
  }
}
