package dev.mmureplay.importer.ftrace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.importer.EventCsv;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Guards against a PTE being given to the wrong process. */
class AddressSpacesTest {
  private static final String TABLES =
      """
      sh-50 [000] 1.000002: xen_mmu_alloc_ptpage: mm ffff888004c5a400  pfn 2  level 2  pinned
      sh-50 [000] 1.000003: xen_mmu_set_p4d: p4dp ffff888000001000 p4dval 66 (raw 2067)
      sh-50 [000] 1.000004: xen_mmu_alloc_ptpage: mm ffff888004c5a400  pfn 3  level 3  pinned
      sh-50 [000] 1.000005: xen_mmu_set_pud: pudp ffff888000002000 pudval 3067 (raw 9067)
      sh-50 [000] 1.000006: xen_mmu_alloc_ptpage: mm ffff888004c5a400  pfn 4  level 4  pinned
      sh-50 [000] 1.000007: xen_mmu_set_pmd: pmdp ffff888000003000 pmdval 4067 (raw 9067)
      sh-50 [000] 1.000008: xen_mmu_set_pte: ptep ffff888000004008 pteval 77867 (raw 99867)
      """;

  private static List<String> read(String text) throws IOException {
    EventCsv.Imported imported =
        EventCsv.importOnly(new FtraceImporter(), "test", text.getBytes(StandardCharsets.UTF_8));
    assertThat(imported.report().ledger().rejections()).isEmpty();
    return imported.events().stream()
        .map(line -> line.split(",", -1))
        .map(field -> field[1] + " " + field[2] + " " + field[7] + " " + field[10])
        .toList();
  }

  @Test
  void outsideOfCallsItIsTheTasksOwn() throws IOException {
    assertThat(read(TABLES)).containsExactly("SET_PTE 50 0x1000 0x0");
  }

  @Test
  void aForksIsTheChilds() throws IOException {
    String fork = "sh-50 [000] 1.000001: sys_clone(clone_flags: 1200011, newsp: 0)\n";
    String told =
        "sh-50 [000] 1.000009: sched_process_fork: comm= pid=50 child_comm= child_pid=51\n";
    String end = "sh-50 [000] 1.000010: sys_clone -> 0x33\n";
    String own =
        "sh-51 [000] 1.000011: xen_mmu_set_pte: ptep ffff888000004010 pteval 77867 (raw 0)\n";
    List<String> expected =
        List.of("CLONE 50  0x1200011", "SET_PTE 51 0x1000 0x80000", "SET_PTE 51 0x2000 0x0");
    assertThat(read(fork + TABLES + told + end + own)).isEqualTo(expected);
    assertThat(read(fork + TABLES + end + own)).isEqualTo(expected);
  }

  @Test
  void aFailedForksIsNobodys() throws IOException {
    String fork = "sh-50 [000] 1.000001: sys_clone(clone_flags: 1200011, newsp: 0)\n";
    assertThat(read(fork + TABLES + "sh-50 [000] 1.000010: sys_clone -> 0xfffffffffffffff4\n"))
        .isEmpty();
    assertThat(read(fork + TABLES)).isEmpty();
  }

  @Test
  void aThreadsIsTheProcesss() throws IOException {
    String clone = "sh-50 [000] 1.000001: sys_clone(clone_flags: 3d0f00, newsp: 0)\n";
    String end = "sh-50 [000] 1.000010: sys_clone -> 0x33\n";
    String own =
        "sh-51 [000] 1.000011: xen_mmu_set_pte: ptep ffff888000004010 pteval 77867 (raw 0)\n";
    assertThat(read(clone + TABLES + end + own))
        .containsExactly("SET_PTE 50 0x1000 0x0", "CLONE 50  0x3d0f00", "SET_PTE 50 0x2000 0x0");
  }

  @Test
  void aThreadWhoseFlagsComeLaterIsNoFork() throws IOException {
    String clone = "sh-50 [000] 1.000001: sys_clone3(uargs: 7ffc, size: 58)\n";
    String told = "sh-50 [000] 1.000009: task_newtask: pid=51 comm=sh clone_flags=3d0f00 x\n";
    assertThat(read(clone + TABLES + told))
        .containsExactly("CLONE 50  0x3d0f00", "SET_PTE 50 0x1000 0x80000");
  }

