package dev.mmureplay.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.mmu.Cause;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A VMA list that drifts from what was asked for, or a backend that drifts from the others, shows
 * in no small case.
 */
class RandomWorkTest {
  private static final int PAGES = 1600;

  /**
   * The memory as a child would write it: protection of each mapped page, and which pages are
   * resident.
   */
  private static final class Model {
    private final TreeMap<Integer, Integer> protection = new TreeMap<>();
    private final TreeMap<Integer, Boolean> resident = new TreeMap<>();

    int residentIn(int first, int pages) {
      return resident.subMap(first, first + pages).size();
    }
  }

  @ParameterizedTest
  @EnumSource(GuestKernel.class)
  void memoryIsWhatASimpleModelSaysAndEveryBackendHoldsTheSamePtes(GuestKernel kernel) {
    for (int seed = 1; seed <= 60; seed++) {
      List<String> log = new ArrayList<>();
      try {
        run(kernel, new Random(seed), log);
      } catch (AssertionError e) {
        throw new AssertionError(kernel + " seed " + seed + ": " + String.join("; ", log), e);
      }
    }
  }

  private static void run(GuestKernel kernel, Random random, List<String> log) {
    Bench bench = new Bench(kernel);
    Model model = new Model();
    for (int step = 0; step < 300; step++) {
      int first = random.nextInt(PAGES);
      int pages = Math.min(PAGES - first, 1 + random.nextInt(random.nextInt(8) == 0 ? 900 : 40));
      step(bench, model, random, first, pages, log);
    }
    checkVmas(bench, model);
    checkSums(bench);
    bench.machine.drop(bench.space);
    assertThat(bench.finalPages).hasSize(model.resident.size());
    assertThat(bench.breaches).isEmpty();
    assertThat(bench.machine.backends())
        .extracting(BackendState::digest)
        .containsOnly(bench.machine.backends().get(0).digest());
    assertThat(bench.machine.backends()).extracting(BackendState::failure).containsOnlyNulls();
  }

  private static void step(
      Bench bench, Model model, Random random, int first, int pages, List<String> log) {
    int protection = random.nextInt(8);
    switch (random.nextInt(10)) {
      case 0 -> {
        log.add("mmap " + first + "+" + pages + " " + protection);
        bench.map(first, pages, protection);
        for (int i = first; i < first + pages; i++) {
          model.protection.put(i, protection);
          model.resident.remove(i);
        }
      }
      case 1 -> {
        log.add("munmap " + first + "+" + pages);
        bench.unmap(first, pages);
        model.protection.subMap(first, first + pages).clear();
        model.resident.subMap(first, first + pages).clear();
      }
      case 2 -> {
        log.add("dontneed " + first + "+" + pages);
        bench.machine.madvise(bench.space, Bench.page(first), pages * Machine.PAGE_SIZE, 4);
        model.resident.subMap(first, first + pages).clear();
      }
      case 3, 4, 5 -> {
        for (int i = first; i < first + pages; i++) {
          touch(bench, model, random, i);
        }
        log.add("touch " + first + "+" + pages);
      }
      default -> mprotect(bench, model, first, pages, protection, log);
    }
  }

  private static void touch(Bench bench, Model model, Random random, int page) {
    Integer protection = model.protection.get(page);
    if (protection == null) {
      return;
    }
    AccessKind kind = AccessKind.values()[random.nextInt(3)];
    boolean allowed =
        switch (kind) {
          case READ -> protection != 0;
          case WRITE -> (protection & Bench.WRITE) != 0;
          case FETCH -> (protection & Bench.EXEC) != 0;
        };
    assertThat(bench.machine.access(bench.space, kind, Bench.page(page))).isEqualTo(allowed);
    if (allowed) {
      model.resident.put(page, true);
    }
  }

  private static void mprotect(
      Bench bench, Model model, int first, int pages, int protection, List<String> log) {
    log.add("mprotect " + first + "+" + pages + " " + protection);
    int expectedResident = model.residentIn(first, pages);
    int updated = 0;
    long result = 0;
    for (int i = first; i < first + pages; i++) {
      Integer old = model.protection.get(i);
      if (old == null) {
        result = -12;
        break;
      }
      if (old != protection && model.resident.containsKey(i)) {
        updated++;
      }
      model.protection.put(i, protection);
    }
    assertThat(bench.mprotect(first, pages, protection)).isEqualTo(result);
    assertThat(bench.change.presentPtes()).isEqualTo(expectedResident);
    assertThat(bench.change.updatedPtes()).isEqualTo(updated);
  }

  private static void checkVmas(Bench bench, Model model) {
    TreeMap<Integer, Integer> found = new TreeMap<>();
    long end = 0;
    for (int i = 0; i < bench.space.vmaCount(); i++) {
      Vma vma = bench.space.vma(i);
      assertThat(vma.start()).isGreaterThanOrEqualTo(end);
      end = vma.end();
      for (long at = vma.start(); at < vma.end(); at += Machine.PAGE_SIZE) {
        found.put((int) ((at - Bench.BASE) / Machine.PAGE_SIZE), vma.protection());
      }
    }
    assertThat(found).isEqualTo(model.protection);
  }

  /** Batching changes the number of hypercalls, never the number of updates. */
  private static void checkSums(Bench bench) {
    long updates = bench.count("native", Operation.PTE_STORE);
    assertThat(bench.count("native", Operation.LOCKED_RMW)).isEqualTo(updates);
    assertThat(bench.count("trap-emulate", Operation.PTWR_WRITE)).isEqualTo(updates);
    for (String backend : List.of("preserve-ad", "multicall", "mmu-update-batch")) {
      long carriedOut = 0;
      for (Operation kind :
          List.of(
              Operation.MMU_UPDATE_FAST,
              Operation.MMU_UPDATE_SLOW,
              Operation.MMU_UPDATE_GET,
              Operation.MMU_UPDATE_PUT)) {
        carriedOut += bench.counter(backend).get(Cause.MPROTECT, kind);
      }
      assertThat(carriedOut).as(backend).isEqualTo(updates);
    }
  }
}
