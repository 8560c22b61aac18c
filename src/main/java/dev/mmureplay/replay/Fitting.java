package dev.mmureplay.replay;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.Fidelity;
import dev.mmureplay.event.TraceInfo;
import dev.mmureplay.machine.Visibility;
import dev.mmureplay.replay.race.Interleaving;

/** Fits the options of a replay to what the trace shows. */
final class Fitting {
  private Fitting() {}

  /** Returns which accesses and residency the trace shows. */
  static Visibility visibility(TraceInfo info, Residency residency) {
    Fidelity fidelity = info.fidelity();
    boolean every = fidelity.accesses() == Fidelity.Accesses.EVERY;
    return new Visibility(
        every && fidelity.kernelAccesses() && !residency.assumed(),
        info.kinds().containsKey(EventKind.SET_PTE),
        fidelity.accesses() == Fidelity.Accesses.FIRST_TOUCH);
  }

  /**
   * Where threads ran concurrently and the trace shows their accesses, what raced is part of what
   * it shows.
   *
   * @throws IllegalArgumentException if the trace has no times and they are asked for
   */
  static Interleaving interleaving(TraceInfo info, ReplayOptions options) {
    Interleaving asked = options.interleaving();
    Fidelity fidelity = info.fidelity();
    if (asked == null) {
      boolean shown =
          fidelity.concurrent()
              && fidelity.threads()
              && fidelity.accesses() != Fidelity.Accesses.NONE;
      return shown ? Interleaving.parse("recorded") : Interleaving.NONE;
    }
    Interleaving.Racing racing = asked.racing();
    if (racing.assumes()
        && racing.unit() == Interleaving.Racing.Unit.NANOSECONDS
        && !fidelity.clock()) {
      throw new IllegalArgumentException(
          "expected a distance in events, because the trace has no clock, but found " + racing);
    }
    return asked;
  }

  /**
   * Where the tracer shows each PTE that the kernel sets, nothing is left to assume about
   * neighbours.
   */
  static int faultAround(TraceInfo info, ReplayOptions options) {
    return info.kinds().containsKey(EventKind.SET_PTE) ? 1 : options.faultAround();
  }

  /**
   * Where the trace shows no accesses, every page is assumed, unless something else is asked for.
   */
  static Residency residency(TraceInfo info, ReplayOptions options) {
    Residency asked = options.residency();
    boolean callsOnly = info.fidelity().accesses() == Fidelity.Accesses.NONE;
    if (asked == null) {
      return callsOnly ? Residency.ALL : Residency.RECORDED;
    }
    return asked == Residency.NONE && !callsOnly ? Residency.RECORDED : asked;
  }
}
