package dev.mmureplay.cli;

import dev.mmureplay.event.Fidelity;
import dev.mmureplay.event.Ledger;
import dev.mmureplay.event.TraceInfo;
import dev.mmureplay.replay.ReplayResult;
import dev.mmureplay.replay.Tally;
import dev.mmureplay.replay.race.RaceTotals;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

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
    parts.add(split("calls", result.tally().calls()));
    parts.add(split("PTEs", result.tally().updatedPtes()));
    return stored.file().name() + ": " + String.join("; ", parts);
  }

  private static String split(String what, Tally.Split split) {
    return String.format(
        Locale.ROOT,
        "%s: %,d known, %,d assumed, %,d unknown",
        what,
        split.known(),
        split.assumed(),
        split.unknown());
  }

  /** Returns what races came to, in one line; nothing if none was tried. */
  static Optional<String> races(Replays.Stored stored) {
    ReplayResult result = stored.result();
    if (result.races().isEmpty()) {
      return Optional.empty();
    }
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < result.races().size(); i++) {
      RaceTotals race = result.races().get(i);
      if (race.accessedLost() + race.dirtyLost() > 0) {
        parts.add(
            String.format(
                Locale.ROOT,
                "%s loses %,d A and %,d D%s",
                result.backends().get(i).name(),
                race.accessedLost(),
                race.dirtyLost(),
                race.assumedLost() == 0
                    ? ""
                    : String.format(Locale.ROOT, " (%,d by assumption)", race.assumedLost())));
      }
    }
    if (parts.isEmpty()) {
      parts.add("no bit lost among them");
    }
    return Optional.of(
        String.format(
            Locale.ROOT,
            "%s: races (%s): %,d candidates; %s",
            stored.file().name(),
            result.interleaving().id(),
            result.races().get(0).candidates(),
            String.join(", ", parts)));
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
