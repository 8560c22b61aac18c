package dev.mmureplay.cli.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mmureplay.event.Fidelity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Hazard: a command runs before its tracer records, or the log is taken before it is complete. */
@Timeout(60)
final class RecordingTest {
  private static final String WORDS = "for w; do printf '<%s>' \"$w\"; done >>\"$0\"; exit 7";

  @TempDir private Path directory = Path.of("");

  private Path log() {
    return directory.resolve("my log");
  }

  /** A tool whose tracer is a script, and whose command notes its words in the tracer's log. */
  private int record(String script) throws IOException {
    List<String> tracer = List.of("sh", "-c", script, log().toString());
    List<String> command = List.of("sh", "-c", WORDS, log().toString(), "a b", "", "$HOME");
    List<Step> steps =
        List.of(
            new Step.StartTracer(tracer, log()),
            new Step.RunCommand(command, false, null),
            new Step.EndTracer(log()));
    return Recording.run(
        new Steps(steps), Host.here(), new CaptureTool.Order(command, log(), 1, false));
  }

  @Test
  void theCommandRunsBetweenTheFirstAndTheLastLineOfItsTracer() throws IOException {
    int code = record("sleep 0.3; echo begin >\"$0\"; cat; sleep 0.3; echo end >>\"$0\"");

    assertThat(code).isEqualTo(7);
    assertThat(log()).hasContent("begin\n<a b><><$HOME>end\n");
  }

  @Test
  void whatATracerSaysOfLossesIsInItsLog() throws IOException {
    record("echo a warning >&2; echo begin >\"$0\"; cat; echo Lost 12 events >&2");

    assertThat(log()).hasContent("begin\n<a b><><$HOME>Lost 12 events, in unknown places\n");
  }

  @Test
  void withoutATracerThatRecordsThereIsNoCommand() {
    assertThatThrownBy(() -> record("echo nothing to trace >\"$0\"; exit 3"))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("sh -c ")
        .hasMessageEndingWith(" did not begin to record; its exit code is 3");
    assertThat(log()).hasContent("nothing to trace\n");
  }

  @Test
  void aTracerThatEndsBeforeTheCommandOrFailsIsAFailure() {
    assertThatThrownBy(
            () -> {
              String dies = "head -n 1; echo why >\"$0\"; exec >&- 2>&-; kill -9 $$";
              record(dies + "; sleep 1");
            })
        .isInstanceOf(IOException.class)
        .hasMessageContaining(" (see " + log() + "); its exit code is 137");
    assertThatThrownBy(() -> record("cat; echo all >>\"$0\"; exit 4"))
        .isInstanceOf(IOException.class)
        .hasMessageEndingWith(" failed (see " + log() + "); its exit code is 4");
  }

  @Test
  void whatIsPrintedForBpftraceRecordsWhenAShellReadsIt() throws Exception {
    Path tools = Files.createDirectory(directory.resolve("tools"));
    Path bpftrace =
        Files.writeString(
            tools.resolve("bpftrace"),
            """
            #!/bin/sh
            while [ "$1" != -c ]; do [ "$1" = -o ] && log=$2; shift; done
            head -n 1 "$3" >"$log"
            echo "$BPFTRACE_PERF_RB_PAGES $5" >>"$log"
            "$2"
            echo end >>"$log"
            echo Lost 3 events >&2
            """);
    assertThat(bpftrace.toFile().setExecutable(true)).isTrue();
    List<String> command = List.of("sh", "-c", "cat /proc/$$/comm; " + WORDS, "my log", "a b", "");
    Host nowhere = new Host(directory, "/usr/bin:/bin", 0);
    List<Step> steps =
        CaptureTools.named("bpftrace")
            .steps(nowhere, new CaptureTool.Order(command, Path.of("my log"), 2, false));
    StringBuilder lines = new StringBuilder();
    for (Step step : steps) {
      lines.append(step.line()).append('\n');
    }

    ProcessBuilder builder = new ProcessBuilder("sh").directory(directory.toFile());
    builder.environment().put("PATH", tools + ":/usr/bin:/bin");
    builder.redirectErrorStream(true);
    Process shell = builder.start();
    shell.outputWriter().append(lines).close();
    String out = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(shell.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(out).isEqualTo("sh\nLost 3 events\n");
    assertThat(log())
        .hasContent(
            "#!/usr/bin/env bpftrace\n512 0xffff888000000\n<a b><>end\nLost 3 events, in unknown places\n");
    try (var left = Files.list(directory)) {
      assertThat(left.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("my log", "tools");
    }
  }

  private record Steps(List<Step> steps) implements CaptureTool {
    @Override
    public String name() {
      return "test";
    }

    @Override
    public String importer() {
      return "strace";
    }

    @Override
    public List<String> programs() {
      return List.of();
    }

    @Override
    public Fidelity fidelity() {
      return new Fidelity(Fidelity.Accesses.NONE, true, true, true, true, true, true, 0);
    }

    @Override
    public String sees() {
      return "";
    }

    @Override
    public String howToGet() {
      return "";
    }

    @Override
    public @Nullable String obstacle(Host host) {
      return null;
    }

    @Override
    public List<Step> steps(Host host, Order order) {
      return steps;
    }
  }
}
