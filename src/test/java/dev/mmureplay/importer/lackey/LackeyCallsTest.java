package dev.mmureplay.importer.lackey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.importer.lackey.LackeyLogs.Imported;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Guards against calls with swapped columns, lost results, or the wrong process. */
class LackeyCallsTest {
  @Test
  void everyCallHasItsColumns() throws IOException {
    // Hex throughout: 34 = 0x22 private anonymous, 2050 = 0x802 private file; clone flags are hex
    // without 0x, and pkey_mprotect lacks a comma.
    Imported log =
        imported(
            """
            SYSCALL[7,1](9) sys_mmap ( 0x0, 65536, 3, 34, 4294967295, 0 ) --> [pre-success] Success(0x4a2b000)\s
            SYSCALL[7,1](9) sys_mmap ( 0x4a00000, 8192, 5, 2050, 3, 155648 ) --> [pre-success] Success(0x4a00000)\s
            SYSCALL[7,1](10) sys_mprotect ( 0x4a2c000, 16384, 0 )[sync] --> Success(0x0)\s
            SYSCALL[7,1](10) sys_mprotect ( 0x4a2b001, 4096, 1 )[sync] --> Failure(0x16)\s
            SYSCALL[7,1](11) sys_munmap ( 0x4a2b000, 65536 )[sync] --> Success(0x0)\s
            SYSCALL[7,1](12) sys_brk ( 0x0 ) --> [pre-success] Success(0x4036000)\s
            SYSCALL[7,1](25) sys_mremap ( 0x483c000, 16384, 262144, 0x1 ) --> [pre-success] Success(0x4a3c000)\s
            SYSCALL[7,1](25) sys_mremap ( 0x483c000, 4096, 4096, 0x3, 0x5000000 ) --> [pre-success] Success(0x5000000)\s
            SYSCALL[7,1](28) sys_madvise ( 0x4a3c000, 131072, 4 )[sync] --> Success(0x0)\s
            SYSCALL[7,1](329) sys_pkey_mprotect ( 0x4a2c000, 8192, 3 4294967295 )[sync] --> Success(0x0)\s
            SYSCALL[7,1](329) sys_pkey_mprotect ( 0x4a2c000, 8192, 1 3 ) --> [pre-fail] Failure(0x16)\s
            SYSCALL[7,1](56) sys_clone ( 3d0f00, 0x523bf70, 0x523c990, 0x523c990, 0x523c6c0 ) --> [pre-success] Success(0x30e2)\s
            SYSCALL[7,1](56) sys_clone ( 1200011, 0x0, 0x0, 0x4a29a10, 0x0 ) --> [pre-success] Success(0x30e3)\s
            SYSCALL[7,2](60) exit( 0 ) --> [pre-success] Success(0x0)\s
            SYSCALL[7,1](231) exit_group( 0 ) --> [pre-success] Success(0x0)\s
            """);

    assertThat(log.events())
        .containsExactly(
            "MMAP 7/1 0 +10000 prot=3 flags=22 = 4a2b000 @1",
            "MMAP 7/1 4a00000 +2000 prot=5 flags=802 file=3 offset=26000 = 4a00000 @2",
            "MPROTECT 7/1 4a2c000 +4000 prot=0 = 0 @3",
            "MPROTECT 7/1 4a2b001 +1000 prot=1 = -22 @4",
            "MUNMAP 7/1 4a2b000 +10000 = 0 @5",
            "BRK 7/1 0 = 4036000 @6",
            "MREMAP 7/1 483c000 +4000 flags=1 length2=40000 = 4a3c000 @7",
            "MREMAP 7/1 483c000 +1000 flags=3 to=5000000 length2=1000 = 5000000 @8",
            "MADVISE 7/1 4a3c000 +20000 flags=4 = 0 @9",
            "PKEY_MPROTECT 7/1 4a2c000 +2000 prot=3 flags=ffffffffffffffff = 0 @10",
            "PKEY_MPROTECT 7/1 4a2c000 +2000 prot=1 flags=3 = -22 @11",
            "CLONE 7/1 flags=3d0f00 = 30e2 @12",
            "CLONE 7/1 flags=1200011 = 30e3 @13",
            "EXIT 7/2 flags=0 @14",
            "EXIT 7/1 flags=1 @15");
    assertThat(log.report().ledger().parsedCount()).isEqualTo(15);
  }

