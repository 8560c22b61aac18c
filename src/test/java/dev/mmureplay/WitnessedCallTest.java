package dev.mmureplay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.mmu.MmuUpdateBatchBackend;
import dev.mmureplay.replay.verify.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hazard: what stands between the lines of a call, or between calls, taken for a part of it. One
 * page turns read-only and back; task 123 does it, 7 is another program, 0 idles.
 */
class WitnessedCallTest {
  @TempDir Path folder;
  private final XenTraceText trace = new XenTraceText();

  private XenRecording verify() throws IOException {
    return trace.recording(folder).verify();
  }

  private XenTraceText call(int cpu, boolean writable) {
    return trace.begin(cpu, writable ? 3 : 1).update(cpu, writable);
  }

  @Test
  void aProcessThatMovedIsFlushedOnBothCpusUntilTheOldOneLoadsAnotherPageTable()
      throws IOException {
    trace.switches(0, 7, 123, true).switches(1, 7, 0, false);
    call(0, false).flushHere(0).end(0);
    trace.switches(0, 123, 0, false).switches(1, 0, 123, true);
    call(1, true).flushOnTwo(1).end(1);
    trace.switches(0, 0, 7, true);
    // What Xen has flushed for both CPUs this one does not know of, so it flushes everything.
    call(1, false).everything(1).end(1);
    call(1, true).flushHere(1).end(1);
    XenRecording verified = verify();
    assertThat(verified.differences).isEmpty();
    assertThat(verified.totals.equal()).isEqualTo(4);
    assertThat(verified.totals.seededCpus()).isZero();
  }

  @Test
  void aFlushOfOneCpuAfterAMoveIsADifference() throws IOException {
    trace.switches(0, 7, 123, true).switches(1, 7, 0, false);
    call(0, false).flushHere(0).end(0);
    trace.switches(0, 123, 0, false).switches(1, 0, 123, true);
    call(1, true).flushHere(1).end(1);
    assertThat(verify().differences)
        .singleElement()
        .asString()
        .contains(
            "expected 1 page at 0x100000000000 on 2 CPUs",
            "found 1 page at 0x100000000000 on this CPU");
  }

  @Test
  void withoutSwitchesTheFlushTellsWhatOtherCpusDidMeanwhile() throws IOException {
    call(0, false).flushHere(0).end(0);
    call(1, true).flushOnTwo(1).end(1);
    call(1, false).flushHere(1).end(1);
    XenRecording verified = verify();
    assertThat(verified.differences).isEmpty();
    assertThat(verified.totals.seededCpus()).isEqualTo(1);
  }

  @Test
  void aSwitchInsideACallIsNoPartOfIt() throws IOException {
    call(0, false);
    trace.switches(0, 123, 7, true).switches(0, 7, 123, true);
    trace.flushHere(0).end(0);
    XenRecording verified = verify();
    assertThat(verified.differences).isEmpty();
    assertThat(verified.totals.equal()).isEqualTo(1);
  }

  @Test
  void aCallThatMovesBetweenUpdateAndFlushIsFlushedOnBothCpus() throws IOException {
    trace.switches(0, 7, 123, true).switches(1, 7, 0, false);
    call(0, false).flushHere(0).end(0);
    call(0, true);
    trace.switches(0, 123, 0, false).switches(1, 0, 123, true);
    trace.flushOnTwo(1).end(1);
    assertThat(verify().differences).isEmpty();
  }

  @Test
  void aRequestThatFollowsNoUpdateMakesTheCallIncomparable() throws IOException {
    call(0, false)
        .event(123, 0, "xen_mc_entry: op 1 args [ffff88803d41ead0, 1, 0, 7ff0, 0, 0]")
        .event(123, 0, "xen_mc_flush: flushing 1 hypercalls, 16 arg bytes, 0 callbacks")
        .flushHere(0)
        .end(0);
    XenRecording verified = verify();
    assertThat(verified.totals.reasons()).isEqualTo(Map.of(Reason.UNPLACED, 1L));
    assertThat(verified.totals.isProof()).isFalse();
  }

  @Test
  void aBorderBetweenMappingsOlderThanTheRecordingMakesTheCallIncomparable() throws IOException {
    trace.begin(0, 2, 1).update(0, 0, false).update(0, 1, false);
    trace.flushHere(0).flushHere(0, 1).end(0);
    XenRecording verified =
        trace.recording(folder).verify(new MmuUpdateBatchBackend(), check -> {});
    assertThat(verified.totals.reasons()).isEqualTo(Map.of(Reason.OLDER_BORDERS, 1L));
    assertThat(verified.differences).isEmpty();
  }

  @Test
  void afterALossNothingThatWasKnownIsHeldAgainstTheModel() throws IOException {
    call(0, false).flushHere(0).end(0);
    trace.lost(5);
    call(0, false).flushHere(0).end(0);
    XenRecording verified = verify();
    assertThat(verified.differences).isEmpty();
    assertThat(verified.totals.seededPages()).isEqualTo(2);
  }

  @Test
  void aMissingUpdateIsADifference() throws IOException {
    call(0, false).flushHere(0).end(0);
    trace.begin(0, 3).end(0);
    assertThat(verify().differences)
        .anyMatch(
            each ->
                each.contains(
                    "rewritten PTEs: expected 1 page, number 1 at 0x100000000000 but found 0 pages"
                        + " and no more"));
  }
}
