package dev.mmureplay.event;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The account of an import: every line of the source was used, was ignored by a named rule, or was
 * rejected for a reason, and the three add up to the number of lines.
 *
 * <p>A line counts as <em>parsed</em> when it contributed to an event, even if it needed others to
 * do so (the beginning and the end of one call) and even if folding put several into one event.
 */
public final class Ledger {
  /** How many rejected lines are kept with their text; all are counted. */
  public static final int KEPT_REJECTIONS = 1_000;

  /** How many characters of a rejected line are kept. */
  public static final int KEPT_TEXT = 200;

  /** One rejected line: its number from 1, why, and the beginning of its text. */
  public record Rejection(long line, String reason, String text) {}

  private long lines;
  private long parsed;
  private final Map<String, Long> ignored = new TreeMap<>();
  private final Map<String, Long> rejected = new TreeMap<>();
  private final List<Rejection> rejections = new ArrayList<>();

  /** Counts one line of the source, whatever becomes of it. */
  public void line() {
    lines++;
  }

  /** Counts a line that contributed to an event. */
  public void parsed() {
    parsed++;
  }

  /**
   * Counts a line that a rule says carries nothing for us. The rule is a short stable name such as
   * {@code blank}.
   */
  public void ignored(String rule) {
    ignored.merge(rule, 1L, Long::sum);
  }

  /**
   * Counts a line that should have been understood and was not; keeps the first {@link
   * #KEPT_REJECTIONS}.
   */
  public void rejected(long line, String reason, String text) {
    rejected.merge(reason, 1L, Long::sum);
    if (rejections.size() < KEPT_REJECTIONS) {
      rejections.add(new Rejection(line, reason, kept(text)));
    }
  }

  /** Never ends between the two halves of a character: Arrow cannot store half of one. */
  private static String kept(String text) {
    if (text.length() <= KEPT_TEXT) {
      return text;
    }
    boolean halved = Character.isHighSurrogate(text.charAt(KEPT_TEXT - 1));
    return text.substring(0, halved ? KEPT_TEXT - 1 : KEPT_TEXT);
  }

  /**
   * Takes back one {@link #parsed} line that turned out to lead to nothing, so that it can be
   * ignored or rejected.
   */
  public void unparsed() {
    parsed--;
  }

  /**
   * Adds many parsed lines, each counted as a line too; for importers that count in their own hot
   * loop.
   */
  public void parsedLines(long n) {
    lines += n;
    parsed += n;
  }

  /** Returns the number of lines in the source. */
  public long lines() {
    return lines;
  }

  /** Returns the number of lines that contributed to an event. */
  public long parsedCount() {
    return parsed;
  }

  /** Returns the ignored lines by rule, in name order. */
  public Map<String, Long> ignoredByRule() {
    return Collections.unmodifiableMap(ignored);
  }

  /** Returns the rejected lines by reason, in name order. */
  public Map<String, Long> rejectedByReason() {
    return Collections.unmodifiableMap(rejected);
  }

  /** Returns the first rejected lines, in source order. */
  public List<Rejection> rejections() {
    return Collections.unmodifiableList(rejections);
  }

  /** Returns the number of ignored lines. */
  public long ignoredCount() {
    return ignored.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Returns the number of rejected lines. */
  public long rejectedCount() {
    return rejected.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Adds the account of another source, whose lines come behind those counted so far. */
  public void add(Ledger other) {
    for (Rejection each : other.rejections) {
      if (rejections.size() < KEPT_REJECTIONS) {
        rejections.add(new Rejection(lines + each.line, each.reason, each.text));
      }
    }
    lines += other.lines;
    parsed += other.parsed;
    other.ignored.forEach((rule, n) -> ignored.merge(rule, n, Long::sum));
    other.rejected.forEach((reason, n) -> rejected.merge(reason, n, Long::sum));
  }

  /**
   * Checks that every line is accounted for.
   *
   * @throws IllegalStateException if parsed, ignored and rejected lines do not add up to all lines
   */
  public void check(String source) {
    long sum = parsed + ignoredCount() + rejectedCount();
    if (sum != lines) {
      throw new IllegalStateException(
          source
              + ": expected every line to be parsed, ignored or rejected but "
              + parsed
              + " + "
              + ignoredCount()
              + " + "
              + rejectedCount()
              + " = "
              + sum
              + " of "
              + lines
              + " lines are accounted for");
    }
  }

  /** Restores a ledger from its counts, as the event file keeps them. */
  static Ledger restore(
      long lines,
      long parsed,
      Map<String, Long> ignored,
      Map<String, Long> rejected,
      List<Rejection> rejections) {
    Ledger ledger = new Ledger();
    ledger.lines = lines;
    ledger.parsed = parsed;
    ledger.ignored.putAll(ignored);
    ledger.rejected.putAll(rejected);
    ledger.rejections.addAll(rejections);
    return ledger;
  }
}
