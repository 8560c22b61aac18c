package dev.mmureplay.cli;

import dev.mmureplay.importer.TraceSource;
import dev.mmureplay.mmu.Backends;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.GuestPlatform;
import dev.mmureplay.mmu.MmuBackend;
import dev.mmureplay.replay.ReplayOptions;
import dev.mmureplay.replay.ReplayResult;
import dev.mmureplay.replay.ReplaySink;
import dev.mmureplay.replay.Residency;
import dev.mmureplay.replay.verify.CheckSink;
import dev.mmureplay.replay.verify.Deduction;
import dev.mmureplay.replay.verify.Evidence;
import dev.mmureplay.replay.verify.KernelRelease;
import dev.mmureplay.replay.verify.Shares;
import dev.mmureplay.replay.verify.Totals;
import dev.mmureplay.replay.verify.Verification;
import dev.mmureplay.report.RowSink;
import dev.mmureplay.store.RunRecorder;
import dev.mmureplay.store.Store;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Compares the model with what recordings show, call by call. */
@Command(
    name = "verify",
    description =
        "Replays recordings of a real kernel and compares every mprotect call with what they show:"
            + " PTEs, hypercalls, flushes, mappings. Fails unless all compared calls are equal.",
    footer = {
      "",
      "A recording shows enough if it is the text of the kernel's tracer in a Xen PV guest with the",
      "events xen:*, sys_enter_mprotect and sys_exit_mprotect, and better also those of the other",
      "memory calls, page faults, sched_switch, fork, exec and exit. Of plain Linux: adsnap (the",
      "PTEs themselves), or perf script with the event tlb:tlb_flush and, recorded with -d, the",
      "mappings.",
      "",
      "Examples:",
      "  mmureplay verify trace.txt.gz",
      "  mmureplay verify trace.txt.gz --limit 100",
      "  mmureplay verify one.txt two.txt --db results.duckdb",
      "  mmureplay verify trace.txt --backend multicall --format csv"
    })
final class VerifyCommand extends Verb {
  private static final String ASKED = "as asked for";

  /** How much of a trace is searched for the kernel's release. */
  private static final int HEAD = 1 << 16;

