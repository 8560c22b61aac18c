package dev.mmureplay.machine.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Hazard: an order that is left out, or run twice, makes "every one" untrue. */
class ScheduleTest {
  @Test
  void takesEveryPathOfATreeOnce() {
    // Option 2 of the first choice leads to no further one, the others to three.
    List<String> paths = new ArrayList<>();
    Schedule schedule = new Schedule();
    do {
      schedule.rewind();
      int first = schedule.choose(3);
      paths.add(first == 2 ? "2" : first + "" + schedule.choose(3));
    } while (schedule.next());
    assertThat(paths).containsExactly("00", "01", "02", "10", "11", "12", "2");
  }

  @Test
  void aSingleOptionIsNoBranch() {
    Schedule schedule = new Schedule();
    schedule.rewind();
    assertThat(schedule.choose(1)).isZero();
    assertThat(schedule.next()).isFalse();
  }

  @Test
  void aCopyRepeatsTheChoices() {
    Schedule schedule = new Schedule();
    schedule.rewind();
    schedule.choose(2);
    schedule.choose(2);
    schedule.next();
    Schedule copy = schedule.copy();
    copy.rewind();
    assertThat(List.of(copy.choose(2), copy.choose(2))).containsExactly(0, 1);
  }

  @Test
  void workThatDoesNotRepeatItselfIsRefused() {
    Schedule schedule = new Schedule();
    schedule.rewind();
    schedule.choose(2);
    schedule.next();
    schedule.rewind();
    assertThatThrownBy(() -> schedule.choose(3))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("expected 2 options but found 3");
  }
}
