package dev.mmureplay.cli;

import dev.mmureplay.replay.ReplayOptions;
import dev.mmureplay.replay.verify.CallCheck;
import dev.mmureplay.replay.verify.CheckSink;
import dev.mmureplay.replay.verify.Outcome;
import dev.mmureplay.replay.verify.Shares;
import dev.mmureplay.replay.verify.Totals;
import dev.mmureplay.report.Column;
import dev.mmureplay.report.ReportFormat;
import dev.mmureplay.report.ResultTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What verifying one recording says to people. */
final class VerifyReport implements CheckSink {
  private static final class Score {
    private long checked;
    private long different;
  }

  private final String trace;
  private final long limit;
  private final Map<String, Score> scores = new TreeMap<>();
  private final List<String> differences = new ArrayList<>();
  private long differing;

  VerifyReport(String trace, long limit) {
    this.trace = trace;
    this.limit = limit;
  }

  @Override
  public void execve(CallCheck check) {
    check(check);
  }

  @Override
  public void check(CallCheck check) {
    if (check.reason() != null) {
      return;
    }
    for (CallCheck.Attribute each : check.attributes()) {
      Score score = scores.computeIfAbsent(each.name(), name -> new Score());
      score.checked++;
      if (!each.agrees()) {
        score.different++;
        differing++;
        if (differences.size() < limit) {
          differences.add(
              trace + ":" + each.line() + ": " + check.text() + ": " + CallRow.text(each));
        }
      }
    }
  }

  @Override
  public void stray(int tid, CallCheck.Attribute difference) {
    differing++;
    if (differences.size() < limit) {
      differences.add(
          trace + ":" + difference.line() + ": task " + tid + ": " + CallRow.text(difference));
    }
  }

  /**
   * Prints what was found out.
   *
   * @param whyBackend what tells that it was this backend
   * @param whyKernel what tells that it was this guest kernel
   */
  void print(
      PrintWriter out, ReplayOptions options, String whyBackend, String whyKernel, Totals totals)
      throws IOException {
    out.printf(
        Locale.ROOT,
        "%s: backend %s, guest kernel %s%n",
        trace,
        options.backends().get(0).name(),
        options.platform().kernel().id());
    out.printf("  backend: %s; guest kernel: %s%n", whyBackend, whyKernel);
    out.printf(
        Locale.ROOT,
        "%,d mprotect calls: %,d compared, %,d equal, %,d different, %,d not comparable%n",
        totals.calls(),
        totals.compared(),
        totals.equal(),
        totals.different(),
        totals.calls() - totals.compared());
    totals.reasons().forEach((reason, n) -> out.printf(Locale.ROOT, "  %,d %s%n", n, reason));
    out.printf(
        Locale.ROOT,
        "%,d rewritten PTEs compared; taken over from before the recording: %,d pages in %,d calls,"
            + " CPUs in %,d calls%n%n",
        totals.pages(),
        totals.seededPages(),
        totals.seededCalls(),
        totals.seededCpus());
    if (totals.execves() > 0) {
      long compared = totals.equalExecves() + totals.differentExecves();
      out.printf(
          Locale.ROOT,
          "execves, for what each does to its new stack: %,d, %,d compared, %,d equal%n%n",
          totals.execves(),
          compared,
          totals.equalExecves());
    }
    table().writeTo(ReportFormat.TABLE.writer(out));
    Shares shares = totals.shares();
    if (shares != null) {
      out.print("\n");
      outcomes(shares).writeTo(ReportFormat.TABLE.writer(out));
    }
    if (!differences.isEmpty()) {
      out.printf(
          Locale.ROOT, "%nThe first %,d of %,d differences:%n", differences.size(), differing);
      differences.forEach(each -> out.print(each + "\n"));
    }
    out.print("\n");
    out.flush();
  }

  /** Everything that a recording of plain Linux shows, and what became of it. */
  private static ResultTable outcomes(Shares shares) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (Shares.Subject subject : Shares.Subject.values()) {
      for (Outcome outcome : Outcome.values()) {
        long n = shares.of(subject, outcome);
        if (n > 0) {
          rows.add(Arrays.asList(subject.id(), outcome.id(), n));
        }
      }
    }
    return ResultTable.of(
        List.of(
            FormatOption.text("observed"),
            FormatOption.text("outcome"),
            new Column("n", Column.Type.INTEGER)),
        rows);
  }

  private ResultTable table() {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    scores.forEach(
        (name, score) ->
            rows.add(
                Arrays.asList(
                    name, score.checked, score.checked - score.different, score.different)));
    return ResultTable.of(
        List.of(
            FormatOption.text("compared"),
            new Column("calls", Column.Type.INTEGER),
            new Column("equal", Column.Type.INTEGER),
            new Column("different", Column.Type.INTEGER)),
        rows);
  }
}
