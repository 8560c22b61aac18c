package dev.mmureplay.recorded;

import static dev.mmureplay.mmu.Operation.HYPERCALL_MMUEXT_OP;
import static dev.mmureplay.mmu.Operation.HYPERCALL_MMU_UPDATE;
import static dev.mmureplay.mmu.Operation.HYPERCALL_MULTICALL;
import static dev.mmureplay.mmu.Operation.HYPERCALL_UPDATE_VA_MAPPING;
import static dev.mmureplay.mmu.Operation.INVLPG;
import static dev.mmureplay.mmu.Operation.MMUEXT_OP;
import static dev.mmureplay.mmu.Operation.MMU_UPDATE_ABSENT;
import static dev.mmureplay.mmu.Operation.MMU_UPDATE_FAST;
import static dev.mmureplay.mmu.Operation.MMU_UPDATE_GET;
import static dev.mmureplay.mmu.Operation.MMU_UPDATE_PUT;
import static dev.mmureplay.mmu.Operation.MMU_UPDATE_SLOW;
import static dev.mmureplay.mmu.Operation.MULTICALL_ENTRY;
import static dev.mmureplay.mmu.Operation.PAGE_FAULT_BOUNCED;
import static dev.mmureplay.mmu.Operation.PTWR_CMPXCHG;
import static dev.mmureplay.mmu.Operation.PTWR_WRITE;
import static dev.mmureplay.mmu.Operation.SYSCALL_BOUNCE;
import static dev.mmureplay.mmu.Operation.TABLE_VALIDATE;
import static dev.mmureplay.mmu.Operation.TLB_FULL_FLUSH;
import static dev.mmureplay.mmu.Operation.UPDATE_VA_MAPPING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.mmu.Operation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Hazard: a model that counts what its author believes. For every call of a program the entries of
 * the hypervisor's functions were counted, under six kernels and with page-table isolation; the
 * model must count the same, call by call.
 *
 * <p>What differs is one of two things, and is listed by name in {@code counters-that-differ.tsv}:
 * the guest took an interrupt (one more iret, and what its handler asked of Xen), or Xen took one
 * in the middle of a hypercall and restarted it (one more entry, the same updates). No call does
 * what the model does not count.
 */
class RecordedCountersTest {
  private static final Operation[] UPDATES = {
    MMU_UPDATE_FAST, MMU_UPDATE_SLOW, MMU_UPDATE_GET, MMU_UPDATE_PUT, MMU_UPDATE_ABSENT
  };

  private static List<MicroProgram.Step> steps = List.of();
  private static List<MicroMachine.Case> cases = List.of();

  @BeforeAll
  static void runTheProgram() {
    steps = MicroProgram.steps();
    cases = MicroMachine.run(steps);
  }

  /** What the model expects in the columns of a table. */
  private static Map<String, Long> expected(Variant variant, MicroMachine.Case called) {
    String b = variant.backend;
    Map<String, Long> expected = new LinkedHashMap<>();
    boolean otherCall = called.step.kind() == MicroProgram.Kind.OTHER_CALL && variant.underXen();
    long irets = called.count(b, SYSCALL_BOUNCE, PAGE_FAULT_BOUNCED) + (otherCall ? 1 : 0);
    boolean isolated = variant.profile.endsWith("xpti");
    expected.put(
        "hc",
        irets
            + called.count(
                b,
                HYPERCALL_MMU_UPDATE,
                HYPERCALL_MULTICALL,
                HYPERCALL_MMUEXT_OP,
                HYPERCALL_UPDATE_VA_MAPPING));
    expected.put("iret", irets);
    expected.put("mcall", called.count(b, HYPERCALL_MULTICALL));
    expected.put("mcall_sub", called.count(b, MULTICALL_ENTRY));
    // What else a multicall may carry.
    long others =
        called.count(b, UPDATE_VA_MAPPING, MMUEXT_OP)
            - called.count(b, HYPERCALL_UPDATE_VA_MAPPING, HYPERCALL_MMUEXT_OP);
    expected.put("mmu_update", called.count(b, HYPERCALL_MMU_UPDATE, MULTICALL_ENTRY) - others);
    expected.put("mod_l1", called.count(b, UPDATES) + called.count(b, UPDATE_VA_MAPPING));
    expected.put("uva", called.count(b, UPDATE_VA_MAPPING));
    expected.put("mmuext", called.count(b, MMUEXT_OP));
    if (variant.underXen()) {
      // With isolation Xen flushes at more places than the guest asks for: not counted here.
      expected.put("invlpg", called.count(b, INVLPG));
      if (!isolated) {
        expected.put("fl_local", called.count(b, INVLPG, TLB_FULL_FLUSH));
      }
    }
    // On one virtual CPU only page tables that come into being: a frame changes its type.
    expected.put("fl_mask", called.count(b, TABLE_VALIDATE));
    expected.put("ptwr_cmpx", called.count(b, PTWR_CMPXCHG));
    expected.put("ptwr_wr", called.count(b, PTWR_WRITE));
    expected.put("do_pf", called.count(b, PTWR_CMPXCHG, PTWR_WRITE, PAGE_FAULT_BOUNCED));
    return expected;
  }

