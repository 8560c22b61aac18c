package dev.mmureplay.replay;

import static dev.mmureplay.event.EventSchema.UNKNOWN_INT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.event.EventRow;
import dev.mmureplay.event.Fidelity;
import dev.mmureplay.event.Ledger;
import dev.mmureplay.mmu.GuestKernel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Hazard: a capture that misses something, and a replay that says of it what is not so. Whatever is
 * claimed to be known from part of a trace must be what the whole trace says.
 */
class CertaintyPropertyTest {
  private static final int SEEDS = Integer.getInteger("certainty.seeds", 12);
  private static final int STEPS = 90;
  private static final Fidelity COMPLETE =
      new Fidelity(Fidelity.Accesses.EVERY, true, true, true, true, true, true, 0);

  @TempDir Path folder;

  /** What is claimed from all seeds together, so that a test does not pass by claiming nothing. */
  private long knownCalls;

  private long knownBits;

  @ParameterizedTest
  @EnumSource(GuestKernel.class)
  void aCompleteTraceLeavesNothingUnknown(GuestKernel kernel) throws IOException {
    long assumed = 0;
    for (int seed = 1; seed <= SEEDS; seed++) {
      Tally tally = claims(kernel, RandomTrace.of(seed, STEPS), COMPLETE).tally();
      assertThat(tally.calls().unknown()).isZero();
      assumed += tally.calls().assumed();
      knownCalls += tally.calls().known();
    }
    // Pages around a fault are assumed to be cached, and advice may have taken pages away.
    assertThat(assumed).isLessThan(knownCalls / 10);
  }

  @ParameterizedTest
  @EnumSource(GuestKernel.class)
  void lossesMarkedInTheirPlace(GuestKernel kernel) throws IOException {
    Fidelity oneStream = COMPLETE.withCpus(false);
    for (int seed = 1; seed <= SEEDS; seed++) {
      List<EventRow> rows = withoutCpus(RandomTrace.of(seed, STEPS));
      BitSet dropped = Degrade.some(rows.size(), 1 + seed % 4, new Random(seed));
      Claims claims =
          claims(kernel, Degrade.marked(rows, dropped), oneStream.withLost(dropped.cardinality()));
      check(claims, claims(kernel, rows, oneStream), kernel + " seed " + seed);
    }
    assertSomethingIsClaimed();
  }

  @ParameterizedTest
  @EnumSource(GuestKernel.class)
  void lossesOfOneCpuMarkedWhereTheyEnd(GuestKernel kernel) throws IOException {
    for (int seed = 1; seed <= SEEDS; seed++) {
      List<EventRow> rows = RandomTrace.of(seed, STEPS);
      BitSet dropped = Degrade.some(rows.size(), 1 + seed % 3, new Random(seed));
      Claims claims =
          claims(
              kernel, Degrade.withMarks(rows, dropped), COMPLETE.withLost(dropped.cardinality()));
      check(claims, claims(kernel, rows, COMPLETE), kernel + " seed " + seed);
    }
    assertSomethingIsClaimed();
  }

  @ParameterizedTest
  @EnumSource(GuestKernel.class)
  void lossesInAnUnknownPlace(GuestKernel kernel) throws IOException {
    for (int seed = 1; seed <= SEEDS / 4; seed++) {
      List<EventRow> rows = RandomTrace.of(seed, STEPS);
      BitSet dropped = Degrade.some(rows.size(), 1, new Random(seed));
      for (int count : new int[] {-1, 1}) {
        Claims claims = claims(kernel, Degrade.without(rows, dropped), COMPLETE.withLost(count));
        check(claims, claims(kernel, rows, COMPLETE), kernel + " seed " + seed);
      }
    }
    assertThat(knownCalls).isZero();
    assertThat(knownBits).isZero();
  }

  @ParameterizedTest
  @EnumSource(GuestKernel.class)
  void rejectedLines(GuestKernel kernel) throws IOException {
    for (int seed = 1; seed <= SEEDS; seed++) {
      List<EventRow> rows = RandomTrace.of(seed, STEPS);
      BitSet dropped = Degrade.some(rows.size(), 1 + seed % 3, new Random(seed));
      Ledger ledger = new Ledger();
      for (int i = dropped.nextSetBit(0); i >= 0; i = dropped.nextSetBit(i + 1)) {
        ledger.line();
        ledger.rejected(rows.get(i).line, "unreadable", "?");
      }
      Claims claims = Claims.of(folder, Degrade.without(rows, dropped), COMPLETE, ledger, kernel);
      check(claims, claims(kernel, rows, COMPLETE), kernel + " seed " + seed);
    }
    assertSomethingIsClaimed();
  }

  @ParameterizedTest
  @EnumSource(GuestKernel.class)
  void processesThatAreOlderThanTheTrace(GuestKernel kernel) throws IOException {
    for (int seed = 1; seed <= SEEDS; seed++) {
      List<EventRow> rows = RandomTrace.of(seed, STEPS);
      int begun = new Random(seed).nextInt(rows.size());
      if (memoryIsShared(rows.subList(0, begun))) {
        continue;
      }
      Claims claims =
          claims(kernel, rows.subList(begun, rows.size()), COMPLETE.withFromStart(false));
      check(claims, claims(kernel, rows, COMPLETE), kernel + " seed " + seed);
    }
    assertSomethingIsClaimed();
  }

