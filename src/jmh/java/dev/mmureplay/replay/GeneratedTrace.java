package dev.mmureplay.replay;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.event.EventWriter;
import dev.mmureplay.event.Fidelity;
import dev.mmureplay.event.Ledger;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;

/**
 * A generated event file with the shape of a page-level trace of a program with a write barrier:
 * folded accesses to a working set of 16 MiB of data and 1 MiB of code, and every so often eight
 * pages that are protected and opened again.
 */
final class GeneratedTrace {
  private static final int DATA_PAGES = 4096;
  private static final int CODE_PAGES = 256;
  private static final int CALL_PAGES = 8;
  private static final long DATA = 0x7000_0000_0000L;
  private static final long CODE = 0x5500_0000_0000L;
  private static final long PAGE = 4096;

  private GeneratedTrace() {}

  /**
   * Writes {@code accesses} folded accesses, with one mprotect call after every {@code
   * accessesPerCall} of them.
   */
  static Path write(Path file, int accesses, int accessesPerCall) throws IOException {
    return write(file, accesses, accessesPerCall, false);
  }

  /** The same with a second thread, which touches the pages that are being protected. */
  static Path twoThreads(Path file, int accesses, int accessesPerCall) throws IOException {
    return write(file, accesses, accessesPerCall, true);
  }

  private static Path write(Path file, int accesses, int accessesPerCall, boolean second)
      throws IOException {
    Random random = new Random(42);
    EventRow row = new EventRow();
    try (EventWriter writer = new EventWriter(file)) {
      map(writer, row, CODE, CODE_PAGES, 5);
      map(writer, row, DATA, DATA_PAGES, 3);
      long start = DATA;
      boolean open = true;
      for (int i = 0; i < accesses; i++) {
        int kind = random.nextInt(10);
        boolean fetch = kind < 3;
        row.reset(fetch ? EventKind.FETCH : kind < 7 ? EventKind.READ : EventKind.WRITE, 1, 1);
        row.address =
            fetch
                ? CODE + random.nextInt(CODE_PAGES) * PAGE
                : DATA + random.nextInt(DATA_PAGES) * PAGE;
        if (second && i % 2 == 1) {
          row.tid = 2;
          row.address = start + random.nextInt(CALL_PAGES) * PAGE;
        }
        boolean inside = row.address >= start && row.address < start + CALL_PAGES * PAGE;
        if (inside && (fetch || !open)) {
          // What the protection forbids ends in a signal and is in no trace of accesses.
          row.kind = EventKind.READ;
        }
        row.count = 100;
        writer.append(row);
        if (i % accessesPerCall == accessesPerCall - 1) {
          if (open) {
            start = DATA + (long) random.nextInt(DATA_PAGES - CALL_PAGES) * PAGE;
          }
          row.reset(EventKind.MPROTECT, 1, 1);
          row.address = start;
          row.length = CALL_PAGES * PAGE;
          row.protection = open ? 1 : 3;
          row.result = 0;
          writer.append(row);
          open = !open;
        }
      }
      Fidelity fidelity =
          new Fidelity(Fidelity.Accesses.EVERY, true, false, false, false, true, false, 0);
      writer.finish("generated", "1", "generated", "0", null, "accesses", fidelity, new Ledger());
    }
    return file;
  }

  private static void map(EventWriter writer, EventRow row, long address, int pages, int protection)
      throws IOException {
    row.reset(EventKind.MMAP, 1, 1);
    row.address = 0;
    row.length = pages * PAGE;
    row.protection = protection;
    row.flags = 0x22;
    row.result = address;
    writer.append(row);
  }
}
