package dev.mmureplay.recorded;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.event.EventWriter;
import dev.mmureplay.event.Fidelity;
import dev.mmureplay.event.Ledger;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Writes the steps as the event file that an importer would make of their trace. */
final class MicroEvents {
  private static final int PID = 1;
  private static final int FILE = 7;
  private static final int MADV_HUGEPAGE = 14;
  private static final int MADV_NOHUGEPAGE = 15;

  private final EventWriter writer;
  private final EventRow row = new EventRow();

  private MicroEvents(EventWriter writer) {
    this.writer = writer;
  }

  /** Writes the events of all cases; their mprotect calls end as the cases did. */
  static void write(List<MicroProgram.Step> steps, List<MicroMachine.Case> cases, Path file)
      throws IOException {
    try (EventWriter writer = new EventWriter(file)) {
      MicroEvents events = new MicroEvents(writer);
      int next = 0;
      for (MicroProgram.Step step : steps) {
        long result = step.name().isEmpty() ? 0 : cases.get(next++).result;
        events.append(step, result);
      }
      writer.finish(
          "test",
          "1",
          "micro",
          "0",
          null,
          "none",
          new Fidelity(Fidelity.Accesses.EVERY, true, true, true, true, true, true, 0),
          new Ledger());
    }
  }

  private void append(MicroProgram.Step step, long result) throws IOException {
    switch (step.kind()) {
      case MAP -> map(step, 0x22);
      case RESERVE -> map(step, 0x4022);
      case MAP_FILE -> map(step, 0x2);
      case MAP_SHARED -> map(step, 0x21);
      case UNMAP -> call(EventKind.MUNMAP, step, 0);
      case HUGE_PAGES -> advise(step, MADV_HUGEPAGE);
      case SMALL_PAGES -> advise(step, MADV_NOHUGEPAGE);
      case WRITE -> touch(EventKind.WRITE, step);
      case READ -> touch(EventKind.READ, step);
      case PROTECT -> call(EventKind.MPROTECT, step, result);
      case OTHER_CALL -> {
        // No importer makes an event of it.
      }
    }
  }

  private void map(MicroProgram.Step step, long flags) throws IOException {
    begin(EventKind.MMAP, step);
    row.flags = flags;
    if (step.kind() == MicroProgram.Kind.MAP_FILE) {
      row.file = FILE;
      row.offset = 0;
    }
    row.result = step.address();
    writer.append(row);
  }

  private void advise(MicroProgram.Step step, int advice) throws IOException {
    begin(EventKind.MADVISE, step);
    row.flags = advice;
    row.result = 0;
    writer.append(row);
  }

  private void call(EventKind kind, MicroProgram.Step step, long result) throws IOException {
    begin(kind, step);
    row.result = result;
    writer.append(row);
  }

  private void touch(EventKind kind, MicroProgram.Step step) throws IOException {
    for (long at = 0; at < step.length(); at += step.stride() * 4096L) {
      row.reset(kind, PID, PID);
      row.address = step.address() + at;
      writer.append(row);
    }
  }

  private void begin(EventKind kind, MicroProgram.Step step) {
    row.reset(kind, PID, PID);
    row.address = step.address();
    row.length = step.length();
    row.protection = step.protection();
  }
}
