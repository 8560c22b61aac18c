package dev.mmureplay.cli;

import dev.mmureplay.cli.capture.CaptureTool;
import dev.mmureplay.cli.capture.CaptureTools;
import dev.mmureplay.cli.capture.Host;
import dev.mmureplay.cli.capture.KernelAbility;
import dev.mmureplay.event.Fidelity;
import dev.mmureplay.report.Column;
import dev.mmureplay.report.ResultTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Says what can be recorded on this machine. */
@Command(
    name = "doctor",
    description =
        "Says which tracing tools and abilities of the kernel are here, what each tool can and"
            + " cannot see, and how to get what is missing.",
    footer = {
      "",
      "Examples:",
      "  mmureplay doctor",
      "  mmureplay doctor --format json",
      "",
      "accesses are every, first-touch or none, and the other columns the words that info uses for"
          + " what a trace can know, at the tool's best."
    })
final class DoctorCommand extends Verb {
  @Mixin private FormatOption format = new FormatOption();

  @Override
  void run() throws IOException {
    Host host = Host.here();
    if (format.forPeople()) {
      printForPeople(host);
    } else {
      format.print(everything(host), out());
    }
  }

  private void printForPeople(Host host) throws IOException {
    List<List<@Nullable Object>> tools = new ArrayList<>();
    for (CaptureTool tool : CaptureTools.all()) {
      Fidelity fidelity = tool.fidelity();
      tools.add(
          Arrays.asList(
              tool.name(),
              tool.obstacle(host) == null,
              accesses(fidelity),
              fidelity.concurrent(),
              fidelity.clock(),
              fidelity.cpus(),
              fidelity.kernelAccesses()));
    }
    List<Column> columns =
        List.of(
            FormatOption.text("tool"),
            new Column("usable", Column.Type.BOOLEAN),
            FormatOption.text("accesses"),
            new Column("concurrent", Column.Type.BOOLEAN),
            new Column("clock", Column.Type.BOOLEAN),
            new Column("cpus", Column.Type.BOOLEAN),
            new Column("kernel_accesses", Column.Type.BOOLEAN));
    format.print(ResultTable.of(columns, tools), out());
    out().print("\n");
    for (CaptureTool tool : CaptureTools.all()) {
      out().print(tool.name() + ": " + tool.sees() + ".\n");
      String obstacle = tool.obstacle(host);
      if (obstacle != null) {
        out().print("  not here, because " + obstacle + ": " + tool.howToGet() + "\n");
      }
    }
    out().print("\n");
    List<List<@Nullable Object>> abilities = new ArrayList<>();
    for (KernelAbility ability : KernelAbility.of(host)) {
      abilities.add(Arrays.asList(ability.name(), ability.value(), ability.meaning()));
    }
    List<Column> three =
        List.of(
            FormatOption.text("ability"), FormatOption.text("value"), FormatOption.text("meaning"));
    format.print(ResultTable.of(three, abilities), out());
    CaptureTool best = CaptureTools.best(host);
    out()
        .print(
            best == null
                ? "\nNothing can be recorded here yet.\n"
                : "\nmmureplay record takes " + best.name() + " here, unless told otherwise.\n");
    out().flush();
  }

  /** Tools and abilities in one table, for programs. */
  private static ResultTable everything(Host host) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    CaptureTool best = CaptureTools.best(host);
    for (CaptureTool tool : CaptureTools.all()) {
      Fidelity fidelity = tool.fidelity();
      String obstacle = tool.obstacle(host);
      Path program = host.program(tool.programs().get(0));
      rows.add(
          Arrays.asList(
              "tool",
              tool.name(),
              obstacle == null,
              tool.equals(best),
              program == null ? null : program.toString(),
              accesses(fidelity),
              fidelity.threads(),
              fidelity.concurrent(),
              fidelity.clock(),
              fidelity.cpus(),
              fidelity.kernelAccesses(),
              tool.sees(),
              obstacle,
              tool.howToGet()));
    }
    for (KernelAbility ability : KernelAbility.of(host)) {
      rows.add(
          Arrays.asList(
              "ability",
              ability.name(),
              ability.usable(),
              null,
              ability.value(),
              null,
              null,
              null,
              null,
              null,
              null,
              ability.meaning(),
              null,
              null));
    }
    return ResultTable.of(
        List.of(
            FormatOption.text("kind"),
            FormatOption.text("name"),
            new Column("usable", Column.Type.BOOLEAN),
            new Column("best", Column.Type.BOOLEAN),
            FormatOption.text("value"),
            FormatOption.text("accesses"),
            new Column("threads", Column.Type.BOOLEAN),
            new Column("concurrent", Column.Type.BOOLEAN),
            new Column("clock", Column.Type.BOOLEAN),
            new Column("cpus", Column.Type.BOOLEAN),
            new Column("kernel_accesses", Column.Type.BOOLEAN),
            FormatOption.text("meaning"),
            FormatOption.text("obstacle"),
            FormatOption.text("how_to_get")),
        rows);
  }

  private static String accesses(Fidelity fidelity) {
    return fidelity.accesses().name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
