package dev.mmureplay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.importer.ImportOptions;
import dev.mmureplay.importer.TraceImport;
import dev.mmureplay.importer.TraceSource;
import dev.mmureplay.mmu.Backends;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.GuestPlatform;
import dev.mmureplay.replay.Finding;
import dev.mmureplay.replay.ReplayOptions;
import dev.mmureplay.replay.ReplaySink;
import dev.mmureplay.replay.Residency;
import dev.mmureplay.replay.verify.CallCheck;
import dev.mmureplay.replay.verify.CheckSink;
import dev.mmureplay.replay.verify.Evidence;
import dev.mmureplay.replay.verify.Outcome;
import dev.mmureplay.replay.verify.Shares;
import dev.mmureplay.replay.verify.Totals;
import dev.mmureplay.replay.verify.Verification;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Hazard: a model of plain Linux that is right about the number of PTEs and wrong about what is in
 * them, about mappings, or about flushes. What real recordings show is compared, and what they do
 * not determine is counted under its name.
 */
class NativeVerificationTest {
  @TempDir Path folder;

  private final Totals totals = new Totals();
  private final List<String> differences = new ArrayList<>();
  private final List<String> strays = new ArrayList<>();
  private Path events = Path.of("");
  private @Nullable GuestKernel kernel;
  private Map<String, Long> assumptions = Map.of();

  @BeforeEach
  void nothingIsImportedYet() {
    events = folder.resolve("events.arrow");
  }

  @ParameterizedTest
  @CsvSource({
    "adsnap/luajit-traces, 760, 'pte-before equal 5735, pte-before permissions-of-older-mapping 7,"
        + " pte-after equal 5742, pte-at-fault equal 13, pte-at-fault page-of-older-mapping 1,"
        + " pte-at-fault permissions-of-older-mapping 2, flush equal 760'",
    "adsnap/sbcl-gencgc, 81, 'pte-before equal 7836, pte-before permissions-of-older-mapping 6,"
        + " pte-before touched-without-a-fault 1, pte-before accessed-bit-taken-back 1,"
        + " pte-after equal 7844, pte-at-fault equal 82, pte-at-fault page-of-older-mapping 1,"
        + " pte-at-fault permissions-of-older-mapping 3, flush equal 81'",
    "adv-ad/adv-ad-cold, 379, 'pte-before equal 5387,"
        + " pte-before permissions-of-older-mapping 3, pte-before touched-without-a-fault 679,"
        + " pte-after equal 5990, pte-after touched-without-a-fault 78,"
        + " pte-after overlapping-call 1, pte-at-fault equal 63,"
        + " pte-at-fault permissions-of-older-mapping 1, pte-at-fault overlapping-call 18,"
        + " flush equal 379'",
    "adsnap/stress-mprotect, 5891, 'pte-before equal 3958, pte-before permissions-of-older-mapping 46,"
        + " pte-after equal 4004, pte-at-fault equal 811, pte-at-fault page-of-older-mapping 21,"
        + " pte-at-fault permissions-of-older-mapping 81,"
        + " pte-at-fault touched-without-a-fault 40, flush equal 5891'"
  })
  void everyRecordedPteAndFlushIsAsTheModelHasIt(String name, long calls, String outcomes)
      throws IOException {
    verify(TraceSource.open("traces/" + name + ".adsnap.txt.zst"));
    assertThat(differences).isEmpty();
    assertThat(totals.equal()).isEqualTo(totals.calls()).isEqualTo(calls);
    assertThat(totals.isProof()).isTrue();
    assertThat(String.join(", ", outcomes())).isEqualTo(outcomes);
  }