  private static String difference(Map<String, Long> expected, RecordedTable.Row found) {
    Set<String> different = new TreeSet<>();
    StringBuilder text = new StringBuilder();
    expected.forEach(
        (column, n) -> {
          if (found.get(column) != n) {
            different.add(column);
            text.append(' ').append(column).append(' ').append(n).append("->");
            text.append(found.get(column));
          }
        });
    if (different.isEmpty()) {
      return "";
    }
    Set<String> restarted = Set.of("hc", "mmu_update", "mcall", "mcall_sub");
    boolean onlyMore =
        different.stream().allMatch(c -> found.get(c) > expected.getOrDefault(c, 0L));
    boolean interrupted = found.get("iret") > expected.getOrDefault("iret", 0L);
    different.remove("iret");
    String reason =
        !onlyMore || !restarted.containsAll(different)
            ? "not counted"
            : interrupted ? "the guest was interrupted" : "the hypercall was restarted";
    return reason + '\t' + text.substring(1);
  }

  @Test
  void everyCallCountsWhatWasRecorded() throws IOException {
    List<String> differing = new ArrayList<>();
    differing.add("table\tcase\treason\texpected->recorded");
    for (Variant variant : Variant.values()) {
      List<RecordedTable.Row> rows = RecordedTable.read(variant.table);
      assertThat(rows).hasSameSizeAs(cases);
      for (int i = 0; i < rows.size(); i++) {
        assertThat(rows.get(i).name()).isEqualTo(cases.get(i).step.name());
        String difference = difference(expected(variant, cases.get(i)), rows.get(i));
        if (!difference.isEmpty()) {
          differing.add(variant.table + '\t' + rows.get(i).name() + '\t' + difference);
        }
      }
    }
    assertThat(String.join("\n", differing) + "\n")
        .isEqualTo(RecordedTable.text("counters-that-differ.tsv"));
  }

  /** The program as the recording system printed it, call by call. */
  @Test
  void theProgramIsTheRecordedOne() throws IOException {
    List<RecordedTable.Row> rows = RecordedTable.read("calls");
    assertThat(rows).hasSameSizeAs(cases);
    for (int i = 0; i < rows.size(); i++) {
      RecordedTable.Row row = rows.get(i);
      MicroProgram.Step step = cases.get(i).step;
      assertThat(step.name()).isEqualTo(row.name());
      assertThat(Long.toHexString(step.address())).as(row.name()).isEqualTo(row.text("address"));
      assertThat(step.length()).as(row.name()).isEqualTo(row.get("pages") * 4096);
      int protection = step.kind() == MicroProgram.Kind.READ ? 1 : step.protection();
      assertThat(protection).as(row.name()).isEqualTo((int) row.get("protection"));
      assertThat(cases.get(i).result).as(row.name()).isEqualTo(row.get("result"));
    }
  }
}
