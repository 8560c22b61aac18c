package dev.mmureplay.importer.merge;

import static dev.mmureplay.event.EventSchema.UNKNOWN;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.event.EventWriter;
import dev.mmureplay.event.Fidelity;
import dev.mmureplay.event.TraceInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Merges two captures of the same deterministic program: everything but accesses from the first,
 * accesses from the second, put between the calls between which the second has them.
 *
 * <p>Calls are matched by their sequence; accesses move with the mapping that they are made to.
 * Those to memory that no call names cannot matter to a call and are left out. Those to memory that
 * only the second run has are counted as lost events, and calls that only the first run has are a
 * loss of unknown size, so that no result of the merged trace is more certain than it may be.
 */
public final class CallMerge {
  /** The text of the marker in front of the accesses between two matching calls. */
  static final String INTERVAL = "merge: accesses of the second capture up to the next call";

  /** How many disagreements are said in words; all are counted. */
  static final int SAID = 100;

  /**
   * What came of a merge.
   *
   * @param matched calls that both captures show
   * @param onlyFirst calls that only the first shows
   * @param onlySecond calls that only the second shows
   * @param otherResult matching calls of which one failed and one did not
   * @param otherPlace matching calls on memory that an earlier call put elsewhere
   * @param accesses accesses taken over
   * @param leftOut accesses to memory that no call names
   * @param lost accesses to memory that only the second run has
   * @param disagreements the first of them, a sentence each
   */
  public record Report(
      TraceInfo info,
      long matched,
      long onlyFirst,
      long onlySecond,
      long otherResult,
      long otherPlace,
      long accesses,
      long leftOut,
      long lost,
      List<String> disagreements) {
    public Report {
      disagreements = List.copyOf(disagreements);
    }
  }

  private final EventWriter writer;
  private final CallSequence first;
  private final CallSequence second;
  private final Alignment alignment;
  private final EventCursor rest;
  private final Relocation relocation = new Relocation();
  private final CallKey.Maker keys = new CallKey.Maker();
  private final Map<Integer, Integer> tids = new HashMap<>();
  private final List<String> markers = new ArrayList<>(List.of(INTERVAL));
  private final List<String> disagreements = new ArrayList<>();
  private final EventRow marker = new EventRow();
  private int pid;
  private int nextOfSecond;
  private boolean inInterval;
  private long onlySecond;
  private long otherResult;
  private long otherPlace;
  private long accesses;
  private long leftOut;
  private long lost;

  private CallMerge(
      EventWriter writer,
      CallSequence first,
      CallSequence second,
      Alignment alignment,
      EventCursor rest) {
    this.writer = writer;
    this.first = first;
    this.second = second;
    this.alignment = alignment;
    this.rest = rest;
  }

  /**
   * Merges two event files.
   *
   * @param calls the capture whose calls and times count
   * @param accesses the capture whose accesses count; of one process
   * @param target the event file to write
   * @throws IOException if no call matches, the second capture has several processes, or a file
   *     cannot be read or written
   */
  public static Report merge(Path calls, Path accesses, Path target) throws IOException {
    List<TraceInfo> infos = MergedOrigin.read(List.of(calls, accesses));
    List<Long> linesBefore = MergedOrigin.linesBefore(infos);
    CallSequence first = CallSequence.read(calls, 0);
    CallSequence second = CallSequence.read(accesses, linesBefore.get(1));
    if (second.otherProcesses()) {
      throw new IOException(
          infos.get(1).source()
              + ": expected accesses of one process but found several; merge them one by one");
    }
    Alignment alignment = Alignment.of(first.keys(), second.keys());
    if (alignment == null || alignment.matched() == 0) {
      throw new IOException(
          infos.get(0).source()
              + " and "
              + infos.get(1).source()
              + ": expected captures of the same program but "
              + (alignment == null
                  ? "more than " + Alignment.MOST_DIFFERENCES + " calls differ"
                  : "none of their calls match"));
    }
    try (EventWriter writer = new EventWriter(target);
        EventCursor all = new EventCursor(calls, 0);
        EventCursor rest = new EventCursor(accesses, linesBefore.get(1))) {
      CallMerge merge = new CallMerge(writer, first, second, alignment, rest);
      merge.learnBeforehand();
      merge.run(all);
      return merge.finish(infos);
    }
  }

