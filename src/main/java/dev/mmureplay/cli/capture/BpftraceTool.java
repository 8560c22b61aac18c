package dev.mmureplay.cli.capture;

import dev.mmureplay.event.Fidelity;
import dev.mmureplay.importer.TraceImport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** bpftrace with a script that reads the page-table entries themselves. */
final class BpftraceTool implements CaptureTool {
  private static final String SCRIPT = "adsnap.bt";

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
    return List.of("bpftrace");
  }

  @Override
  public Fidelity fidelity() {
    return new Fidelity(Fidelity.Accesses.FIRST_TOUCH, true, true, true, true, true, false, 0);
  }

  @Override
  public String sees() {
    return "Calls, page faults, TLB flushes and the real PTE bits around each mprotect; no execve,"
        + " no exit code of the command. Says when it lost events";
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
  public List<Step> steps(Host host, Order order) throws IOException {
    List<String> command = order.command();
    for (String word : command) {
      if (word.isEmpty() || word.contains(" ")) {
        throw new IOException(
            "bpftrace takes its command apart at every blank: expected words without one but found"
                + " \""
                + word
                + "\"; put the command into a script");
      }
    }
    Path program = host.program(command.get(0));
    String line =
        String.join(
            " ",
            Stream.concat(
                    Stream.of(
                        program == null
                            ? command.get(0)
                            : program.toAbsolutePath().normalize().toString()),
                    command.stream().skip(1))
                .toList());
    Path script = Path.of(order.log() + "." + SCRIPT);
    // A page of a buffer has 4 KiB.
    List<String> words =
        List.of(
            "env",
            "BPFTRACE_PERF_RB_PAGES=" + Integer.highestOneBit(order.buffer()) * 256,
            "bpftrace",
            "--no-warnings",
            "-B",
            "full",
            "-o",
            order.log().toString(),
            "-c",
            line,
            script.toString());
    return List.of(
        new Step.Unpack(SCRIPT, script),
        new Step.RunCommand(words, true, null),
        new Step.Delete(script));
  }
}
