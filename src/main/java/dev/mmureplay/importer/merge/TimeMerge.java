package dev.mmureplay.importer.merge;

import dev.mmureplay.event.EventRow;
import dev.mmureplay.event.EventSchema;
import dev.mmureplay.event.EventWriter;
import dev.mmureplay.event.Fidelity;
import dev.mmureplay.event.TraceInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Merges captures of one run whose clocks are the same and whose tasks are not. Each input keeps
 * its own order; between inputs the time decides.
 */
public final class TimeMerge {
  /** One input, and when its next row is due. */
  private static final class Input {
    private final int number;
    private final EventCursor cursor;
    private long due = Long.MIN_VALUE;

    Input(int number, EventCursor cursor) {
      this.number = number;
      this.cursor = cursor;
    }

    /** A row without a time, or one that was written late, is due with the row before it. */
    boolean next() throws IOException {
      if (!cursor.next()) {
        return false;
      }
      long time = cursor.row().time;
      due = time == EventSchema.UNKNOWN ? due : Math.max(due, time);
      return true;
    }
  }

  private final List<TraceInfo> infos;
  private final Map<Integer, Integer> inputOfTask = new HashMap<>();

  private TimeMerge(List<TraceInfo> infos) {
    this.infos = infos;
  }

  /**
   * Merges event files.
   *
   * @param target the event file to write
   * @throws IOException if an input has no clock, two of them show calls of the same task, or a
   *     file cannot be read or written
   */
  public static TraceInfo merge(List<Path> eventFiles, Path target) throws IOException {
    List<TraceInfo> infos = MergedOrigin.read(eventFiles);
    for (TraceInfo info : infos) {
      if (!info.fidelity().clock() || info.clockOrigin() == EventSchema.UNKNOWN) {
        throw new IOException(
            info.source() + ": expected a trace with a clock to merge by time but it has none");
      }
    }
    return new TimeMerge(infos).mergeInto(eventFiles, target);
  }

  private TraceInfo mergeInto(List<Path> eventFiles, Path target) throws IOException {
    List<Long> linesBefore = MergedOrigin.linesBefore(infos);
    List<EventCursor> open = new ArrayList<>();
    try (EventWriter writer = new EventWriter(target)) {
      PriorityQueue<Input> queue =
          new PriorityQueue<>(
              Comparator.comparingLong((Input input) -> input.due)
                  .thenComparingInt(input -> input.number));
      for (int i = 0; i < eventFiles.size(); i++) {
        EventCursor cursor = new EventCursor(eventFiles.get(i), linesBefore.get(i));
        open.add(cursor);
        Input input = new Input(i, cursor);
        if (input.next()) {
          queue.add(input);
        }
      }
      for (Input input = queue.poll(); input != null; input = queue.poll()) {
        EventRow row = input.cursor.row();
        requireOwnTask(row, input.number);
        writer.append(row);
        if (input.next()) {
          queue.add(input);
        }
      }
      return MergedOrigin.finish(writer, infos, fidelity(), infos.get(0).markers());
    } finally {
      for (EventCursor cursor : open) {
        cursor.close();
      }
    }
  }

  private void requireOwnTask(EventRow row, int input) throws IOException {
    if (row.kind.isAccess() || row.kind.isObservation() || row.length == EventSchema.UNKNOWN) {
      return;
    }
    Integer known = inputOfTask.putIfAbsent(row.tid, input);
    if (known != null && known != input) {
      throw new IOException(
          infos.get(input).source()
              + ": expected other tasks than in "
              + infos.get(known).source()
              + " but both show calls of task "
              + row.tid
              + "; two captures of the same calls are merged by calls");
    }
  }

  private Fidelity fidelity() {
    Fidelity all = infos.get(0).fidelity();
    for (TraceInfo info : infos.subList(1, infos.size())) {
      Fidelity each = info.fidelity();
      // The enum goes from every access to none.
      Fidelity.Accesses weaker =
          each.accesses().compareTo(all.accesses()) > 0 ? each.accesses() : all.accesses();
      all =
          new Fidelity(
              weaker,
              all.threads() && each.threads(),
              all.concurrent() && each.concurrent(),
              true,
              all.cpus() && each.cpus(),
              all.fromStart(),
              all.kernelAccesses() && each.kernelAccesses(),
              MergedOrigin.addLost(all.lost(), each.lost()));
    }
    return all;
  }
}
