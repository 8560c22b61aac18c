package dev.mmureplay.replay;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.event.EventWriter;
import dev.mmureplay.event.Fidelity;
import dev.mmureplay.event.Ledger;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Writes small event files, one short word an event. */
final class Events {
  static final long BASE = 0x7000_0000_0000L;
  static final int READ = 1;
  static final int WRITE = 2;

  private final List<EventRow> rows = new ArrayList<>();
  private Fidelity fidelity =
      new Fidelity(Fidelity.Accesses.EVERY, true, true, true, true, true, true, 0);

  static long page(int number) {
    return BASE + number * 4096L;
  }

  Events callsOnly() {
    fidelity = fidelity.withAccesses(Fidelity.Accesses.NONE);
    return this;
  }

  Events faultsOnly() {
    return with(shown -> shown.withAccesses(Fidelity.Accesses.FIRST_TOUCH));
  }

  Events kernelUnseen() {
    return with(shown -> shown.withKernelAccesses(false));
  }

  Events with(UnaryOperator<Fidelity> change) {
    fidelity = change.apply(fidelity);
    return this;
  }

  /** Events are lost here, on CPU 0; the fidelity counts them. */
  Events lost(int count) {
    add(EventKind.LOST, 0, 0).count = count;
    return with(shown -> shown.withLost(shown.lost() + count));
  }

  /** Puts the last event on a CPU. */
  Events cpu(int number) {
    last().cpu = number;
    return this;
  }

  EventRow last() {
    return row(rows.size() - 1);
  }

  EventRow row(int number) {
    return rows.get(number);
  }

  Events serialised() {
    fidelity = new Fidelity(Fidelity.Accesses.EVERY, true, false, false, false, true, true, 0);
    return this;
  }

  int size() {
    return rows.size();
  }

  EventRow add(EventKind kind, int pid, int tid) {
    EventRow row = new EventRow().reset(kind, pid, tid);
    row.cpu = 0;
    row.line = rows.size() + 1L;
    rows.add(row);
    return row;
  }

  Events touch(EventKind kind, int pid, int... pages) {
    for (int page : pages) {
      add(kind, pid, pid).address = page(page);
    }
    return this;
  }

  Events write(int pid, int... pages) {
    return touch(EventKind.WRITE, pid, pages);
  }

  Events map(int pid, int page, int pages, int protection) {
    EventRow row = call(EventKind.MMAP, pid, page, pages, page(page));
    row.protection = protection;
    row.flags = 0x22;
    return this;
  }

  Events protect(int pid, int page, int pages, int protection, long result) {
    call(EventKind.MPROTECT, pid, page, pages, result).protection = protection;
    return this;
  }

  Events unmap(int pid, int page, int pages) {
    call(EventKind.MUNMAP, pid, page, pages, 0);
    return this;
  }

  Events spawn(int pid, int child, long flags) {
    EventRow row = add(EventKind.CLONE, pid, pid);
    row.flags = flags;
    row.result = child;
    return this;
  }

  Events execve(int pid) {
    add(EventKind.EXECVE, pid, pid);
    return this;
  }

  Events exit(int pid, int tid) {
    add(EventKind.EXIT, pid, tid).flags = 0;
    return this;
  }

  EventRow call(EventKind kind, int pid, int page, int pages, long result) {
    EventRow row = add(kind, pid, pid);
    row.address = page(page);
    row.length = pages * 4096L;
    row.result = result;
    return row;
  }

  Path writeTo(Path file) throws IOException {
    try (EventWriter writer = new EventWriter(file)) {
      for (EventRow row : rows) {
        writer.append(row);
      }
      writer.finish("test", "0", "test", "00", null, "none", fidelity, new Ledger());
    }
    return file;
  }
}