  @ParameterizedTest
  @EnumSource(GuestKernel.class)
  void accessesByTheKernelUnseen(GuestKernel kernel) throws IOException {
    Fidelity fidelity = COMPLETE.withKernelAccesses(false);
    for (int seed = 1; seed <= SEEDS; seed++) {
      List<EventRow> rows = RandomTrace.of(seed, STEPS);
      Claims claims = claims(kernel, Degrade.without(rows, byTheKernel(rows, seed)), fidelity);
      check(claims, claims(kernel, rows, COMPLETE), kernel + " seed " + seed);
    }
    assertSomethingIsClaimed();
  }

  @ParameterizedTest
  @EnumSource(GuestKernel.class)
  void onlyAccessesThatFault(GuestKernel kernel) throws IOException {
    Fidelity fidelity = COMPLETE.withAccesses(Fidelity.Accesses.FIRST_TOUCH);
    for (int seed = 1; seed <= SEEDS; seed++) {
      List<EventRow> rows = RandomTrace.of(seed, STEPS);
      Claims truth = claims(kernel, rows, COMPLETE);
      BitSet unseen = Degrade.faultless(folder, kernel, rows, COMPLETE);
      check(
          claims(kernel, Degrade.without(rows, unseen), fidelity), truth, kernel + " seed " + seed);
      // What the kernel does through get_user_pages takes no fault either.
      unseen.or(byTheKernel(rows, seed));
      check(
          claims(kernel, Degrade.without(rows, unseen), fidelity), truth, kernel + " seed " + seed);
    }
    assertSomethingIsClaimed();
  }

  @ParameterizedTest
  @EnumSource(GuestKernel.class)
  void onlyAccessesThatFaultAndLosses(GuestKernel kernel) throws IOException {
    Fidelity fidelity = COMPLETE.withAccesses(Fidelity.Accesses.FIRST_TOUCH);
    for (int seed = 1; seed <= SEEDS; seed++) {
      List<EventRow> rows = RandomTrace.of(seed, STEPS);
      Claims truth = claims(kernel, rows, COMPLETE);
      List<EventRow> faults =
          Degrade.without(rows, Degrade.faultless(folder, kernel, rows, COMPLETE));
      BitSet dropped = Degrade.some(faults.size(), 1 + seed % 2, new Random(seed));
      Claims claims =
          claims(
              kernel, Degrade.withMarks(faults, dropped), fidelity.withLost(dropped.cardinality()));
      check(claims, truth, kernel + " seed " + seed);
    }
    assertSomethingIsClaimed();
  }

  @ParameterizedTest
  @EnumSource(GuestKernel.class)
  void callsOnly(GuestKernel kernel) throws IOException {
    Fidelity fidelity = COMPLETE.withAccesses(Fidelity.Accesses.NONE);
    for (int seed = 1; seed <= SEEDS; seed++) {
      List<EventRow> rows = RandomTrace.of(seed, STEPS);
      List<EventRow> calls = rows.stream().filter(row -> !row.kind.isAccess()).toList();
      check(
          claims(kernel, calls, fidelity),
          claims(kernel, rows, COMPLETE),
          kernel + " seed " + seed);
    }
    assertSomethingIsClaimed();
  }

  private void check(Claims claims, Claims truth, String which) {
    assertThat(claims.contradictions(truth)).as(which).isEmpty();
    knownCalls += claims.knownCalls();
    knownBits += claims.knownBits();
  }

  private void assertSomethingIsClaimed() {
    assertThat(knownCalls).as("calls claimed to be known").isPositive();
    assertThat(knownBits).as("bits claimed to be known").isPositive();
  }

  private Claims claims(GuestKernel kernel, List<EventRow> rows, Fidelity fidelity)
      throws IOException {
    return Claims.of(folder, rows, fidelity, new Ledger(), kernel);
  }

  /** Some accesses: all of some pages for a while, as a system call touches its buffer. */
  private static BitSet byTheKernel(List<EventRow> rows, long seed) {
    Random random = new Random(seed);
    BitSet unseen = new BitSet();
    for (int buffer = 0; buffer < 8; buffer++) {
      int begun = random.nextInt(rows.size());
      int ended = begun + random.nextInt(rows.size() / 3);
      long first = Events.page(random.nextInt(1200));
      long end = first + random.nextInt(200) * 4096L;
      for (int i = begun; i < Math.min(ended, rows.size()); i++) {
        EventRow row = rows.get(i);
        unseen.set(
            i, unseen.get(i) || (row.kind.isAccess() && row.address >= first && row.address < end));
      }
    }
    return unseen;
  }

  /** Whether the last process that vfork made still runs in its parent's memory: a limit. */
  private static boolean memoryIsShared(List<EventRow> rows) {
    Set<Integer> sharing = new HashSet<>();
    for (EventRow row : rows) {
      switch (row.kind) {
        case CLONE -> {
          if (row.flags == RandomTrace.VFORK) {
            sharing.add((int) row.result);
          }
        }
        case EXECVE, EXIT -> sharing.remove(row.pid);
        default -> {
          // Changes nothing about who shares memory.
        }
      }
    }
    return !sharing.isEmpty();
  }

  private static List<EventRow> withoutCpus(List<EventRow> rows) {
    rows.forEach(row -> row.cpu = UNKNOWN_INT);
    return rows;
  }
}