  @Test
  void aClone3ForWhichNoSpaceIsMadeSharesItsParents() throws IOException {
    String clone = "sh-50 [000] 1.000011: sys_clone3(uargs: 7ffc, size: 58)\n";
    String told =
        "sh-50 [000] 1.000012: sched_process_fork: comm= pid=50 child_comm= child_pid=51\n";
    String end = "sh-50 [000] 1.000013: sys_clone3 -> 0x33\n";
    List<String> expected = List.of("SET_PTE 50 0x1000 0x0", "CLONE 50  0x100");
    assertThat(read(TABLES + clone + told + end)).isEqualTo(expected);
    assertThat(read(TABLES + clone + end)).isEqualTo(expected);
    assertThat(read(clone + TABLES + end)).contains("CLONE 50  0x11");
  }

  @Test
  void aForkStandsWhereItCopiesAndNotBehindWhatTheParentDoesNext() throws IOException {
    String fork = "sh-50 [000] 1.000001: sys_clone(clone_flags: 1200011, newsp: 0)\n";
    String fault = "sh-52 [001] 1.000009: page_fault_user: address=0x5000 ip=0x1 error_code=0x6\n";
    String end = "sh-50 [000] 1.000010: sys_clone -> 0x33\n";
    assertThat(read(fork + TABLES + fault + end).get(0)).isEqualTo("CLONE 50  0x1200011");
    assertThat(read(fork + TABLES + fault + end).get(2)).startsWith("WRITE 52");
  }

  @Test
  void anExecvesComesBehindIt() throws IOException {
    String exec = "sh-50 [000] 1.000001: sys_execve(filename: 4, argv: 5, envp: 6)\n";
    String fault = "sh-50 [000] 1.000009: page_fault_kernel: address=0x9000 ip=0 error_code=0x2\n";
    String pin =
        "sh-50 [000] 1.000010: xen_mmu_pgd_pin: mm ffff888004c5a400 pgd ffff888000001000\n";
    String later =
        """
        sh-50 [000] 1.000011: xen_mmu_set_pte: ptep ffff888000004010 pteval 77867 (raw 0)
        sh-50 [000] 1.000012: sched_process_exec: filename= pid=50 old_pid=50
        sh-50 [000] 1.000013: sys_execve -> 0x0
        sh-50 [000] 1.000014: xen_mmu_set_pte: ptep ffff888000004018 pteval 77867 (raw 0)
        """;
    assertThat(read(exec + TABLES + fault + pin + later))
        .containsExactly(
            "WRITE 50 0x9000 0x30002",
            "EXECVE 50  ",
            "SET_PTE 50 0x1000 0x100000",
            "SET_PTE 50 0x2000 0x100000",
            "SET_PTE 50 0x3000 0x0");
  }

  @Test
  void aVforkedChildHasItsParentsUntilItExecutes() throws IOException {
    String vfork = "sh-50 [000] 1.000009: sys_vfork()\n";
    String told =
        "sh-50 [000] 1.000010: sched_process_fork: comm= pid=50 child_comm= child_pid=51\n";
    String own =
        "sh-51 [000] 1.000011: xen_mmu_set_pte: ptep ffff888000004010 pteval 77867 (raw 0)\n";
    assertThat(read(TABLES + vfork + told + own))
        .containsExactly("SET_PTE 50 0x1000 0x0", "CLONE 50  0x4111", "SET_PTE 50 0x2000 0x0");
  }

  @Test
  void aThreadThatExecutesBecomesTheLeader() throws IOException {
    String clone = "sh-40 [000] 0.000001: sys_clone(clone_flags: 3d0f00, newsp: 0)\n";
    String end = "sh-40 [000] 0.000010: sys_clone -> 0x32\n";
    String exec = "sh-50 [000] 1.000001: sys_execve(filename: 4, argv: 5, envp: 6)\n";
    String pin =
        "sh-40 [000] 1.000010: xen_mmu_pgd_pin: mm ffff888004c5a400 pgd ffff888000001000\n";
    String told = "sh-40 [000] 1.000012: sched_process_exec: filename= pid=40 old_pid=50\n";
    assertThat(read(clone + end + exec + TABLES + pin + told))
        .containsExactly("CLONE 40  0x3d0f00", "EXECVE 40  ", "SET_PTE 40 0x1000 0x100000");
  }

  @Test
  void aChildWhoseForkWasGivenUpIsKnownByWhatItDoes() throws IOException {
    String fork = "sh-50 [000] 1.000001: sys_clone(clone_flags: 1200011, newsp: 0)\n";
    String other = "sh-50 [000] 1.000009: sys_getpid()\n";
    String own =
        "sh-51 [000] 1.000011: xen_mmu_set_pte: ptep ffff888000004010 pteval 77867 (raw 0)\n";
    assertThat(read(fork + TABLES + other + own)).containsExactly("SET_PTE 51 0x2000 0x0");
  }
}
