package dev.mmureplay.cli.capture;

import dev.mmureplay.event.Fidelity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The kernel's own tracer, without any program: an instance of its own under tracefs. */
final class FtraceTool implements CaptureTool {
  /**
   * Makes itself the only task that is traced, then the command. The command's words are arguments
   * of the shell, which does not look at them.
   */
  private static final String ENTER =
      "echo $$ >\"$1/set_event_pid\" && echo 1 >\"$1/tracing_on\" && shift && exec \"$@\"";

  private static final String MOUNT = "/sys/kernel/tracing";

  @Override
  public String name() {
    return "ftrace";
  }

  @Override
  public String importer() {
    return "ftrace";
  }

  @Override
  public List<String> programs() {
    return List.of("sh");
  }

  @Override
  public Fidelity fidelity() {
    return new Fidelity(Fidelity.Accesses.FIRST_TOUCH, true, true, true, true, true, true, 0);
  }

  @Override
  public String sees() {
    return "As perf, and under Xen every PTE that the kernel sets (xen:*). Drops the oldest events"
        + " when its buffer is full, and says so";
  }

  @Override
  public String howToGet() {
    return "run as root, with tracefs mounted (mount -t tracefs nodev " + MOUNT + ")";
  }

  @Override
  public @Nullable String obstacle(Host host) {
    String missing = missingProgram(host);
    if (missing != null) {
      return missing;
    }
    String tracefs = host.tracefs();
    if (tracefs == null) {
      return host.isRoot() ? "no tracefs is mounted" : "only root reads the tracefs";
    }
    return Files.isWritable(host.file(tracefs + "/instances"))
        ? null
        : "the tracefs takes no instances from this user";
  }

  @Override
  public List<Step> steps(Host host, Order order) {
    String tracefs = host.tracefs();
    Path instance =
        host.file(
            (tracefs == null ? MOUNT : tracefs)
                + "/instances/mmureplay"
                + ProcessHandle.current().pid());
    List<Step> steps = new ArrayList<>();
    steps.add(new Step.MakeDirectory(instance));
    write(steps, instance, "tracing_on", "0");
    write(steps, instance, "trace_clock", "mono");
    write(steps, instance, "buffer_size_kb", Integer.toString(order.buffer() * 1024));
    write(steps, instance, "options/event-fork", "1");
    write(steps, instance, "options/record-tgid", "1");
    List<String> events = new ArrayList<>(TraceEvents.present(host));
    if (tracefs != null && Files.exists(host.file(tracefs + "/events/xen"))) {
      write(steps, instance, "options/hash-ptr", "0");
      events.add("xen:*");
    }
    // The kernel wants one event at a time, or all of them in one line with blanks.
    write(steps, instance, "set_event", String.join(" ", events));
    List<String> words =
        new ArrayList<>(List.of("sh", "-c", ENTER, "mmureplay", instance.toString()));
    words.addAll(order.command());
    steps.add(new Step.RunCommand(words, false, null));
    write(steps, instance, "tracing_on", "0");
    steps.add(new Step.Copy(instance.resolve("trace"), order.log()));
    write(steps, instance, "set_event", "");
    steps.add(new Step.RemoveDirectory(instance));
    return steps;
  }

  private static void write(List<Step> steps, Path instance, String file, String text) {
    steps.add(new Step.Write(instance.resolve(file), text));
  }
}
