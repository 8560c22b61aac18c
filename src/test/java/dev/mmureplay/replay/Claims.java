package dev.mmureplay.replay;

import dev.mmureplay.event.EventRow;
import dev.mmureplay.event.EventWriter;
import dev.mmureplay.event.Fidelity;
import dev.mmureplay.event.Ledger;
import dev.mmureplay.mmu.Backends;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.GuestPlatform;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** What a replay says of every call and page, and what of it it claims to know. */
final class Claims implements ReplaySink {
  /** What a call did, by its line. */
  private final Map<Long, String> calls = new HashMap<>();

  private final Map<Long, Certainty> certainties = new HashMap<>();

  /** Process and page, with what the model has and what is claimed of it. */
  private final Set<String> states = new HashSet<>();

  private final List<String> claims = new ArrayList<>();
  private Tally tally = new Tally(Tally.Split.NONE, Tally.Split.NONE, 0, 0);

  /** Replays rows under two backends. */
  static Claims of(
      Path folder, List<EventRow> rows, Fidelity fidelity, Ledger ledger, GuestKernel kernel)
      throws IOException {
    return of(write(folder, rows, fidelity, ledger), kernel);
  }

  static Path write(Path folder, List<EventRow> rows, Fidelity fidelity, Ledger ledger)
      throws IOException {
    Path file = folder.resolve("claims.arrow");
    try (EventWriter writer = new EventWriter(file)) {
      for (EventRow row : rows) {
        writer.append(row);
      }
      String checksum = "%08x%08x".formatted(rows.hashCode(), fidelity.hashCode());
      writer.finish("test", "0", "test", checksum, null, "none", fidelity, ledger);
    }
    return file;
  }

  static Claims of(Path file, GuestKernel kernel) throws IOException {
    Claims claims = new Claims();
    ReplayOptions options =
        new ReplayOptions(
            new GuestPlatform(kernel, true), Backends.named("native,mmu-update-batch"), null, 16);
    claims.tally = Replay.run(file, options, claims, done -> {}).tally();
    return claims;
  }

  @Override
  public void call(CallFacts call, long[][] counts) {
    calls.put(
        call.line,
        call.updatedPtes
            + " PTEs, "
            + call.vmaPieces
            + " pieces, "
            + call.ptePages
            + " PTE pages, "
            + call.slotsScanned
            + " slots, flush "
            + call.flushPages
            + ", "
            + Arrays.deepToString(counts));
    certainties.put(call.line, call.certainty);
  }

  @Override
  public void page(PageState page) {
    String place = page.pid + " " + Long.toHexString(page.address);
    states.add(place);
    states.add(place + " accessed " + page.accessed);
    states.add(place + " dirty " + page.dirty);
    if (page.residencyKnown) {
      claim(place);
    }
    if (page.accessedState != BitState.UNKNOWN) {
      claim(place + " accessed " + (page.accessedState == BitState.SET));
    }
    if (page.dirtyState != BitState.UNKNOWN) {
      claim(place + " dirty " + (page.dirtyState == BitState.SET));
    }
  }

  private void claim(String state) {
    claims.add(state);
  }

  @Override
  public void finding(Finding finding) {
    throw new AssertionError(finding);
  }

  Tally tally() {
    return tally;
  }

  /** Returns how many calls are claimed to be known. */
  long knownCalls() {
    return tally.calls().known();
  }

  /** Returns how much is claimed of pages: residency, accessed and dirty each. */
  long knownBits() {
    return claims.size();
  }

  /** Returns everything that is claimed and is not so in the truth; at most a few. */
  List<String> contradictions(Claims truth) {
    List<String> wrong = new ArrayList<>();
    certainties.forEach(
        (line, certainty) -> {
          String expected = truth.calls.get(line);
          if (certainty == Certainty.KNOWN && !Objects.equals(calls.get(line), expected)) {
            wrong.add("line " + line + ": " + calls.get(line) + " but in truth " + expected);
          }
        });
    for (String claim : claims) {
      if (!truth.states.contains(claim)) {
        wrong.add(claim + " is not so");
      }
    }
    wrong.sort(null);
    return wrong.subList(0, Math.min(5, wrong.size()));
  }
}
