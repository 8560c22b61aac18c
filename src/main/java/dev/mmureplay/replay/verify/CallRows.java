package dev.mmureplay.replay.verify;

import dev.mmureplay.event.EventBatch;
import dev.mmureplay.event.EventKind;

/** The observations that stand inside one call. */
final class CallRows {
  private final Longs kinds = new Longs();
  private final Longs addresses = new Longs();
  private final Longs results = new Longs();
  private final Longs flags = new Longs();
  private final Longs lengths = new Longs();
  private final Longs lines = new Longs();

  void add(EventBatch batch, int row) {
    kinds.add(batch.kindCode(row));
    addresses.add(batch.address(row));
    results.add(batch.result(row));
    flags.add(batch.flags(row));
    lengths.add(batch.length(row));
    lines.add(batch.line(row));
  }

  void clear() {
    kinds.clear();
    addresses.clear();
    results.clear();
    flags.clear();
    lengths.clear();
    lines.clear();
  }

  int size() {
    return kinds.size();
  }

  EventKind kind(int row) {
    return EventKind.ofCode((int) kinds.get(row));
  }

  long address(int row) {
    return addresses.get(row);
  }

  long result(int row) {
    return results.get(row);
  }

  long flags(int row) {
    return flags.get(row);
  }

  long length(int row) {
    return lengths.get(row);
  }

  long line(int row) {
    return lines.get(row);
  }
}
