package dev.mmureplay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Hazard: somebody records with a tool that cannot see what the question is about. */
final class DoctorCommandTest {
  @Test
  void saysOfEveryToolWhatItSeesWhetherItIsHereOrNot() {
    Cli people = Cli.launch("doctor");
    Cli csv = Cli.launch("doctor", "--format", "csv");

    assertThat(people.code()).as(people.toString()).isZero();
    for (String tool : new String[] {"perf", "ftrace", "strace", "lackey", "bpftrace", "adplug"}) {
      assertThat(people.out()).contains("\n" + tool + ": ");
      assertThat(csv.out()).contains("\ntool," + tool + ",");
    }
    assertThat(people.out())
        .containsPattern("\nlackey +(true|false) +every +false +false +false +false\n")
        .containsPattern("\nuid +[0-9]+ ")
        .containsPattern("\nkernel.perf_event_paranoid ");
    assertThat(Cli.launch("doctor", "--format", "json").out())
        .contains("\"kind\": \"ability\"")
        .contains("\"name\": \"tracefs\"");
  }
}
