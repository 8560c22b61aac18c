package dev.mmureplay.cli;

import dev.mmureplay.machine.check.BackendCheck;
import dev.mmureplay.machine.check.CheckResult;
import dev.mmureplay.machine.check.Invariant;
import dev.mmureplay.machine.check.Witness;
import dev.mmureplay.mmu.Backends;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.GuestPlatform;
import dev.mmureplay.mmu.MmuBackend;
import dev.mmureplay.report.Column;
import dev.mmureplay.report.ResultTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Holds backends to their contract. */
@Command(
    name = "check",
    description = {
      "Holds backends to their contract: carries small programs out in every order that the kernel"
          + " and the hardware of other CPUs allow, and compares with updates that are atomic.",
      "",
      "The exit code is 0 if every backend is what it claims to be: correct and without violation,"
          + " or broken on purpose and caught."
    },
    footer = {
      "",
      "Examples:",
      "  mmureplay check",
      "  mmureplay check --backend native,multicall --kernel linux-2.6.27",
      "  java -cp mmureplay.jar:my.jar dev.mmureplay.cli.Main check --backend my-backend"
    })
final class CheckCommand extends Verb {
  /**
   * A backend's results, one for each kernel; beside them those without the switch, if it is on.
   */
  private record Row(CheckResult result, @Nullable CheckResult without) {}

  @Option(
      names = "--backend",
      paramLabel = "NAME[,NAME…]",
      defaultValue = Backends.ALL,
      converter = ReplaySettings.BackendConverter.class,
      completionCandidates = ReplaySettings.BackendNames.class,
      description = "${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE} if not given.")
  private ReplaySettings.Chosen chosen = new ReplaySettings.Chosen(List.of());

  @Option(
      names = "--kernel",
      paramLabel = "NAME",
      converter = ReplaySettings.KernelConverter.class,
      completionCandidates = ReplaySettings.KernelNames.class,
      description = "Guest kernel: ${COMPLETION-CANDIDATES}; all if not given.")
  private @Nullable GuestKernel kernel;

  @Option(
      names = "--no-preserve-ad",
      description =
          "Check under a hypervisor that lacks XENFEAT_mmu_pt_update_preserve_ad, with the kernels"
              + " that run there.")
  private boolean noPreserveAd;

  @Option(
      names = "--late-dirty",
      description =
          "Let hardware set D in a PTE that has become read-only, as older CPUs may, and say what"
              + " that changes.")
  private boolean lateDirty;

  @Mixin private FormatOption format = new FormatOption();

  @Override
  void run() throws IOException {
    List<GuestPlatform> platforms = platforms();
    LongAdder done = new LongAdder();
    List<Row> rows =
        withProgress(
            "Checking",
            Progress.Unit.CHECKS,
            (long) chosen.backends().size() * platforms.size(),
            done::sum,
            () ->
                chosen.backends().parallelStream()
                    .flatMap(backend -> check(backend, platforms, done).stream())
                    .toList());
    format.print(table(rows), out());
    if (format.forPeople()) {
      explain(rows);
    }
    requireClaims(rows);
  }

  private List<GuestPlatform> platforms() {
    List<GuestPlatform> platforms =
        Arrays.stream(GuestKernel.values())
            .filter(each -> kernel == null || each == kernel)
            .filter(each -> !noPreserveAd || !each.requiresPreserveAd())
            .map(each -> new GuestPlatform(each, !noPreserveAd))
            .toList();
    if (platforms.isEmpty()) {
      throw usage(
          "expected a kernel that boots without XENFEAT_mmu_pt_update_preserve_ad but found "
              + (kernel == null ? "none" : kernel.id()));
    }
    return platforms;
  }

  private List<Row> check(MmuBackend backend, List<GuestPlatform> platforms, LongAdder done) {
    List<Row> rows = new ArrayList<>();
    for (GuestPlatform platform : platforms) {
      rows.add(
          new Row(
              BackendCheck.check(backend, platform, lateDirty),
              lateDirty ? BackendCheck.check(backend, platform, false) : null));
      done.increment();
    }
    return rows;
  }

