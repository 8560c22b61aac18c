package dev.mmureplay.replay.race;

import static dev.mmureplay.event.EventSchema.UNKNOWN;
import static dev.mmureplay.event.EventSchema.UNKNOWN_INT;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventSchema;
import dev.mmureplay.machine.AddressSpace;
import dev.mmureplay.mmu.Pte;
import dev.mmureplay.replay.race.Interleaving.Racing;
import dev.mmureplay.replay.race.Interleaving.Racing.Unit;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Finds the accesses that may have raced with a call.
 *
 * <p>The event file puts a call where it ends, and gives it the line on which it began. So a row
 * before it whose line is behind that one was recorded while the call was under way. Looking back
 * ends at a row of the calling thread, which did nothing else meanwhile, or at an access that came
 * before the call; where accesses around the call are assumed to race, it ends at their distance.
 */
final class CandidateScan {
  /** The rows of a window began before what is kept of the last batch; older ones are missing. */
  static final String TOO_LONG = "race-window-longer-than-kept";

  private static final byte LAST_ACCESS = EventKind.FETCH.code();
  private static final byte OBSERVED_PTE = EventKind.OBSERVED_PTE.code();

  private final RowHistory rows;
  private final Racing racing;
  private final IntFunction<@Nullable AddressSpace> spaceOf;
  private final BitLog bits;
  private final Candidates into;
  private final Map<Long, Long> befores = new HashMap<>();
  private int observedFrom;
  private boolean tooLong;

  /**
   * Makes a scan.
   *
   * @param spaceOf gives the address space of a process, or null
   * @param into takes what is found
   */
  CandidateScan(
      RowHistory rows,
      Racing racing,
      IntFunction<@Nullable AddressSpace> spaceOf,
      BitLog bits,
      Candidates into) {
    this.rows = rows;
    this.racing = racing;
    this.spaceOf = spaceOf;
    this.bits = bits;
    this.into = into;
  }

  /** Returns whether the last look back ended where nothing older is kept. */
  boolean tooLong() {
    return tooLong;
  }

  /** Looks back from the row of a call. */
  void back(RacedCall call, int callRow) {
    tooLong = false;
    int first = rows.first();
    int row = callRow - 1;
    int changed = Integer.MIN_VALUE;
    int beganAt = callRow;
    boolean inside = true;
    observedFrom = callRow;
    for (; row >= first; row--) {
      byte kind = rows.kind(row);
      inside &= !endsLookingBack(call, row, kind);
      if (!inside && (!racing.assumes() || beyond(call, row, beganAt))) {
        break;
      }
      beganAt = inside ? row : beganAt;
      if (kind <= LAST_ACCESS) {
        take(call, row, inside);
      } else if (EventKind.isMemoryCall(kind)) {
        changed = Math.max(changed, row);
      } else if (inside && isObserved(call, row, EventSchema.PTE_BEFORE)) {
        observedFrom = row;
      }
    }
    tooLong = row < first && rows.dropped();
    settleBefore(call, Math.max(row, changed) + 1, callRow);
  }

  /** The calling thread did nothing else during the call, and an access says itself when it was. */
  private boolean endsLookingBack(RacedCall call, int row, byte kind) {
    if (kind > LAST_ACCESS) {
      return kind <= EventKind.SIGNAL.code() && rows.tid(row) == call.tid();
    }
    long time = rows.time(row);
    if (time != UNKNOWN && call.time() != UNKNOWN && time != call.time()) {
      return time < call.time();
    }
    long line = rows.line(row);
    return line == UNKNOWN || call.line() == UNKNOWN || line < call.line();
  }

  /** Sets what the PTEs held before the accesses of the window, which were replayed already. */
  private void settleBefore(RacedCall call, int firstRow, int callRow) {
    if (into.size() == 0 || firstRow >= callRow) {
      return;
    }
    long fromSeq = rows.seq(firstRow);
    tooLong |= !bits.reaches(fromSeq);
    for (int i = 0; i < into.size(); i++) {
      long page = into.address(i) & -EventSchema.PAGE_SIZE;
      into.before(i, bits.before(call.space(), page, fromSeq));
    }
  }

  /**
   * Looks ahead from a row for accesses that are assumed to race.
   *
   * @return whether the batch ended before the distance did
   */
  boolean ahead(RacedCall call, int fromRow) {
    if (!racing.assumes()) {
      return false;
    }
    int end = rows.end();
    for (int row = fromRow; row < end; row++) {
      if (behind(call, row)) {
        return false;
      }
      if (rows.kind(row) <= LAST_ACCESS) {
        take(call, row, false);
      }
    }
    return true;
  }