  @ParameterizedTest
  @CsvSource({
    "adv-race/adv-race-3x2, 2507, 1, 3977, 2505, flush overlapping-call 1, flush flush-made-full-by-another 1",
    "arena/arena-4t, 2609, 0, 2648, 2609, '', ''",
    "boehm-gc/boehm-gc-1t, 1572, 0, 1268, 1572, '', ''",
    "demo/demo, 894, 0, 888, 894, '', ''",
    "dirtytrack/dirtytrack-4096p, 12965, 0, 17515, 12965, '', ''",
    "luajit/luajit-traces, 758, 0, 800, 758, '', ''",
    "node-jit/node-jit, 162, 0, 288, 162, '', ''",
    "shell-forks/shell-forks, 486, 0, 3677, 486, '', ''"
  })
  void everyRecordedMappingAndFlushIsAsTheModelHasIt(
      String name, long calls, long notComparable, long vmas, long flushes, String one, String two)
      throws IOException {
    verify(TraceSource.open("traces/" + name + ".perf.txt.zst"));
    assertThat(differences).isEmpty();
    assertThat(totals.calls()).isEqualTo(calls);
    assertThat(totals.equal()).isEqualTo(calls - notComparable);
    List<String> expected = new ArrayList<>(List.of("vma equal " + vmas, "flush equal " + flushes));
    if (!one.isEmpty()) {
      expected.addAll(List.of(one, two));
    }
    assertThat(outcomes()).containsExactlyElementsOf(expected);
  }

  private static final String ADSNAP =
      """
      Attaching 18 probes...
      F 1000 50 50 0 55d000001abc 7f00000000 7
      f 50 55d000001000 95
      M 1100 50 50 0 0 4000 3 22 -1 0
      m 1110 50 50 0 7f0000000000
      F 1120 50 50 0 7f0000000008 55d000001000 6
      F 1130 50 50 0 7f0000001008 55d000001000 6
      P 1200 50 50 0 7f0000000000 4000 1
      e 50 7f0000000000 1f1f
      T 1210 50 50 0 2 3
      p 1220 50 50 0 0
      x 50 7f0000000000 9595
      P 1300 50 50 0 7f0000000000 4000 0
      e 50 7f0000000000 9595
      T 1305 50 50 0 2 3
      p 1310 50 50 0 0
      x 50 7f0000000000 c4c4
      P 1400 50 50 0 7f0000000000 1000 3
      e 50 7f0000000000 c4
      p 1410 50 50 0 0
      x 50 7f0000000000 1f
      """;

  @Test
  void aSmallRecordingOfLinux618Agrees() throws IOException {
    verify(ADSNAP);
    assertThat(differences).isEmpty();
    assertThat(outcomes())
        .containsExactly("pte-before equal 5", "pte-after equal 5", "flush equal 3");
  }