  @Parameters(
      paramLabel = "TRACE",
      arity = "1..*",
      description = "Raw trace, event file, FORMAT:TRACE, or - for standard input.")
  private List<String> traces = new ArrayList<>();

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      converter = ReplaySettings.BackendConverter.class,
      completionCandidates = ReplaySettings.BackendNames.class,
      description = "Backend to compare with; if not given, the one that the recording shows.")
  private ReplaySettings.@Nullable Chosen chosen;

  @Option(
      names = "--kernel",
      paramLabel = "NAME",
      converter = ReplaySettings.KernelConverter.class,
      completionCandidates = ReplaySettings.KernelNames.class,
      description =
          "Guest kernel: ${COMPLETION-CANDIDATES}; if not given, the one that the recording shows.")
  private @Nullable GuestKernel kernel;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "10",
      description = "Print at most N differences; ${DEFAULT-VALUE} if not given.")
  private long limit = 10;

  @Option(
      names = "--db",
      paramLabel = "FILE",
      description = "Result file to add the replay and its comparison to; made if there is none.")
  private @Nullable Path database;

  @Mixin private ImportSettings settings = new ImportSettings();
  @Mixin private FormatOption format = new FormatOption();

  @Override
  void run() throws IOException {
    if (limit < 0) {
      throw usage("expected a number of differences for --limit but found " + limit);
    }
    List<String> failures = new ArrayList<>();
    try (EventFiles files = new EventFiles(this, settings)) {
      if (database == null) {
        verifyAll(files, null, failures);
      } else {
        OutputFile.directoryOf(database);
        try (Store store = Store.open(database)) {
          verifyAll(files, store, failures);
        }
      }
    }
    if (!failures.isEmpty()) {
      throw new IOException(String.join("; ", failures));
    }
  }

  private void verifyAll(EventFiles files, @Nullable Store store, List<String> failures)
      throws IOException {
    @Nullable RowSink rows = format.forPeople() ? null : format.writer(out());
    if (rows != null) {
      rows.columns(CallRow.COLUMNS);
    }
    for (String trace : traces) {
      EventFiles.EventFile file = files.open(trace);
      Totals totals = verify(file, store, rows);
      if (!totals.isProof()) {
        failures.add(file.name() + ": " + shortfall(totals));
      }
    }
    if (rows != null) {
      rows.finish();
    }
    out().flush();
  }

  private static String shortfall(Totals totals) {
    Shares shares = totals.shares();
    if (totals.different() == 0 && shares != null && shares.different() > 0) {
      return String.format(
          Locale.ROOT,
          "expected everything compared outside mprotect to be equal but %,d differ",
          shares.different());
    }
    return totals.compared() == 0
        ? "expected mprotect calls that can be compared but found none"
        : String.format(
            Locale.ROOT,
            "expected every compared call to be equal but %,d of %,d differ",
            totals.different(),
            totals.compared());
  }

  private Totals verify(EventFiles.EventFile file, @Nullable Store store, @Nullable RowSink rows)
      throws IOException {
    Evidence evidence = Evidence.of(file.path());
    Found found = found(file, evidence);
    ReplayOptions options = options(file, evidence, found);
    Totals totals = new Totals();
    VerifyReport report = new VerifyReport(file.name(), limit);
    CheckSink told = rows == null ? report : check -> rows.row(CallRow.of(file.name(), check));
    CheckSink calls = CheckSink.all(totals, told);
    if (store == null) {
      replay(file, options, evidence, ReplaySink.NOTHING, calls);
    } else {
      try (RunRecorder recorder = store.record(file.info(), options)) {
        CheckSink both = CheckSink.all(recorder.checks(), calls);
        recorder.commit(replay(file, options, evidence, recorder, both));
      }
    }
    if (rows == null) {
      report.print(out(), options, found.why(), found.kernel().why(), totals);
    }
    return totals;
  }

  private ReplayResult replay(
      EventFiles.EventFile file,
      ReplayOptions options,
      Evidence evidence,
      ReplaySink results,
      CheckSink checks)
      throws IOException {
    AtomicLong events = new AtomicLong();
    return withProgress(
        "verifying " + file.name(),
        Progress.Unit.EVENTS,
        file.info().events(),
        events::get,
        () -> Verification.run(file.path(), options, evidence, results, checks, events::set));
  }

  private ReplayOptions options(EventFiles.EventFile file, Evidence evidence, Found found)
      throws IOException {
    if (!evidence.isComparable()) {
      throw new IOException(
          file.name()
              + ": expected observations of a kernel (xen:* tracepoints, PTEs, mappings, TLB flushes) to"
              + " compare with but found none");
    }
    List<MmuBackend> backends = found.backends();
    if (backends.size() != 1) {
      throw usage("expected one backend for --backend but found " + backends.size());
    }
    GuestPlatform platform = new GuestPlatform(found.kernel().value(), true);
    return new ReplayOptions(
        platform, backends, Residency.NONE, ReplayOptions.DEFAULT_FAULT_AROUND);
  }

  /** What to compare with: as asked for, else as the recording shows. */
  private Found found(EventFiles.EventFile file, Evidence evidence) throws IOException {
    Deduction<String> backend = evidence.backend();
    return new Found(
        chosen == null ? Backends.named(backend.value()) : chosen.backends(),
        chosen == null ? backend.why() : ASKED,
        kernel == null ? evidence.kernel(release(file)) : new Deduction<>(kernel, ASKED));
  }

  private static @Nullable KernelRelease release(EventFiles.EventFile file) throws IOException {
    boolean raw = !file.path().equals(Path.of(file.name()));
    if (!raw || file.name().equals(TraceSource.STDIN)) {
      return null;
    }
    try (TraceSource source = TraceSource.open(file.name())) {
      return KernelRelease.in(new String(source.head(HEAD), StandardCharsets.ISO_8859_1));
    }
  }

  private record Found(List<MmuBackend> backends, String why, Deduction<GuestKernel> kernel) {}
}
