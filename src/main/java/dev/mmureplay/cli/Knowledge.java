package dev.mmureplay.cli;

import dev.mmureplay.event.Fidelity;
import dev.mmureplay.event.Ledger;
import dev.mmureplay.event.TraceInfo;
import dev.mmureplay.replay.ReplayResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a replay knows and what it assumed, in one line. */
final class Knowledge {
  private Knowledge() {}

  static String of(Replays.Stored stored) {
    TraceInfo info = stored.file().info();
    ReplayResult result = stored.result();
    List<String> parts = new ArrayList<>();
    parts.add(String.format(Locale.ROOT, "%,d mprotect calls", result.calls()));
    parts.add(
        switch (info.fidelity().accesses()) {
          case EVERY -> "every page access seen";
          case FIRST_TOUCH -> "only first touches of pages seen";
          case NONE -> "no page accesses seen";
        });
    parts.add(
        switch (result.residency()) {
          case RECORDED -> "residency as recorded";
          case NONE -> "no page assumed resident (lower bound)";
          case ALL -> "every accessible page assumed resident (upper bound)";
        });
    parts.addAll(fidelity(info.fidelity()));
    Ledger ledger = info.ledger();
    parts.add(
        String.format(
            Locale.ROOT, "%,d of %,d lines rejected", ledger.rejectedCount(), ledger.lines()));
    long assumptions = result.assumptions().values().stream().mapToLong(Long::longValue).sum();
    if (assumptions > 0) {
      parts.add(String.format(Locale.ROOT, "assumptions made: %,d", assumptions));
    }
    return stored.file().name() + ": " + String.join("; ", parts);
  }

  private static List<String> fidelity(Fidelity fidelity) {
    List<String> parts = new ArrayList<>();
    if (!fidelity.fromStart()) {
      parts.add("not from the program's start");
    }
    if (!fidelity.concurrent()) {
      parts.add("threads serialised");
    }
    if (fidelity.lost() != 0) {
      parts.add(
          fidelity.lost() < 0
              ? "events lost"
              : String.format(Locale.ROOT, "%,d events lost", fidelity.lost()));
    }
    return parts;
  }
}
