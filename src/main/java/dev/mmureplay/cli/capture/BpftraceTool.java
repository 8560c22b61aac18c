package dev.mmureplay.cli.capture;

import dev.mmureplay.event.Fidelity;
import dev.mmureplay.importer.TraceImport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * bpftrace with a script that reads the page-table entries themselves.
 *
 * <p>bpftrace takes a command of its own apart at blanks and swallows its exit code, so that it is
 * given {@code cat}, which it starts when all probes are attached and which ends with its input.
 * The command is started beside it. A session of its own keeps Ctrl-C away from bpftrace, which
 * would drop what it has not written yet.
 */
final class BpftraceTool implements CaptureTool {
  private static final String SCRIPT = "adsnap.bt";

  private static final int PAGE_BITS = 12;

  /**
   * Gives itself the name by which the script knows it, then makes itself the command. The
   * command's words are arguments of the shell, which does not look at them. Descriptor 9 is where
   * the user's shell holds the end of the recording, when what is printed is pasted.
   */
  private static final String ENTER = "printf %s \"$0\" >/proc/$$/comm && exec \"$@\" 9>&-";

  @Override
  public String name() {
    return "bpftrace";
  }

  @Override
  public String importer() {
    return TraceImport.AUTO;
  }

  @Override
  public List<String> programs() {
    return List.of("bpftrace", "setsid", "sh", "cat");
  }

  @Override
  public Fidelity fidelity() {
    return new Fidelity(Fidelity.Accesses.FIRST_TOUCH, true, true, true, true, true, false, 0);
  }

  @Override
  public String sees() {
    return "Calls, page faults, TLB flushes and the real PTE bits around each mprotect. Says when"
        + " it lost events";
  }

  @Override
  public String howToGet() {
    return "install the package bpftrace; run as root on a kernel with BTF";
  }

  @Override
  public @Nullable String obstacle(Host host) {
    String missing = missingProgram(host);
    if (missing != null) {
      return missing;
    }
    if (!host.isRoot()) {
      return "BPF is for root only";
    }
    return Files.exists(host.file("/sys/kernel/btf/vmlinux"))
        ? null
        : "the kernel has no BTF (/sys/kernel/btf/vmlinux)";
  }

  @Override
  public List<Step> steps(Host host, Order order) {
    Path script = Path.of(order.log() + "." + SCRIPT);
    Path cat = host.program("cat");
    String name = "record" + ProcessHandle.current().pid();
    List<String> tracer =
        List.of(
            "setsid",
            "--wait",
            "env",
            // A page of a buffer has 4 KiB.
            "BPFTRACE_PERF_RB_PAGES=" + order.buffer() * 256,
            "bpftrace",
            "--no-warnings",
            "-B",
            "full",
            "-o",
            order.log().toString(),
            "-c",
            cat == null ? "/bin/cat" : cat.toString(),
            script.toString(),
            name,
            "0x" + Long.toHexString(DirectMap.base(host) >>> PAGE_BITS));
    List<String> words = new ArrayList<>(List.of("sh", "-c", ENTER, name));
    words.addAll(order.command());
    return List.of(
        new Step.Unpack(SCRIPT, script),
        new Step.StartTracer(tracer, order.log()),
        new Step.RunCommand(words, false, null),
        new Step.EndTracer(order.log()),
        new Step.Delete(script));
  }
}
