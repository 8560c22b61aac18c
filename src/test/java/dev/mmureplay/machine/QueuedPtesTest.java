package dev.mmureplay.machine;

import static dev.mmureplay.machine.Bench.READ;
import static dev.mmureplay.machine.Bench.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.MemoryOperation;
import dev.mmureplay.mmu.MemoryWatch;
import dev.mmureplay.mmu.PtePage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The read hazard of batching (I7): between start and the moment when an update takes effect, the
 * kernel must not look at the PTE again, because it would see the old one. That is the kernel's
 * duty and no backend's, so that {@code check} cannot find it: the walk is held to it here.
 */
class QueuedPtesTest {
  /** Every operation on one PTE of a call: of start, then of commit or flush, and none between. */
  private static final Map<String, List<MemoryOperation>> OPERATIONS =
      Map.of(
          "native",
          List.of(MemoryOperation.EXCHANGE, MemoryOperation.STORE),
          "trap-emulate",
          List.of(MemoryOperation.READ, MemoryOperation.COMPARE_EXCHANGE, MemoryOperation.STORE),
          "trap-emulate-batched-set",
          List.of(
              MemoryOperation.READ,
              MemoryOperation.COMPARE_EXCHANGE,
              MemoryOperation.READ,
              MemoryOperation.STORE),
          "preserve-ad",
          List.of(MemoryOperation.READ, MemoryOperation.READ, MemoryOperation.COMPARE_EXCHANGE),
          "multicall",
          List.of(MemoryOperation.READ, MemoryOperation.READ, MemoryOperation.COMPARE_EXCHANGE),
          "mmu-update-batch",
          List.of(MemoryOperation.READ, MemoryOperation.READ, MemoryOperation.COMPARE_EXCHANGE),
          "naive",
          List.of(MemoryOperation.READ, MemoryOperation.STORE),
          "naive-batched",
          List.of(MemoryOperation.READ, MemoryOperation.READ, MemoryOperation.STORE));

  private static final int PAGES = 100;

  private final List<List<MemoryOperation>> seen = new ArrayList<>();

  private final MemoryWatch watch =
      new MemoryWatch() {
        @Override
        public void before(PtePage page, int index, MemoryOperation operation, long operand) {
          seen.get(index).add(operation);
        }
      };

  @ParameterizedTest
  @EnumSource(GuestKernel.class)
  void nobodyLooksAtAPteWhileItsUpdateWaits(GuestKernel kernel) {
    Bench bench = new Bench(kernel);
    bench.map(0, PAGES, READ | WRITE);
    bench.write(0, PAGES);
    LeafTable leaf =
        Objects.requireNonNull(bench.space.tables.get(Bench.page(0) >>> Machine.CHUNK_SHIFT));
    for (BackendState state : bench.machine.backends()) {
      seen.clear();
      for (int i = 0; i < PtePage.ENTRIES; i++) {
        seen.add(new ArrayList<>());
      }
      leaf.pages[state.index].watch(watch);
      bench.mprotect(0, PAGES, READ);
      bench.mprotect(0, PAGES, READ | WRITE);
      leaf.pages[state.index].watch(null);
      List<MemoryOperation> once = OPERATIONS.get(state.backend().name());
      List<MemoryOperation> twice = new ArrayList<>(once);
      twice.addAll(once);
      assertThat(seen.subList(0, PAGES)).as(state.backend().name()).containsOnly(twice);
      assertThat(seen.subList(PAGES, PtePage.ENTRIES)).containsOnly(List.of());
    }
    bench.machine.drop(bench.space);
    assertThat(bench.breaches).isEmpty();
  }
}