  private ResultTable table(List<Row> rows) {
    List<Column> columns = new ArrayList<>();
    columns.add(FormatOption.text("backend"));
    columns.add(FormatOption.text("kernel"));
    for (String name :
        new String[] {
          "programs", "schedules", "violations", "transient_faults", "stale_uses", "retries_max"
        }) {
      columns.add(new Column(name, Column.Type.INTEGER));
    }
    if (lateDirty) {
      columns.add(new Column("late_dirty_bits", Column.Type.INTEGER));
      columns.add(new Column("more_violations", Column.Type.INTEGER));
      columns.add(new Column("more_stale_uses", Column.Type.INTEGER));
    }
    columns.add(FormatOption.text("broken"));
    columns.add(FormatOption.text("verdict"));
    if (!format.forPeople()) {
      columns.add(FormatOption.text("clean"));
      columns.add(FormatOption.text("witness"));
    }
    return ResultTable.of(columns, rows.stream().map(this::cells).toList());
  }

  private List<@Nullable Object> cells(Row row) {
    CheckResult result = row.result;
    List<@Nullable Object> cells = new ArrayList<>();
    cells.add(result.backend().name());
    cells.add(result.platform().kernel().id());
    cells.add(result.programs());
    cells.add(result.schedules());
    cells.add(result.violations());
    cells.add(result.transientFaults());
    cells.add(result.staleUses());
    cells.add((long) Math.max(0, result.mostAttempts() - 1));
    if (row.without != null) {
      cells.add(result.lateDirtyBits());
      cells.add(result.violations() - row.without.violations());
      cells.add(result.staleUses() - row.without.staleUses());
    }
    cells.add(
        result.breaches().keySet().stream().map(Invariant::name).collect(Collectors.joining(" ")));
    cells.add(verdict(result));
    if (!format.forPeople()) {
      cells.add(result.clean().id());
      cells.add(
          result.witnesses().stream()
              .flatMap(CheckCommand::lines)
              .collect(Collectors.joining("\n"))
              .strip());
    }
    return cells;
  }

  private static String verdict(CheckResult result) {
    if (result.failure() != null) {
      return "failed";
    }
    if (result.backend().correct()) {
      return result.violations() == 0 ? "correct" : "BROKEN";
    }
    return result.violations() == 0 ? "NOT CAUGHT" : "caught";
  }

  private void explain(List<Row> rows) {
    PrintWriter out = out();
    shortest(rows).forEach(witness -> lines(witness).forEach(out::println));
    out.println();
    Map<String, List<String>> byOutcome =
        rows.stream()
            .map(Row::result)
            .filter(result -> result.failure() == null)
            .collect(
                Collectors.groupingBy(
                    result -> result.clean().id(),
                    java.util.TreeMap::new,
                    Collectors.mapping(result -> result.backend().name(), Collectors.toList())));
    byOutcome.forEach(
        (outcome, backends) ->
            out.println(
                "D cleared inside the transaction, "
                    + outcome
                    + ": "
                    + backends.stream().distinct().collect(Collectors.joining(", "))));
    long schedules = rows.stream().mapToLong(row -> row.result.schedules()).sum();
    out.println(
        String.format(
            Locale.ROOT, "%,d schedules, which is every one of these programs", schedules));
    out.flush();
  }

  /** Returns for each backend and each invariant that it breaks the shortest order. */
  private static List<Witness> shortest(List<Row> rows) {
    Map<String, Map<Invariant, Witness>> best = new java.util.LinkedHashMap<>();
    for (Row row : rows) {
      Map<Invariant, Witness> ofBackend =
          best.computeIfAbsent(row.result.backend().name(), name -> new EnumMap<>(Invariant.class));
      for (Witness witness : row.result.witnesses()) {
        ofBackend.merge(
            witness.invariant(),
            witness,
            java.util.function.BinaryOperator.minBy(
                Comparator.comparingInt(each -> each.steps().size())));
      }
    }
    return best.values().stream().flatMap(each -> each.values().stream()).toList();
  }

  private static Stream<String> lines(Witness witness) {
    return Stream.of(
            Stream.of(
                "",
                witness.backend()
                    + ", "
                    + witness.platform().kernel().id()
                    + ", "
                    + witness.invariant()
                    + ": "
                    + witness.invariant().breach(),
                "      " + witness.program()),
            witness.steps().stream(),
            Stream.of("      " + witness.reason()))
        .flatMap(each -> each);
  }

  private static void requireClaims(List<Row> rows) throws IOException {
    List<String> broken =
        rows.stream()
            .map(Row::result)
            .filter(result -> !result.asClaimed())
            .map(
                result ->
                    result.failure() != null
                        ? result.failure()
                        : result.backend().name()
                            + " on "
                            + result.platform().kernel().id()
                            + " is "
                            + verdict(result))
            .distinct()
            .toList();
    if (!broken.isEmpty()) {
      throw new IOException(
          "expected every backend to be what it claims to be but " + String.join("; ", broken));
    }
  }
}