  @Test
  void anAnonymousMappingHasNoFileWhateverItsDescriptor() throws IOException {
    Imported log =
        imported(
            """
            SYSCALL[7,1](9) sys_mmap ( 0x0, 4096, 3, 34, 0, 0 ) --> [pre-success] Success(0x1000)
            SYSCALL[7,1](9) sys_mmap ( 0x0, 4096, 3, 34, -1, 0 ) --> [pre-success] Success(0x2000)
            SYSCALL[7,1](9) sys_mmap ( 0x0, 4096, 3, 2, 0, 0 ) --> [pre-success] Success(0x3000)
            """);
    assertThat(log.events())
        .containsExactly(
            "MMAP 7/1 0 +1000 prot=3 flags=22 = 1000 @1",
            "MMAP 7/1 0 +1000 prot=3 flags=22 = 2000 @2",
            "MMAP 7/1 0 +1000 prot=3 flags=2 file=0 offset=0 = 3000 @3");
  }

  @Test
  void anAsynchronousCallTakesThePlaceOfItsEnd() throws IOException {
    Imported log =
        imported(
            """
            --7--   SCHED[2]:  acquired lock (VG_(vg_yield))
            SYSCALL[7,2](28) sys_madvise ( 0x4a3b000, 8368128, 4 ) --> [async] ...\s
            --7--   SCHED[2]: releasing lock (VG_(client_syscall)[async]) -> VgTs_WaitSys
            --7--   SCHED[1]:  acquired lock (VG_(vg_yield))

             L 00001000,8
            --7--   SCHED[2]:  acquired lock (VG_(client_syscall)[async])
            SYSCALL[7,2](28) ... [async] --> Success(0x0)\s
             S 00002000,8
            """);
    assertThat(log.events())
        .containsExactly(
            "READ 7/1 1000 @6", "MADVISE 7/2 4a3b000 +7fb000 flags=4 = 0 @2", "WRITE 7/2 2000 @9");
    assertThat(log.report().ledger().ignoredByRule())
        .isEqualTo(Map.of("blank", 1L, "scheduler-message", 1L));
    assertThat(log.report().fidelity().threads()).isTrue();
  }

  @Test
  void schedulerTextBehindACallSwitchesTheThread() throws IOException {
    Imported log =
        imported(
            """
            SYSCALL[7,1](56) sys_clone ( 3d0f00, 0x1, 0x2, 0x3, 0x4 ) --> [pre-success] Success(0x30e2) --7--   SCHED[1]: releasing lock (VG_(vg_yield)) -> VgTs_Yielding
             L 00001000,8
            SYSCALL[7,1](59) sys_execve ( 0x1(/bin/x y), 0x2, 0x3 )--7--   SCHED[2]:  acquired lock (VG_(client_syscall)[async])
             L 00001000,8
            """);
    assertThat(log.events())
        .containsExactly(
            "CLONE 7/1 flags=3d0f00 = 30e2 @1",
            "READ 7/1 1000 @2",
            "READ 7/2 1000 @4",
            "EXECVE 7/1 = 0 @3");
  }

  @Test
  void aForkedChildReturnsFromTheCallAsWell() throws IOException {
    Imported log =
        imported(
            """
            SYSCALL[7,1](56) sys_clone ( 1200011, 0x0, 0x0, 0x4a29a10, 0x0 )   clone(fork): process 7 created child 99
             --> [pre-success] Success(0x63) --7--   SCHED[1]: releasing lock (VG_(vg_yield)) -> VgTs_Yielding
             --> [pre-success] Success(0x0)\s
             S 00001000,8
            --7--   SCHED[1]:  acquired lock (VG_(vg_yield))
             L 00001000,8
            SYSCALL[99,1](12) sys_brk ( 0x5000 ) --> [pre-success] Success(0x5000)\s
            """);
    assertThat(log.events())
        .containsExactly(
            "CLONE 7/1 flags=1200011 = 63 @1",
            "WRITE 99/1 1000 @4",
            "READ 7/1 1000 @6",
            "BRK 99/1 5000 = 5000 @7");
    assertThat(log.report().fidelity().threads()).as("processes interleave").isFalse();
    assertThat(log.report().ledger().parsedCount()).isEqualTo(7);
  }

  @Test
  void bothReturnsOfAForkMayShareALine() throws IOException {
    Imported log =
        imported(
            """
            SYSCALL[7,1](58) sys_fork ( )   fork: process 7 created child 99
             --> [pre-success] Success(0x0) --> [pre-success] Success(0x63)\s
             S 00001000,8
            """);
    assertThat(log.events()).containsExactly("CLONE 7/1 flags=4111 = 63 @1", "WRITE 7/1 1000 @3");
  }

  @Test
  void aFailedCloneOrExecveIsNoEvent() throws IOException {
    Imported log =
        imported(
            """
             L 00001000,8
            SYSCALL[7,1](435) unimplemented (by the kernel) syscall: 435! (ni_syscall)
             --> [pre-fail] Failure(0x26)\s
            SYSCALL[7,1](59) sys_execve ( 0x1(/usr/local/bin/iconv), 0x2, 0x3 ) --> [pre-fail] Failure(0x2)\s
            SYSCALL[7,1](57) sys_fork ( ) --> [pre-fail] Failure(0xb)\s
            """);
    assertThat(log.events()).containsExactly("READ 7/1 1000 @1");
    assertThat(log.report().ledger().ignoredByRule())
        .isEqualTo(Map.of("clone-failed", 3L, "execve-failed", 1L));
  }

