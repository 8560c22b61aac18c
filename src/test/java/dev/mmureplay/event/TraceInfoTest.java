package dev.mmureplay.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Guards against an event file that forgets, or embellishes, what its capture could know. */
class TraceInfoTest {
  private static final Fidelity FIDELITY =
      new Fidelity(Fidelity.Accesses.FIRST_TOUCH, true, false, true, false, true, false, -1);

  @Test
  void comesBackFromItsMap() {
    Ledger ledger = new Ledger();
    ledger.parsedLines(3);
    ledger.line();
    ledger.ignored("blank");
    ledger.line();
    ledger.rejected(5, "odd", "tab\tinside, \uD83D\uDE00 and \"quotes\"");
    TraceInfo info = info("prog a=b", ledger);

    TraceInfo back = TraceInfo.ofMap(info.toMap());

    assertThat(back.ledger().lines()).isEqualTo(5);
    assertThat(back.ledger().parsedCount()).isEqualTo(3);
    assertThat(back.ledger().ignoredByRule()).isEqualTo(ledger.ignoredByRule());
    assertThat(back.ledger().rejectedByReason()).isEqualTo(ledger.rejectedByReason());
    assertThat(back.ledger().rejections()).isEqualTo(ledger.rejections());
    assertThat(back.toMap()).isEqualTo(info.toMap());
    assertThat(back.fidelity()).isEqualTo(FIDELITY);
    assertThat(back.kinds()).isEqualTo(info.kinds());
    assertThat(back.command()).isEqualTo("prog a=b");
  }

  @Test
  void anUnknownCommandStaysUnknown() {
    assertThat(TraceInfo.ofMap(info(null, new Ledger()).toMap()).command()).isNull();
  }

  @Test
  void rejectionsKeepTheirOrder() {
    Ledger ledger = new Ledger();
    for (int i = 1; i <= 12; i++) {
      ledger.rejected(i, "odd", "line " + i);
    }
    assertThat(TraceInfo.ofMap(info(null, ledger).toMap()).ledger().rejections())
        .isEqualTo(ledger.rejections());
  }

  @Test
  void aMissingKeyIsNamed() {
    Map<String, String> map = new HashMap<>(info(null, new Ledger()).toMap());
    map.remove("sha256");
    assertThatThrownBy(() -> TraceInfo.ofMap(map))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("expected the metadata key \"sha256\" but found none");
  }

  @ParameterizedTest
  @EnumSource(Fidelity.Accesses.class)
  void everyDegreeOfFidelityComesBack(Fidelity.Accesses accesses) {
    Fidelity fidelity = FIDELITY.withAccesses(accesses).withLost(7).withCpus(true);
    assertThat(Fidelity.ofMap(fidelity.toMap())).isEqualTo(fidelity);
  }

  @Test
  void eachWitherChangesItsOwnStatementOnly() {
    Fidelity all = new Fidelity(Fidelity.Accesses.EVERY, true, true, true, true, true, true, 0);
    assertThat(all.withClock(false).toMap()).containsEntry("fidelity.clock", "false");
    assertThat(all.withClock(false).withClock(true)).isEqualTo(all);
    assertThat(all.withFromStart(false).toMap()).containsEntry("fidelity.from_start", "false");
    assertThat(all.withFromStart(false).withFromStart(true)).isEqualTo(all);
    assertThat(all.withCpus(false).withCpus(true)).isEqualTo(all);
    assertThat(all.withKernelAccesses(false).toMap())
        .containsEntry("fidelity.kernel_accesses", "false");
    assertThat(all.withKernelAccesses(false).withKernelAccesses(true)).isEqualTo(all);
    assertThat(all.withLost(-1).withLost(0)).isEqualTo(all);
  }

  @Test
  void markersAndCallSitesKeepTheirOrder() {
    TraceInfo info = info(null, new Ledger());
    List<String> markers = IntStream.range(0, 1_200).mapToObj(i -> "marker " + i % 7).toList();
    TraceInfo marked =
        new TraceInfo(
            info.importer(),
            info.importerVersion(),
            info.source(),
            info.sha256(),
            null,
            info.folding(),
            info.events(),
            info.kinds(),
            info.fidelity(),
            info.ledger(),
            markers,
            List.of(
                new CallSite("d(main+0x1) < libc.so.6(x+0x2)", 5, 40), new CallSite("\t", 1, 1)),
            123_456_789L);
    TraceInfo restored = TraceInfo.ofMap(marked.toMap());
    assertThat(restored.markers()).isEqualTo(markers);
    assertThat(restored.clockOrigin()).isEqualTo(123_456_789L);
    assertThat(restored.sites()).isEqualTo(marked.sites());
  }

  private static TraceInfo info(@org.jspecify.annotations.Nullable String command, Ledger ledger) {
    return new TraceInfo(
        "tool",
        "1.0",
        "in.txt",
        "00ff",
        command,
        "accesses",
        3,
        Map.of(EventKind.READ, 2L, EventKind.MMAP, 1L),
        FIDELITY,
        ledger);
  }
}
