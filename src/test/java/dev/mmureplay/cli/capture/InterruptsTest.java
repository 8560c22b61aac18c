package dev.mmureplay.cli.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Hazard: the signal that ended the command ends the recording before it is imported. */
@Timeout(60)
final class InterruptsTest {
  private static final int TIMES = 300;

  /** Is sent a signal just before it stops to keep signals away, again and again. */
  static final class Interrupted {
    private Interrupted() {}

    public static void main(String[] args) throws Exception {
      String self = Long.toString(ProcessHandle.current().pid());
      for (int i = 0; i < TIMES; i++) {
        try (Interrupts interrupts = new Interrupts()) {
          Process kill = new ProcessBuilder("kill", "-INT", self).start();
          interrupts.started(kill, false);
          kill.waitFor();
        }
      }
      System.out.print("alive");
    }
  }

  @Test
  void aSignalThatHasArrivedEndsNothingWhenSignalsAreNoLongerKeptAway() throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Interrupted.class.getName());
    builder.redirectErrorStream(true);
    Process java = builder.start();
    String out = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(out).isEqualTo("alive");
    assertThat(java.waitFor()).isZero();
  }
}