  private boolean beyond(RacedCall call, int row, int beganAt) {
    if (racing.unit() == Unit.EVENTS) {
      return beganAt - row > racing.distance();
    }
    long time = rows.time(row);
    return !call.timed() || (time != UNKNOWN && time < call.time() - racing.distance());
  }

  private boolean behind(RacedCall call, int row) {
    if (racing.unit() == Unit.EVENTS) {
      return rows.seq(row) - call.seq() > racing.distance();
    }
    long time = rows.time(row);
    long end = call.time() + call.duration();
    return !call.timed() || (time != UNKNOWN && time > end + racing.distance());
  }

  private void take(RacedCall call, int row, boolean inside) {
    long address = rows.address(row);
    if (!call.covers(address)
        || rows.tid(row) == call.tid()
        || isRefused(rows.flags(row))
        || spaceOf.apply(rows.pid(row)) != call.space()) {
      return;
    }
    double moment = inside ? moment(call, rows.time(row)) : Candidates.NO_MOMENT;
    into.add(
        rows.kind(row), rows.tid(row), address, rows.seq(row), rows.line(row), moment, !inside);
  }

  /** An access that is known from its SIGSEGV touched nothing. */
  private static boolean isRefused(long flags) {
    return flags != UNKNOWN && (flags & EventSchema.FROM_SIGNAL) != 0;
  }

  private boolean isObserved(RacedCall call, int row, long when) {
    return rows.kind(row) == OBSERVED_PTE
        && rows.tid(row) == call.tid()
        && rows.flags(row) == when
        && rows.length(row) == UNKNOWN;
  }

  /**
   * Takes the real PTEs from the beginning of the call for those that its candidates found, and
   * finds pages whose real PTE had A or D clear then and set when the call had ended: nothing but
   * hardware sets them meanwhile. Follows {@link #back}.
   *
   * @return whether the batch ended before the PTEs did
   */
  boolean observed(RacedCall call, int callRow) {
    if (observedFrom == callRow) {
      return false;
    }
    befores.clear();
    for (int row = observedFrom; row < callRow; row++) {
      if (isObserved(call, row, EventSchema.PTE_BEFORE)) {
        befores.put(rows.address(row), rows.result(row));
      }
    }
    settleObserved();
    int row = callRow + 1;
    for (; row < rows.end() && rows.kind(row) == OBSERVED_PTE; row++) {
      Long before = befores.get(rows.address(row));
      if (before != null && isObserved(call, row, EventSchema.PTE_AFTER)) {
        observed(row, before, rows.result(row));
      }
    }
    return row == rows.end();
  }

  /** What a real PTE held when the call began is better than what the model makes of it. */
  private void settleObserved() {
    for (int i = 0; i < into.size(); i++) {
      Long before = befores.get(into.address(i) & -EventSchema.PAGE_SIZE);
      if (before != null) {
        into.before(i, before);
      }
    }
  }

  private void observed(int row, long before, long after) {
    boolean accessed = Pte.isAccessed(after) && !Pte.isAccessed(before);
    boolean dirtied = Pte.isDirty(after) && !Pte.isDirty(before);
    if ((accessed || dirtied) && !explained(rows.address(row), dirtied)) {
      EventKind kind = dirtied ? EventKind.WRITE : EventKind.READ;
      int added =
          into.add(
              kind.code(),
              UNKNOWN_INT,
              rows.address(row),
              rows.seq(row),
              rows.line(row),
              Candidates.NO_MOMENT,
              false);
      into.before(added, before);
    }
  }

  /** Returns whether an access that the trace shows may have set the bits of a real PTE. */
  private boolean explained(long page, boolean dirtied) {
    for (int i = 0; i < into.size(); i++) {
      boolean sets = !dirtied || into.kind(i) == EventKind.WRITE.code();
      if (sets && (into.address(i) & -EventSchema.PAGE_SIZE) == page) {
        return true;
      }
    }
    return false;
  }

  private static double moment(RacedCall call, long time) {
    if (!call.timed() || time == UNKNOWN) {
      return Candidates.NO_MOMENT;
    }
    long passed = time - call.time();
    return passed <= 0 || passed >= call.duration()
        ? Candidates.NO_MOMENT
        : (double) passed / call.duration();
  }
}