  @ParameterizedTest(name = "{0} for {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        // A lost dirty bit, a lost accessed bit, the dirty bit in its place of old.
        "x 50 7f0000000000 9595 | x 50 7f0000000000 1595 | 12: new PTE: expected P US A saved-dirty NX but found P A NX",
        "x 50 7f0000000000 9595 | x 50 7f0000000000 9195 | 12: new PTE: expected P US A saved-dirty NX but found P saved-dirty NX",
        "x 50 7f0000000000 9595 | x 50 7f0000000000 1d95 | 12: new PTE: expected P US A saved-dirty NX but found P A D NX",
        // Still writable; gone; there although it never was.
        "x 50 7f0000000000 9595 | x 50 7f0000000000 1f95 | 12: new PTE: expected P US A saved-dirty NX but found P RW A D NX",
        "x 50 7f0000000000 9595 | x 50 7f0000000000 95 | 11: new PTE: expected P US A saved-dirty NX but found none",
        "x 50 7f0000000000 9595 | x 50 7f0000000000 959595 | 12: new PTE: expected none but found P A saved-dirty NX",
        // PROT_NONE that is still present, and an upgrade that is not made at once.
        "x 50 7f0000000000 c4c4 | x 50 7f0000000000 c495 | 17: new PTE: expected PROT_NONE A saved-dirty but found P A saved-dirty NX",
        "x 50 7f0000000000 1f | x 50 7f0000000000 95 | 21: new PTE: expected P RW US A D NX but found P A saved-dirty NX",
        // A flush too long, one too many, one too few.
        "T 1210 50 50 0 2 3 | T 1210 50 50 0 3 3 | 10: TLB flush: expected 2 pages but found 3 pages",
        "T 1210 50 50 0 2 3 | T 1210 50 50 0 -1 3 | 10: TLB flush: expected 2 pages but found everything",
        "p 1410 50 50 0 0 | T 1405 50 50 0 1 3\\np 1410 50 50 0 0 | 20: TLB flush: expected nothing but found 1 page",
        "T 1305 50 50 0 2 3 | T 1305 50 50 0 2 0 | 13: TLB flush: expected 2 pages but found nothing"
      })
  void aPlantedErrorIsFound(String line, String changed, String difference) throws IOException {
    assertThat(ADSNAP).containsOnlyOnce(line + "\n");
    verify(ADSNAP.replace(line + "\n", changed.replace("\\n", "\n") + "\n"));
    assertThat(totals.isProof()).isFalse();
    assertThat(differences.get(0)).isEqualTo(difference);
  }

  @Test
  void theRulesOfAnOlderKernelAreFoundOut() throws IOException {
    kernel = GuestKernel.LINUX_6_1;
    verify(ADSNAP);
    assertThat(differences)
        .containsExactly(
            "12: new PTE: expected P US A D NX but found P A saved-dirty NX",
            "17: new PTE: expected PROT_NONE A D but found PROT_NONE A saved-dirty");
  }

  @Test
  void anErrorThatIsFoundOnceDoesNotSpoilWhatFollows() throws IOException {
    verify(ADSNAP.replace("x 50 7f0000000000 9595", "x 50 7f0000000000 1595"));
    assertThat(totals.different()).isEqualTo(1);
    assertThat(totals.equal()).isEqualTo(2);
  }

  @Test
  void aCallOfAnotherTaskOnTheSamePagesIsNoEvidence() throws IOException {
    String other =
        """
        N 1195 50 50 51 3d0f00
        P 1196 50 51 1 7f0000000000 4000 1
        e 51 7f0000000000 1f1f
        """;
    String end = "p 1225 50 51 1 0\nx 51 7f0000000000 9595\n";
    verify(
        ADSNAP
            .replace("P 1200", other + "P 1200")
            .replace("e 50 7f0000000000 1f1f", "e 50 7f0000000000 9595")
            .replace("x 50 7f0000000000 9595\n", "x 50 7f0000000000 9595\n" + end));
    assertThat(outcomes()).contains("pte-before overlapping-call 2");
  }

  @Test
  void aCallThatBeginsWhilePtesAreReadIsNoEvidenceEither() throws IOException {
    // What task 51 does to the first page comes between the line P of task 50 and its line e.
    String begin = "N 1195 50 50 51 3d0f00\n";
    String other =
        """
        P 1201 50 51 1 7f0000000000 1000 1
        e 51 7f0000000000 1f
        T 1205 50 51 1 1 3
        p 1206 50 51 1 0
        x 51 7f0000000000 95
        """;
    verify(
        ADSNAP
            .replace("P 1200", begin + "P 1200")
            .replace("e 50 7f0000000000 1f1f\n", "e 50 7f0000000000 1f95\n" + other)
            .replace("T 1210 50 50 0 2 3", "T 1210 50 50 0 1 3"));
    assertThat(outcomes()).contains("pte-before overlapping-call 1", "flush equal 4");
    assertThat(totals.isProof()).isTrue();
  }

  @Test
  void anAccessedBitIsTakenBackInACallOnlyIfItIsElsewhereToo() throws IOException {
    String inCall = ADSNAP.replace("x 50 7f0000000000 9595", "x 50 7f0000000000 9195");
    verify(
        inCall
            .replace("e 50 7f0000000000 9595\nT 1305", "e 50 7f0000000000 9191\nT 1305")
            .replace("c4c4", "c0c0")
            .replace("e 50 7f0000000000 c4", "e 50 7f0000000000 c0")
            .replace("x 50 7f0000000000 1f", "x 50 7f0000000000 1b"));
    assertThat(differences).isEmpty();
    assertThat(outcomes())
        .contains("pte-before accessed-bit-taken-back 1", "pte-after accessed-bit-taken-back 1");
  }

  @Test
  void aDifferenceAtAFaultIsToldThoughItBelongsToNoCall() throws IOException {
    verify(ADSNAP + "F 1500 50 50 0 7f0000001000 55d000001000 4\n");
    assertThat(totals.different()).isZero();
    assertThat(strays)
        .containsExactly("22: PTE at a fault: expected PROT_NONE A saved-dirty but found none");
  }

  private static final String PERF =
      """
      demo 100/100 [000] 1.000000100: syscalls:sys_exit_execve: 0x0
      demo 100/100 [000] 1.000000200: syscalls:sys_enter_mmap: addr: 0x00000000, len: 0x00004000, prot: 0x00000003, flags: 0x00000022, fd: 0xffffffff, off: 0x00000000
      demo 100/100 [000] 1.000000205: PERF_RECORD_MMAP2 100/100: [0x7f0000000000(0x4000) @ 0x7f0000000000 00:00 0 0]: rw-p //anon
      demo 100/100 [000] 1.000000210: syscalls:sys_exit_mmap: 0x7f0000000000
      demo 100/100 [000] 1.000000300: exceptions:page_fault_user: address=0x7f0000001008 ip=0x5581d4434310 error_code=0x6
      demo 100/100 [000] 1.000000400: syscalls:sys_enter_mprotect: start: 0x7f0000001000, len: 0x00001000, prot: 0x00000001
      demo 100/100 [000] 1.000000405: PERF_RECORD_MMAP2 100/100: [0x7f0000001000(0x1000) @ 0x7f0000001000 00:00 0 0]: r--p //anon
      demo 100/100 [000] 1.000000406: tlb:tlb_flush: pages:1 reason:local MM shootdown (3)
      demo 100/100 [000] 1.000000410: syscalls:sys_exit_mprotect: 0x0
      demo 100/100 [000] 1.000000500: syscalls:sys_enter_mprotect: start: 0x7f0000001000, len: 0x00001000, prot: 0x00000003
      demo 100/100 [000] 1.000000505: PERF_RECORD_MMAP2 100/100: [0x7f0000000000(0x4000) @ 0x7f0000000000 00:00 0 0]: rw-p //anon
      demo 100/100 [000] 1.000000506: tlb:tlb_flush: pages:1 reason:local MM shootdown (3)
      demo 100/100 [000] 1.000000510: syscalls:sys_exit_mprotect: 0x0
      """;

  @Test
  void theMappingThatACallEndsUpInIsTheWholeOne() throws IOException {
    verify(PERF);
    assertThat(differences).isEmpty();
    assertThat(outcomes()).containsExactly("vma equal 3", "flush equal 2");
  }

  @Test
  void aMappingThatWasNotMergedIsADifference() throws IOException {
    verify(
        PERF.replace(
            "000505: PERF_RECORD_MMAP2 100/100: [0x7f0000000000(0x4000) @ 0x7f0000000000",
            "000505: PERF_RECORD_MMAP2 100/100: [0x7f0000001000(0x1000) @ 0x7f0000001000"));
    assertThat(differences)
        .containsExactly(
            "11: VMA: expected 0x7f0000000000+0x4000 rw- @ 0x7f0000000000"
                + " but found 0x7f0000001000+0x1000 rw- @ 0x7f0000001000");
  }

  @Test
  void aMappingOfAnMmapThatDiffersFailsThoughNoMprotectDoes() throws IOException {
    verify(
        PERF.replace(
            "000205: PERF_RECORD_MMAP2 100/100: [0x7f0000000000(0x4000)",
            "000205: PERF_RECORD_MMAP2 100/100: [0x7f0000000000(0x5000)"));
    assertThat(totals.different()).isZero();
    assertThat(totals.isProof()).isFalse();
    assertThat(outcomes()).contains("vma different 1");
  }

  @Test
  void aPageThatTheKernelWroteIsSharedByForkLikeAnyOther() throws IOException {
    // A read() has filled the page, so that no fault shows it; the PTE in front of the call does.
    verify(
        """
        Attaching 18 probes...
        F 1000 50 50 0 55d000001abc 7f00000000 7
        f 50 55d000001000 95
        M 1100 50 50 0 0 1000 3 22 -1 0
        m 1110 50 50 0 7f0000000000
        P 1200 50 50 0 7f0000000000 1000 1
        e 50 7f0000000000 1f
        T 1210 50 50 0 1 3
        p 1220 50 50 0 0
        x 50 7f0000000000 95
        P 1300 50 50 0 7f0000000000 1000 3
        e 50 7f0000000000 95
        T 1310 50 50 0 1 3
        p 1320 50 50 0 0
        x 50 7f0000000000 1f
        N 1400 50 50 51 1200011
        F 1500 50 50 0 7f0000000010 55d000001000 7
        f 50 7f0000000000 95
        """);
    assertThat(differences).isEmpty();
    assertThat(outcomes())
        .containsExactly(
            "pte-before equal 1",
            "pte-before resident-without-a-fault 1",
            "pte-after equal 2",
            "pte-at-fault equal 1",
            "flush equal 2");
  }

  @Test
  void mappingsSeenBehindALossAreNoEvidence() throws IOException {
    // The mmap is among what was lost; of its mapping no more is known than what perf shows.
    String loss = "demo 100/100 [000] 1.000000220: PERF_RECORD_LOST lost 13\n";
    verify(PERF.replaceAll("(?s)(exit_execve: 0x0\n).*(demo.*000000300)", "$1" + loss + "$2"));
    assertThat(totals.reasons()).containsExactly(Map.entry("pages-of-older-mapping-unknown", 2L));
    assertThat(strays).isEmpty();
    assertThat(Objects.requireNonNull(totals.shares()).different()).isZero();
  }

  @Test
  void pagesThatMayBeHugeAreNoEvidence() throws IOException {
    String advice =
        """
        demo 100/100 [000] 1.000000220: syscalls:sys_enter_madvise: start: 0x7f0000000000, len_in: 0x00004000, behavior: 0x0000000e
        demo 100/100 [000] 1.000000230: syscalls:sys_exit_madvise: 0x0
        """;
    String fault = "demo 100/100 [000] 1.000000300";
    verify(PERF.replace(fault, advice + fault).replace("pages:1 ", "pages:-1 "));
    assertThat(differences).isEmpty();
    assertThat(outcomes()).containsExactly("vma equal 3", "flush huge-pages 2");
  }

  @Test
  void aFaultThatEndedInASignalMadeNoPageResident() throws IOException {
    // Nothing shows that 0x7f1000000000 may be read; the kernel refuses it, and flushes nothing
    // later.
    String fault =
        "exceptions:page_fault_user: address=0x7f1000000008 ip=0x5581d4434310 error_code=0x4";
    String rest =
        """
        demo 100/100 [000] 1.000000400: %s
        demo 100/100 [000] 1.000000401: signal:signal_deliver: sig=11 errno=0 code=2 sa_handler=5581d4434243 sa_flags=44000004
        demo 100/100 [000] 1.000000500: syscalls:sys_enter_mmap: addr: 0x7f1000000000, len: 0x00001000, prot: 0x00000003, flags: 0x00000032, fd: 0xffffffff, off: 0x00000000
        demo 100/100 [000] 1.000000505: PERF_RECORD_MMAP2 100/100: [0x7f1000000000(0x1000) @ 0x7f1000000000 00:00 0 0]: rw-p //anon
        demo 100/100 [000] 1.000000506: tlb:tlb_flush: pages:1 reason:local MM shootdown (3)
        demo 100/100 [000] 1.000000510: syscalls:sys_exit_mmap: 0x7f1000000000
        """
            .formatted(fault);
    verify("demo 100/100 [000] 1.000000100: syscalls:sys_exit_execve: 0x0\n" + rest);
    assertThat(assumptions).containsEntry("fault-ended-in-a-signal", 1L);
  }

  @Test
  void whatIsOlderThanTheRecordingIsNotComparedWithoutItsPtes() throws IOException {
    verify(PERF.lines().skip(5).reduce("", (text, line) -> text + line + "\n"));
    assertThat(totals.reasons()).containsExactly(Map.entry("pages-of-older-mapping-unknown", 2L));
    assertThat(totals.isProof()).isFalse();
  }

  @Test
  void withoutTimesNothingIsCompared() throws IOException {
    verify(PERF.replaceAll(" [0-9]+[.][0-9]{9}:", ""));
    assertThat(totals.reasons()).containsOnlyKeys("no-times");
    assertThat(totals.reasons().get("no-times")).isEqualTo(2);
    assertThat(totals.isProof()).isFalse();
    assertThat(outcomes()).isEmpty();
  }

  @Test
  void pagesThatTheKernelPopulatedForItselfAreTakenOverFromTheFlush() throws IOException {
    // No fault shows page 2: it is locked, or was read into. The flush of it alone shows it.
    String call =
        """
        demo 100/100 [000] 1.000000%1$d00: syscalls:sys_enter_mprotect: start: 0x7f0000002000, len: 0x00001000, prot: 0x0000000%2$d
        demo 100/100 [000] 1.000000%1$d06: tlb:tlb_flush: pages:1 reason:local MM shootdown (3)
        demo 100/100 [000] 1.000000%1$d10: syscalls:sys_exit_mprotect: 0x0
        """;
    verify(
        PERF.replaceAll(".*PERF_RECORD_MMAP2.*\n", "")
            + call.formatted(6, 1)
            + call.formatted(7, 3));
    assertThat(differences).isEmpty();
    assertThat(outcomes()).containsExactly("flush equal 3", "flush resident-without-a-fault 1");
  }

  @Test
  void aFlushOfPagesThatTheModelHasIsADifferenceAllTheSame() throws IOException {
    // All that was there is page 1, and its protection stays as it is.
    String again =
        """
        demo 100/100 [000] 1.000000600: syscalls:sys_enter_mprotect: start: 0x7f0000001000, len: 0x00001000, prot: 0x00000003
        demo 100/100 [000] 1.000000606: tlb:tlb_flush: pages:1 reason:local MM shootdown (3)
        demo 100/100 [000] 1.000000610: syscalls:sys_exit_mprotect: 0x0
        """;
    verify(PERF + again);
    assertThat(differences).containsExactly("15: TLB flush: expected nothing but found 1 page");
  }

  private void verify(String text) throws IOException {
    verify(TraceSource.of("text.log", text.getBytes(StandardCharsets.UTF_8)));
  }

  private void verify(TraceSource source) throws IOException {
    try (source) {
      TraceImport.importTo(source, null, ImportOptions.DEFAULT, true, events);
    }
    Evidence evidence = Evidence.of(events);
    assertThat(evidence.backend().value()).isEqualTo("native");
    ReplayOptions options =
        new ReplayOptions(
            new GuestPlatform(kernel == null ? evidence.kernel(null).value() : kernel, true),
            Backends.named("native"),
            Residency.NONE,
            ReplayOptions.DEFAULT_FAULT_AROUND);
    CheckSink checks = CheckSink.all(totals, this::note, new Strays());
    assumptions =
        Verification.run(events, options, evidence, new Nothing(), checks, done -> {})
            .assumptions();
  }

  private void note(CallCheck check) {
    for (CallCheck.Attribute each : check.attributes()) {
      if (!each.agrees()) {
        differences.add(text(each));
      }
    }
  }

  private static String text(CallCheck.Attribute difference) {
    return difference.line()
        + ": "
        + difference.name()
        + ": expected "
        + difference.expected()
        + " but found "
        + difference.found();
  }

  /** Keeps what differs and belongs to no mprotect. */
  private final class Strays implements CheckSink {
    @Override
    public void check(CallCheck check) {
      // Those are noted elsewhere.
    }

    @Override
    public void stray(int tid, CallCheck.Attribute difference) {
      strays.add(text(difference));
    }
  }

  /** Everything that was found, as {@code what outcome n}. */
  private List<String> outcomes() {
    Shares shares = Objects.requireNonNull(totals.shares());
    List<String> lines = new ArrayList<>();
    for (Shares.Subject subject : Shares.Subject.values()) {
      for (Outcome outcome : Outcome.values()) {
        long n = shares.of(subject, outcome);
        if (n > 0) {
          lines.add(subject.id() + " " + outcome.id() + " " + n);
        }
      }
    }
    return lines;
  }

  private static final class Nothing implements ReplaySink {
    @Override
    public void finding(Finding finding) {
      throw new AssertionError(finding);
    }
  }
}
