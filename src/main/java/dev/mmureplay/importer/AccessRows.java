package dev.mmureplay.importer;

import static dev.mmureplay.event.EventSchema.UNKNOWN;
import static dev.mmureplay.event.EventSchema.UNKNOWN_INT;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.event.EventSchema;
import dev.mmureplay.event.EventSink;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Makes rows of page accesses that a tool tells one by one: one row for each page touched, or
 * folded by {@link PageFold}.
 */
public final class AccessRows {
  /** The rule for accesses that are none of a program's, such as to the vsyscall page. */
  public static final String AT_KERNEL_ADDRESS = "access-at-kernel-address";

  private static final int PAGE_SHIFT = 12;
  private static final long IN_PAGE = EventSchema.PAGE_SIZE - 1;

  private final EventSink sink;
  private final @Nullable PageFold fold;
  private final EventRow row = new EventRow();
  private int pid;
  private int tid;
  private int cpu = UNKNOWN_INT;
  private long time = UNKNOWN;

  /** Passes rows on to a sink. */
  public AccessRows(EventSink sink, boolean folds) {
    this.sink = sink;
    this.fold = folds ? new PageFold(sink) : null;
  }

  /** Says whose accesses follow. */
  public void by(int newPid, int newTid) {
    pid = newPid;
    tid = newTid;
    if (fold != null) {
      fold.thread(newPid, newTid);
    }
  }

  /** Says when the accesses that follow were made, ns. */
  public void at(long newTime) {
    time = newTime;
    if (fold != null) {
      fold.time(newTime);
    }
  }

  /** Says on which CPU the accesses that follow were made. */
  public void on(int newCpu) {
    cpu = newCpu;
    if (fold != null) {
      fold.cpu(newCpu);
    }
  }

  /** Adds an access to so many bytes, which may reach into the next page. */
  public void add(EventKind kind, long address, long size, long line) throws IOException {
    page(kind, address, line);
    long next = (address | IN_PAGE) + 1;
    if ((address & IN_PAGE) + size > EventSchema.PAGE_SIZE && next > 0) {
      page(kind, next, line);
    }
  }

  private void page(EventKind kind, long address, long line) throws IOException {
    if (fold != null) {
      fold.add(kind.code(), address >>> PAGE_SHIFT, line);
      return;
    }
    row.reset(kind, pid, tid);
    row.time = time;
    row.cpu = cpu;
    row.address = address;
    row.flags = 0;
    row.line = line;
    sink.append(row);
  }

  /** Ends the stretch in which repeated accesses tell nothing; passes on what was folded. */
  public void endEpoch() throws IOException {
    if (fold != null) {
      fold.flush();
    }
  }
}
