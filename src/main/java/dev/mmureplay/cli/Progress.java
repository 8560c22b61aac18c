package dev.mmureplay.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/** One line that is drawn over and over while something long is going on. */
final class Progress {
  /** What is counted. */
  enum Unit {
    BYTES("B/s"),
    EVENTS("events/s"),
    REPLAYS("replays/s"),
    CHECKS("checks/s");

    private final String rate;

    Unit(String rate) {
      this.rate = rate;
    }
  }

  private static final Duration SILENCE = Duration.ofSeconds(2);
  private static final Duration PERIOD = Duration.ofMillis(250);
  private static final String START_OVER = "\r\u001b[K";

  private final PrintWriter err;
  private final String task;
  private final Unit unit;
  private final long total;
  private final LongSupplier done;
  private final Thread painter;

  /**
   * Begins.
   *
   * @param total how much there is to do; -1 if not known
   * @param done how much is done; called from another thread
   */
  Progress(PrintWriter err, boolean shown, String task, Unit unit, long total, LongSupplier done) {
    this.err = err;
    this.task = task;
    this.unit = unit;
    this.total = total;
    this.done = done;
    painter = new Thread(this::paint, "progress");
    painter.setDaemon(true);
    if (shown) {
      painter.start();
    }
  }

  private void paint() {
    long start = System.nanoTime();
    boolean drawn = false;
    try {
      Thread.sleep(SILENCE.toMillis());
      while (!Thread.interrupted()) {
        drawn = true;
        err.print(
            START_OVER + line(task, unit, done.getAsLong(), total, System.nanoTime() - start));
        err.flush();
        Thread.sleep(PERIOD.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // The work is done.
    } catch (StandardStream.ClosedException e) {
      return; // Nobody is watching any more.
    }
    if (drawn) {
      err.print(START_OVER);
      err.flush();
    }
  }

  static String line(String task, Unit unit, long done, long total, long nanos) {
    double seconds = nanos / 1e9;
    double rate = done / Math.max(seconds, 1e-3);
    StringBuilder line = new StringBuilder(task);
    if (total > 0) {
      line.append(String.format(Locale.ROOT, "  %3d%%", Math.min(100, 100 * done / total)));
    }
    line.append("  ").append(scaled(rate)).append(unit.rate);
    if (total > 0 && done > 0) {
      long left = Math.max(0, Math.round((total - done) / rate));
      line.append(String.format(Locale.ROOT, "  %d:%02d left", left / 60, left % 60));
    }
    return line.toString();
  }

  private static String scaled(double value) {
    String[] prefixes = {"", "k", "M", "G"};
    double scaled = value;
    int prefix = 0;
    while (scaled >= 1_000 && prefix < prefixes.length - 1) {
      scaled /= 1_000;
      prefix++;
    }
    return String.format(
        Locale.ROOT, scaled < 10 ? "%.1f %s" : "%.0f %s", scaled, prefixes[prefix]);
  }

  /** Wipes the line away. */
  void close() {
    painter.interrupt();
    try {
      painter.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
