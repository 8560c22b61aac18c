package dev.mmureplay.cli.stats;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventSchema;
import dev.mmureplay.event.Fidelity;
import dev.mmureplay.event.TraceInfo;
import dev.mmureplay.mmu.Backends;
import dev.mmureplay.mmu.GuestPlatform;
import dev.mmureplay.replay.CallFacts;
import dev.mmureplay.replay.Replay;
import dev.mmureplay.replay.ReplayOptions;
import dev.mmureplay.replay.ReplaySink;
import dev.mmureplay.replay.Residency;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/**
 * What the mprotect calls of a trace do, as far as the trace shows it: nothing is assumed about
 * residency. The VMAs and the resident pages are those of the model; no backend has a part in it.
 */
public final class Workload implements ReplaySink {
  /** Linux's default limit of VMAs in an address space (vm.max_map_count). */
  public static final long MAX_MAP_COUNT = 65_530;

  /** PROT_READ, PROT_WRITE and PROT_EXEC. */
  private static final int PROTECTION = 7;

  /** A range whose protection is changed back and forth. */
  record PingPong(int pid, FlipHistory.Region region) {}

  final Distribution pages = new Distribution();
  final Distribution changed = new Distribution();
  final Distribution touched = new Distribution();
  final Distribution changedTouched = new Distribution();
  final Distribution callsBetween = new Distribution();
  final Distribution timeBetween = new Distribution();
  final TreeMap<Long, Long> errors = new TreeMap<>();
  final VmaCurve vmas = new VmaCurve();
  private final Map<Integer, FlipHistory> histories = new HashMap<>();
  private final boolean showsAccesses;
  long noOps;
  long unknownResults;
  long assumed;

  private Workload(TraceInfo info) {
    showsAccesses =
        info.fidelity().accesses() != Fidelity.Accesses.NONE
            || info.kinds().containsKey(EventKind.SET_PTE);
  }

  /**
   * Reads a whole event file.
   *
   * @param progress is told the number of events done
   */
  public static Workload of(
      Path eventFile, TraceInfo info, GuestPlatform platform, LongConsumer progress)
      throws IOException {
    Workload workload = new Workload(info);
    ReplayOptions options =
        new ReplayOptions(platform, Backends.named("native"), Residency.NONE, 1);
    Replay.run(eventFile, options, workload, progress);
    return workload;
  }

  /** Returns whether the trace shows which pages were touched. */
  boolean showsAccesses() {
    return showsAccesses;
  }

  @Override
  public void call(CallFacts call, long[][] counts) {
    pages.add(call.pages);
    vmas.add(new VmaCurve.Point(call.call, call.time, call.pid, call.vmas));
    if (call.recordedResult == EventSchema.UNKNOWN) {
      unknownResults++;
    } else if (call.recordedResult < 0) {
      errors.merge(-call.recordedResult, 1L, Long::sum);
    }
    if (call.modelResult >= 0) {
      changed.add(call.pieces.pages());
      noOps += call.pieces.size() == 0 ? 1 : 0;
      touched.add(call.presentPtes);
      changedTouched.add(call.updatedPtes);
      assumed += call.deduced ? 1 : 0;
    }
    FlipHistory history =
        histories.computeIfAbsent(call.pid, pid -> new FlipHistory(callsBetween, timeBetween));
    for (int i = 0; i < call.pieces.size(); i++) {
      history.flip(
          call.pieces.start(i),
          call.pieces.end(i),
          call.pieces.before(i),
          call.protection & PROTECTION,
          call.call,
          call.time);
    }
  }

  /** Returns how many changes of a page took the page's change before back. */
  long returned() {
    return histories.values().stream().mapToLong(FlipHistory::returned).sum();
  }

  /** Returns the ranges that went back most often. */
  List<PingPong> pingPong(int limit) {
    List<PingPong> all = new ArrayList<>();
    histories.forEach(
        (pid, history) -> history.pingPong().forEach(region -> all.add(new PingPong(pid, region))));
    all.sort(
        Comparator.comparingLong((PingPong each) -> -each.region().returns())
            .thenComparingLong(each -> -each.region().pages())
            .thenComparingInt(PingPong::pid)
            .thenComparingLong(each -> each.region().start()));
    return all.subList(0, Math.min(limit, all.size()));
  }
}