  @Test
  void anExecveWithoutResultAtTheEndHasSucceeded() throws IOException {
    Imported log = imported(" L 00001000,8\nSYSCALL[7,1](59) sys_execve ( 0x1(/bin/x), 0x2, 0x3 )");
    assertThat(log.events()).containsExactly("READ 7/1 1000 @1", "EXECVE 7/1 = 0 @2");
  }

  @Test
  void anExecveIsFollowedByTheNewProgramsBanner() throws IOException {
    Imported log =
        imported(
            """
            SYSCALL[7,1](59) sys_execve ( 0x1(/bin/x), 0x2, 0x3 )
            ==7== Lackey, an example Valgrind tool
             L 00001000,8
            """);
    assertThat(log.events()).containsExactly("EXECVE 7/1 = 0 @1", "READ 7/1 1000 @3");
  }

  @Test
  void aCallThatNeverReturnedIsNotAnEvent() throws IOException {
    Imported log =
        imported(
            """
            SYSCALL[7,1](28) sys_madvise ( 0x1000, 4096, 4 ) --> [async] ...\s
            SYSCALL[7,1](12) sys_brk ( 0x0 ) --> [pre-success] Success(0x5000)\s
            SYSCALL[7,2](28) sys_madvise ( 0x1000, 4096, 4 ) --> [async] ...\s
            """);
    assertThat(log.events()).containsExactly("BRK 7/1 0 = 5000 @2");
    assertThat(log.report().ledger().ignoredByRule()).isEqualTo(Map.of("call-never-returned", 2L));
    assertThat(log.report().ledger().parsedCount()).isEqualTo(1);
  }

  @Test
  void otherCallsAndTheirResultsAreIgnored() throws IOException {
    Imported log =
        imported(
            """
            SYSCALL[7,1](15) sys_rt_sigreturn ( ) --> [pre-success] NoWriteResult\s
            SYSCALL[7,1](0) sys_read ( 3, 0x1ffefff7a8, 832 ) --> [async] ...\s
            SYSCALL[7,1](0) ... [async] --> Success(0x340)\s
            SYSCALL[7,1](7) sys_poll ( 0x1fff0002a8, 1, 0 )
             --> [async] ...\s
            SYSCALL[7,1](7) ... [async] --> Failure(0x4)\s
            SYSCALL[7,1](72) sys_fcntl[ARG3=='arg'] ( 3, 1, 1 )[sync] --> Success(0x0)\s
            SYSCALL[7,1](334) unimplemented (by the kernel) syscall: 334! (ni_syscall)
             --> [pre-fail] Failure(0x26)\s
            """);
    assertThat(log.events()).isEmpty();
    assertThat(log.report().ledger().ignoredByRule())
        .isEqualTo(Map.of("syscall-not-about-memory", 9L));
  }

  @Test
  void aResultFindsTheExitThatAnotherThreadInterrupted() throws IOException {
    Imported log =
        imported(
            """
            SYSCALL[7,1](231) exit_group( 0 )--7--   SCHED[1]: releasing lock (VG_(vg_yield)) -> VgTs_Yielding
            --7--   SCHED[2]:  acquired lock (sigvgkill_handler)
            --7--   SCHED[1]:  acquired lock (VG_(vg_yield))
             --> [pre-success] Success(0x0)\s
            """);
    assertThat(log.events()).containsExactly("EXIT 7/1 flags=1 @1");
    assertThat(log.report().ledger().parsedCount()).isEqualTo(4);
  }

  @Test
  void damagedCallsAreRejectedWithTheirReason() throws IOException {
    Imported log =
        imported(
            """
            SYSCALL[7,1](10) sys_mprotect ( 0x4a2c000, 16384 )[sync] --> Success(0x0)
            SYSCALL[7,1](10) sys_mprotect ( 0x4a2c000, 163
            SYSCALL[7,1](10) sys_mprotect ( 0x4a2c000, one, 3 )[sync] --> Success(0x0)
            SYSCALL[7,1](10
            SYSCALL[7,1](10) ... [async] --> Success(0x0)
             --> [pre-success] Success(0x0)
            """);
    assertThat(log.events()).isEmpty();
    assertThat(log.report().ledger().rejectedByReason())
        .isEqualTo(Map.of("call-malformed", 4L, "result-without-call", 2L));
  }

  private static Imported imported(String log) throws IOException {
    return LackeyLogs.imported(log, LackeyLogs.FOLDED);
  }
}
