package dev.mmureplay.cli.capture;

import dev.mmureplay.event.Fidelity;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** strace: system calls through ptrace. */
final class StraceTool implements CaptureTool {
  private static final String PTRACE_SCOPE = "/proc/sys/kernel/yama/ptrace_scope";

  @Override
  public String name() {
    return "strace";
  }

  @Override
  public String importer() {
    return "strace";
  }

  @Override
  public List<String> programs() {
    return List.of("strace");
  }

  @Override
  public Fidelity fidelity() {
    return new Fidelity(Fidelity.Accesses.NONE, true, false, true, false, true, false, 0);
  }

  @Override
  public String sees() {
    return "All calls about memory with their times; no page accesses, and every call is stretched"
        + " by two stops of its thread";
  }

  @Override
  public String howToGet() {
    return "install the package strace; needs no privileges";
  }

  @Override
  public @Nullable String obstacle(Host host) {
    String missing = missingProgram(host);
    if (missing == null && !host.isRoot() && host.number(PTRACE_SCOPE, 0) == 3) {
      return "ptrace is switched off (kernel.yama.ptrace_scope is 3 until the next boot)";
    }
    return missing;
  }

  @Override
  public List<Step> steps(Host host, Order order) {
    List<String> words = new ArrayList<>(List.of("strace", "-f", "-ttt", "-T", "-y"));
    if (order.stacks()) {
      words.add("-k");
    }
    words.addAll(List.of("-o", fileArgument(order)));
    words.addAll(List.of("-e", "trace=" + String.join(",", TraceEvents.CALLS), "--"));
    words.addAll(order.command());
    return List.of(new Step.RunCommand(words, true, null));
  }

  /** strace takes a name that begins with {@code |} or {@code !} for a command to pipe into. */
  private static String fileArgument(Order order) {
    String name = order.log().toString();
    return name.startsWith("|") || name.startsWith("!") ? "./" + name : name;
  }
}