  /** Mappings from before the first call are accessed before a call names them. */
  private void learnBeforehand() {
    Relocation scout = new Relocation();
    for (int call = 0; call < first.size(); call++) {
      int partner = alignment.secondOf(call);
      if (partner == Alignment.NONE) {
        continue;
      }
      EventRow a = first.row(call);
      EventRow b = second.row(partner);
      tids.putIfAbsent(b.tid, a.tid);
      pid = a.pid;
      boolean names = b.kind == EventKind.MPROTECT || b.kind == EventKind.MADVISE;
      if (names && scout.isNew(b)) {
        scout.before(a, b);
        relocation.before(a, b);
      }
      scout.learn(a, b);
    }
    if (!scout.identical()) {
      relocation.notIdentical();
    }
  }

  private void run(EventCursor all) throws IOException {
    CallKey.Maker firstKeys = new CallKey.Maker();
    int call = 0;
    while (all.next()) {
      EventRow row = all.row();
      if (row.kind.isAccess()) {
        continue;
      }
      boolean own = !row.kind.isObservation() && first.has(row.pid) && firstKeys.of(row) != null;
      if (own) {
        int partner = alignment.secondOf(call);
        if (partner == Alignment.NONE) {
          disagree("only the first capture has " + describe(first, call));
        } else {
          drainTo(partner);
          compare(call, partner);
        }
        call++;
        inInterval = false;
      }
      writer.append(row);
    }
    drainTo(second.size());
  }

  /** Takes the accesses of the second capture up to one of its calls, and passes over that. */
  private void drainTo(int partner) throws IOException {
    while (nextOfSecond <= partner && rest.next()) {
      EventRow row = rest.row();
      if (row.kind.isAccess()) {
        access(row);
      } else if (row.kind == EventKind.LOST) {
        row.pid = pid;
        row.tid = tids.getOrDefault(row.tid, pid);
        writer.append(row);
      } else if (keys.of(row) != null) {
        if (nextOfSecond != partner) {
          onlySecond++;
          disagree("only the second capture has " + describe(second, nextOfSecond));
          relocation.onlySecond(row);
        }
        nextOfSecond++;
      }
    }
  }

  private void access(EventRow row) throws IOException {
    long address = relocation.relocated(row.address);
    if (address == UNKNOWN) {
      leftOut += row.count;
      return;
    }
    if (address == Relocation.NOWHERE) {
      lost += row.count;
      return;
    }
    if (!inInterval) {
      mark(0, row.line);
      inInterval = true;
    }
    row.pid = pid;
    row.tid = tids.getOrDefault(row.tid, pid);
    row.time = UNKNOWN;
    row.address = address;
    accesses += row.count;
    writer.append(row);
  }

  private void compare(int call, int partner) throws IOException {
    EventRow a = first.row(call);
    EventRow b = second.row(partner);
    boolean bothKnown = a.result != UNKNOWN && b.result != UNKNOWN;
    if (bothKnown && failed(a) != failed(b)) {
      otherResult++;
      disagree(describe(first, call) + " and " + describe(second, partner) + " end differently");
    }
    if (!relocation.learn(a, b)) {
      otherPlace++;
      disagree(
          describe(first, call)
              + " and "
              + describe(second, partner)
              + " name memory that lies elsewhere by an earlier call");
    }
  }

  private static boolean failed(EventRow row) {
    return row.result < 0 && row.result >= -4095;
  }

  private static String describe(CallSequence sequence, int call) {
    long line = sequence.row(call).line;
    return sequence.keys().get(call) + (line == UNKNOWN ? "" : " (line " + line + ")");
  }

  private void disagree(String sentence) throws IOException {
    if (disagreements.size() < SAID) {
      disagreements.add(sentence);
      markers.add("merge: " + sentence);
      mark(markers.size() - 1, UNKNOWN);
    }
  }

  private void mark(int text, long line) throws IOException {
    marker.reset(EventKind.MARKER, pid, pid);
    marker.result = text;
    marker.line = line;
    writer.append(marker);
  }

  private Report finish(List<TraceInfo> infos) throws IOException {
    Fidelity calls = infos.get(0).fidelity();
    Fidelity touched = infos.get(1).fidelity();
    Fidelity fidelity =
        new Fidelity(
            touched.accesses(),
            calls.threads() && touched.threads(),
            false,
            calls.clock(),
            calls.cpus() && touched.cpus(),
            calls.fromStart() && touched.fromStart(),
            touched.kernelAccesses(),
            MergedOrigin.addLost(
                MergedOrigin.addLost(calls.lost(), touched.lost()),
                alignment.matched() < first.size() ? -1 : lost));
    TraceInfo info = MergedOrigin.finish(writer, infos, fidelity, markers);
    return new Report(
        info,
        alignment.matched(),
        first.size() - alignment.matched(),
        onlySecond,
        otherResult,
        otherPlace,
        accesses,
        leftOut,
        lost,
        disagreements);
  }
}
