package dev.mmureplay.replay.verify;

import dev.mmureplay.event.EventBatch;
import dev.mmureplay.event.EventSchema;

/** The PTEs of one range at one time: the words that were seen, and that there are no others. */
final class Snapshot {
  private final Longs pages = new Longs();
  private final Longs words = new Longs();
  private final Longs lines = new Longs();
  private int expected;

  /** The first page. */
  long start;

  /** The address behind the last page. */
  long end;

  /** When it was taken, ns. */
  long time;

  /** The line that says which range it covers. */
  long line;

  /** Takes the row that says which range the rows behind it cover. */
  void begin(EventBatch batch, int row) {
    pages.clear();
    words.clear();
    lines.clear();
    start = batch.address(row);
    end = start + batch.length(row);
    time = batch.time(row);
    line = batch.line(row);
    expected = (int) (batch.length2(row) / EventSchema.PAGE_SIZE);
  }

  /** Takes the row of one page. */
  void add(EventBatch batch, int row) {
    pages.add(batch.address(row));
    words.add(batch.result(row));
    lines.add(batch.line(row));
  }

  /** Returns whether every page that has a PTE was taken. */
  boolean isComplete() {
    return pages.size() >= expected;
  }

  int size() {
    return pages.size();
  }

  long page(int i) {
    return pages.get(i);
  }

  long word(int i) {
    return words.get(i);
  }

  long line(int i) {
    return lines.get(i);
  }
}
