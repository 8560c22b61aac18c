package dev.mmureplay.cli;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.Fidelity;
import dev.mmureplay.event.TraceInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a replay of a trace will be able to know, as far as that can be said before it. */
final class Carries {
  private final Fidelity fidelity;
  private final boolean everyTouch;
  private final boolean everyPteSet;
  private final boolean marked;
  private final boolean rejected;

  private Carries(TraceInfo info) {
    fidelity = info.fidelity();
    everyTouch = fidelity.accesses() == Fidelity.Accesses.EVERY && fidelity.kernelAccesses();
    everyPteSet = info.kinds().containsKey(EventKind.SET_PTE);
    marked = info.kinds().containsKey(EventKind.LOST);
    rejected = info.ledger().rejectedCount() > 0;
  }

  /** Returns one sentence for each kind of statement. */
  static Map<String, Object> of(TraceInfo info) {
    Carries carries = new Carries(info);
    Map<String, Object> map = new LinkedHashMap<>();
    boolean nothing = info.fidelity().lost() != 0 && !carries.marked;
    map.put("calls", nothing ? "unknown: events are missing in unknown places" : carries.calls());
    map.put("bits_set", nothing ? "unknown" : "known of pages that an access or a call shows");
    map.put("bits_clear", nothing ? "unknown" : carries.clear());
    map.put("races", carries.races());
    return map;
  }

  private String calls() {
    List<String> parts = new ArrayList<>();
    if (everyTouch || everyPteSet) {
      parts.add("known");
    } else if (fidelity.accesses() == Fidelity.Accesses.NONE) {
      parts.add("known in memory that was never accessible, elsewhere assumed");
    } else {
      parts.add("known where all pages are seen that may be resident, elsewhere assumed");
    }
    if (!fidelity.fromStart()) {
      parts.add("unknown in processes older than the trace, until execve");
    }
    if (marked) {
      parts.add("unknown after a loss, until execve");
    }
    if (rejected) {
      parts.add("unknown after a rejected line, until execve");
    }
    return String.join("; ", parts);
  }

  private String clear() {
    if (everyTouch) {
      return "known of every page";
    }
    return fidelity.accesses() == Fidelity.Accesses.NONE
        ? "known of pages that may not be touched, where calls decide their state"
        : "known of pages that may not be touched (accessed) or written (dirty)";
  }

  private String races() {
    List<String> missing = new ArrayList<>();
    if (fidelity.accesses() != Fidelity.Accesses.EVERY) {
      missing.add("not every access");
    }
    if (!fidelity.concurrent()) {
      missing.add("threads one at a time");
    }
    if (!fidelity.threads()) {
      missing.add("no thread of an access");
    }
    return missing.isEmpty() ? "shown" : "shown in part: " + String.join(", ", missing);
  }
}
