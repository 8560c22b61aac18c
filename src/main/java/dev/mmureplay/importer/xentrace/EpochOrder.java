package dev.mmureplay.importer.xentrace;

import dev.mmureplay.event.EventRow;
import dev.mmureplay.event.EventSink;
import java.io.IOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Puts the rows of all CPUs in the order of their TSC. xentrace goes round the CPUs and writes a
 * window for each that has something new; behind such a round, whatever is not newer than the last
 * record of every CPU in it can be passed on.
 */
final class EpochOrder implements EventSink {
  private static final class Waiting {
    private final EventRow row;
    private final long tsc;
    private final long number;

    Waiting(EventRow row, long tsc, long number) {
      this.row = row;
      this.tsc = tsc;
      this.number = number;
    }
  }

  private final EventSink sink;
  private final PriorityQueue<Waiting> waiting =
      new PriorityQueue<>(
          Comparator.comparingLong((Waiting each) -> each.tsc)
              .thenComparingLong(each -> each.number));
  private final Map<Integer, Long> newest = new HashMap<>();
  private int cpu = -1;
  private long tsc;
  private long number;

  EpochOrder(EventSink sink) {
    this.sink = sink;
  }

  /** A window of a CPU begins; one whose number is not higher begins a round. */
  void window(int newCpu) throws IOException {
    if (newCpu <= cpu) {
      long complete =
          newest.values().stream().mapToLong(Long::longValue).min().orElse(Long.MIN_VALUE);
      while (!waiting.isEmpty() && waiting.element().tsc <= complete) {
        sink.append(waiting.remove().row);
      }
      newest.clear();
    }
    cpu = newCpu;
  }

  /** The rows that follow are of this time; a record without a TSC is of that of the one before. */
  void at(long newTsc) {
    tsc = newTsc;
    newest.put(cpu, newTsc);
  }

  @Override
  public void append(EventRow row) {
    waiting.add(new Waiting(new EventRow().set(row), tsc, number++));
  }

  void finish() throws IOException {
    while (!waiting.isEmpty()) {
      sink.append(waiting.remove().row);
    }
  }
}
