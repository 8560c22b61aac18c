package dev.mmureplay.importer.adsnap;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.importer.EventSequencer;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * Finds the execves, for which earlier versions of the script have no line: a program asks for its
 * break first, and gets another answer than the old one was left with. The old memory went with a
 * full flush outside any call: the last one for the new stack, and without one (no randomisation)
 * the last one for the switch to the new memory.
 */
final class UnseenExecves {
  /** Where an execve may have been. */
  private record Candidate(EventRow row, EventSequencer.Place place, boolean newStack) {}

  private final EventSequencer events;
  private final Map<Integer, Long> breaks = new HashMap<>();
  private final Map<Integer, Candidate> candidates = new HashMap<>();

  UnseenExecves(EventSequencer events) {
    this.events = events;
  }

  /** A new process begins with its parent's break, with memory of its own or not. */
  void forked(int parent, int child) {
    Long known = breaks.get(parent);
    if (known == null) {
      breaks.remove(child);
    } else {
      breaks.put(child, known);
    }
  }

  /**
   * A task has flushed everything, and is in no call.
   *
   * @param switched whether because of a switch to other memory
   */
  void flushed(AdsnapLine line, boolean switched) throws IOException {
    Candidate known = candidates.get(line.pid);
    if (switched && known != null && known.newStack) {
      return;
    }
    giveUp(line.pid);
    candidates.put(line.pid, new Candidate(execve(line), events.reserve(), !switched));
  }

  /** A line shows an execve, as later versions of the script write: nothing is left to find. */
  void shown(int pid) throws IOException {
    giveUp(pid);
    breaks.remove(pid);
  }

  /** A process has begun a call other than one for its break, so that it is set up. */
  void giveUp(int pid) throws IOException {
    Candidate candidate = candidates.remove(pid);
    if (candidate != null) {
      events.fill(candidate.place, null);
    }
  }

  /**
   * A process knows its break.
   *
   * @param end the line that tells it
   * @param asked whether it only asked for it
   * @return whether the program is another than before; that is an event then
   */
  boolean breakIs(AdsnapLine end, long address, boolean asked) throws IOException {
    Long known = breaks.put(end.pid, address);
    Candidate candidate = candidates.remove(end.pid);
    boolean replaced = asked && known != null && known != address;
    if (candidate != null) {
      events.fill(candidate.place, replaced ? candidate.row : null);
    } else if (replaced) {
      events.append(execve(end));
    }
    return replaced;
  }

  private static EventRow execve(AdsnapLine line) {
    EventRow row = new EventRow();
    row.reset(EventKind.EXECVE, line.pid, line.tid);
    row.time = line.time;
    row.cpu = line.cpu;
    row.line = line.number;
    row.result = 0;
    return row;
  }
}
