package dev.mmureplay.cli.capture;

import dev.mmureplay.event.Fidelity;
import dev.mmureplay.importer.TraceImport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** QEMU's user-mode emulation with a plug-in that logs every page touch of every thread. */
final class AdplugTool implements CaptureTool {
  private static final String SOURCE = "adplug.c";

  @Override
  public String name() {
    return "adplug";
  }

  @Override
  public String importer() {
    return TraceImport.AUTO;
  }

  @Override
  public List<String> programs() {
    return List.of("qemu-x86_64", "cc");
  }

  @Override
  public Fidelity fidelity() {
    return new Fidelity(Fidelity.Accesses.EVERY, true, true, true, false, true, false, 0);
  }

  @Override
  public String sees() {
    return "Every page touch of every thread, truly concurrent; nothing that the kernel touches,"
        + " another layout of memory, nothing behind an execve, and 3 to 30 times slower";
  }

  @Override
  public String howToGet() {
    return "install the packages qemu-user (6.2 to 8, with plug-ins) and gcc; needs no privileges";
  }

  @Override
  public @Nullable String obstacle(Host host) {
    return missingProgram(host);
  }

  @Override
  public List<Step> steps(Host host, Order order) {
    Path source = Path.of(order.log() + "." + SOURCE);
    Path library = Path.of(order.log() + ".so").toAbsolutePath();
    Path program = host.program(order.command().get(0));
    List<String> words = new ArrayList<>(List.of("qemu-x86_64", "-plugin"));
    words.add(doubled(library.toString()) + ",out=" + doubled(order.log().toString()));
    words.add(program == null ? order.command().get(0) : program.toString());
    words.addAll(order.command().subList(1, order.command().size()));
    return List.of(
        new Step.Unpack(SOURCE, source),
        new Step.Run(
            List.of(
                "cc",
                "-O2",
                "-shared",
                "-fPIC",
                "-o",
                library.toString(),
                source.toString(),
                "-lpthread"),
            source,
            null),
        new Step.Delete(source),
        new Step.RunCommand(words, false, null),
        new Step.Delete(library));
  }

  /** QEMU ends a value at a comma, unless there are two. */
  private static String doubled(String value) {
    return value.replace(",", ",,");
  }
}
