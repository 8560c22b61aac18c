package dev.mmureplay.importer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Guards against a thread being given an address space of its own, or a process none. */
class TaskTableTest {
  private static final long THREAD = TaskTable.CLONE_VM | TaskTable.CLONE_THREAD;

  private final TaskTable tasks = new TaskTable();

  @Test
  void putsAThreadIntoItsParentsGroup() {
    tasks.cloned(100, 101, THREAD);
    tasks.cloned(101, 102, THREAD);
    assertThat(tasks.pid(102)).isEqualTo(100);
  }

  @Test
  void givesAForkedTaskAGroupOfItsOwn() {
    tasks.cloned(100, 101, TaskTable.SIGCHLD);
    assertThat(tasks.pid(101)).isEqualTo(101);
  }

  @Test
  void takesAnUnknownTaskForTheChildOfTheOldestCloneUnderWay() {
    assertThat(tasks.pid(100)).isEqualTo(100);
    assertThat(tasks.pid(200)).isEqualTo(200);
    tasks.cloneBegins(100, THREAD);
    tasks.cloneBegins(200, TaskTable.SIGCHLD);
    assertThat(tasks.pid(101)).isEqualTo(100);
    assertThat(tasks.pid(201)).isEqualTo(201);
    // No clone is left that could explain it.
    assertThat(tasks.pid(301)).isEqualTo(301);
  }

  @Test
  void correctsAGuessWhenTheCloneReturns() {
    assertThat(tasks.pid(100)).isEqualTo(100);
    tasks.cloneBegins(100, THREAD);
    assertThat(tasks.pid(101)).isEqualTo(100);
    tasks.cloned(100, 101, TaskTable.SIGCHLD);
    assertThat(tasks.pid(101)).isEqualTo(101);
  }

  @Test
  void startsAfreshWhenANumberIsUsedAgain() {
    tasks.cloned(100, 101, THREAD);
    assertThat(tasks.ends(101)).isTrue();
    tasks.cloned(100, 101, TaskTable.SIGCHLD);
    assertThat(tasks.ended(101)).isFalse();
    assertThat(tasks.pid(101)).isEqualTo(101);
  }

  @Test
  void endsEveryTaskOnce() {
    tasks.cloned(100, 101, THREAD);
    tasks.cloned(100, 102, THREAD);
    assertThat(tasks.ends(101)).isTrue();
    assertThat(tasks.ends(101)).isFalse();
    assertThat(tasks.groupEnds(100)).isTrue();
    assertThat(tasks.ends(102)).isFalse();
    assertThat(tasks.groupEnds(102)).isFalse();
  }

  @Test
  void leavesOnlyTheLeaderAfterAnExecve() {
    tasks.cloned(100, 101, THREAD);
    tasks.execs(101);
    assertThat(tasks.isNew(101)).isTrue();
    assertThat(tasks.onlyTask(0)).isEqualTo(100);
  }

  @Test
  void followsATraceThatNamesBothNumbers() {
    tasks.set(100, 101);
    assertThat(tasks.pid(101)).isEqualTo(100);
    tasks.set(101, 101);
    assertThat(tasks.pid(101)).isEqualTo(101);
  }
}
