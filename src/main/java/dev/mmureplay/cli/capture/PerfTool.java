package dev.mmureplay.cli.capture;

import dev.mmureplay.event.Fidelity;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** perf record and perf script: tracepoints through the kernel's ring buffers. */
final class PerfTool implements CaptureTool {
  private static final String PARANOID = "/proc/sys/kernel/perf_event_paranoid";

  @Override
  public String name() {
    return "perf";
  }

  @Override
  public String importer() {
    return "perf";
  }

  @Override
  public List<String> programs() {
    return List.of("perf");
  }

  @Override
  public Fidelity fidelity() {
    return new Fidelity(Fidelity.Accesses.FIRST_TOUCH, true, true, true, true, true, true, 0);
  }

  @Override
  public String sees() {
    return "All calls and every page fault, on every CPU at once; no access to a page that is"
        + " mapped already. Says when it lost events";
  }

  @Override
  public String howToGet() {
    return "install the package linux-perf or linux-tools; run as root, or with"
        + " kernel.perf_event_paranoid at -1 and a readable tracefs";
  }

  @Override
  public @Nullable String obstacle(Host host) {
    String missing = missingProgram(host);
    if (missing != null || host.isRoot()) {
      return missing;
    }
    if (host.number(PARANOID, 2) > -1) {
      return "tracepoints are for root only (kernel.perf_event_paranoid is "
          + host.number(PARANOID, 2)
          + ")";
    }
    return host.tracefs() == null ? "the tracefs cannot be read" : null;
  }

  @Override
  public List<Step> steps(Host host, Order order) {
    Path data = Path.of(order.log() + ".data");
    List<String> record =
        new ArrayList<>(
            List.of("perf", "record", "-q", "-d", "-k", "CLOCK_MONOTONIC", "-c", "1", "-m"));
    record.addAll(List.of(order.buffer() + "M", "-o", data.toString()));
    if (order.stacks()) {
      record.add("-g");
    }
    for (String event : TraceEvents.present(host)) {
      record.addAll(List.of("-e", event));
    }
    record.add("--");
    record.addAll(order.command());
    List<String> script =
        List.of(
            "perf",
            "script",
            "-i",
            data.toString(),
            "--ns",
            "-F",
            "comm,pid,tid,cpu,time,event,trace" + (order.stacks() ? ",ip,sym,symoff,dso" : ""),
            "--show-mmap-events",
            "--show-task-events",
            "--show-lost-events");
    return List.of(
        new Step.RunCommand(record, true, null),
        new Step.Run(script, data, order.log()),
        new Step.Delete(data));
  }
}
