package dev.mmureplay.cli.capture;

import dev.mmureplay.event.Fidelity;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Valgrind's lackey: every access of a program that runs one thread at a time. */
final class LackeyTool implements CaptureTool {
  @Override
  public String name() {
    return "lackey";
  }

  @Override
  public String importer() {
    return "lackey";
  }

  @Override
  public List<String> programs() {
    return List.of("valgrind");
  }

  @Override
  public Fidelity fidelity() {
    return new Fidelity(Fidelity.Accesses.EVERY, true, false, false, false, true, false, 0);
  }

  @Override
  public String sees() {
    return "Every access of the program, one thread at a time; no clock, nothing that the kernel"
        + " touches, another layout of memory, and 100 to 6,000 times slower";
  }

  @Override
  public String howToGet() {
    return "install the package valgrind; needs no privileges";
  }

  @Override
  public @Nullable String obstacle(Host host) {
    return missingProgram(host);
  }

  @Override
  public List<Step> steps(Host host, Order order) {
    // Valgrind replaces % in the name; each forked child writes a log of its own.
    String pattern = order.log().toString().replace("%", "%%") + ".%p";
    List<String> words =
        new ArrayList<>(
            List.of(
                "valgrind",
                "--tool=lackey",
                "--fair-sched=yes",
                "--trace-mem=yes",
                "--trace-syscalls=yes",
                "--trace-sched=yes",
                "--basic-counts=no",
                "--log-file=" + pattern,
                "--"));
    words.addAll(order.command());
    return List.of(new Step.RunCommand(words, false, order.log()));
  }
}
