package dev.mmureplay.replay.race;

import static java.util.Objects.requireNonNull;

import java.util.Locale;

/**
 * When accesses happen that race with an mprotect call.
 *
 * @param mode which moments are tried
 * @param draws for {@link Mode#RANDOM}, how many moments of each access; else 0
 * @param seed for {@link Mode#RANDOM}, what the moments depend on
 * @param racing which accesses outside a call are taken to race with it
 * @param lateDirty whether a write through a cached writable, clean TLB entry sets D although the
 *     PTE has become read-only, as older CPUs may
 * @param aging whether A of every page is taken to have been cleared before each call, as reclaim,
 *     DAMON and idle page tracking do, of which no trace of a program shows anything
 */
public record Interleaving(
    Mode mode, int draws, long seed, Racing racing, boolean lateDirty, boolean aging) {
  /** Which moments of an access are tried. */
  public enum Mode {
    /** None: accesses happen in the order of the trace, before or after a call. */
    NONE,
    /** The moment that the recorded times give; where they give none, the worst. */
    RECORDED,
    /** Moments drawn by lot. */
    RANDOM,
    /** Every distinct moment, with the translation in the TLB and without. */
    EXHAUSTIVE
  }

  /**
   * Which accesses of other threads outside a call are taken to race with it, because the capture
   * serialised the threads.
   *
   * @param unit what the distance is counted in
   * @param distance how far before the beginning or behind the end of the call at most
   */
  public record Racing(Unit unit, long distance) {
    /** What a distance is counted in. */
    public enum Unit {
      /** Nanoseconds of the trace's clock. */
      NANOSECONDS,
      /** Rows of the event file. */
      EVENTS
    }

    /** Only accesses that the trace shows inside the call. */
    public static final Racing NONE = new Racing(Unit.EVENTS, 0);

    public Racing {
      requireNonNull(unit, "unit");
      if (distance < 0) {
        throw new IllegalArgumentException("expected a distance from 0 on but found " + distance);
      }
    }

    /** Returns whether accesses outside of calls count. */
    public boolean assumes() {
      return distance > 0;
    }

    /**
     * Returns what a text such as {@code 500ns}, {@code 2us}, {@code 1ms} or {@code 50events} says.
     *
     * @throws IllegalArgumentException if it says nothing
     */
    public static Racing parse(String text) {
      int digits = 0;
      while (digits < text.length() && Character.isDigit(text.charAt(digits))) {
        digits++;
      }
      long factor =
          switch (text.substring(digits)) {
            case "ns", "events" -> 1;
            case "us" -> 1_000;
            case "ms" -> 1_000_000;
            default -> 0;
          };
      if (digits == 0 || digits > 12 || factor == 0) {
        throw new IllegalArgumentException(
            "expected a distance such as 500ns, 2us or 50events but found \"" + text + "\"");
      }
      long distance = Long.parseLong(text, 0, digits, 10) * factor;
      return new Racing(text.endsWith("events") ? Unit.EVENTS : Unit.NANOSECONDS, distance);
    }

    @Override
    public String toString() {
      return distance + (unit == Unit.EVENTS ? "events" : "ns");
    }
  }

  /** Nothing races. */
  public static final Interleaving NONE =
      new Interleaving(Mode.NONE, 0, 0, Racing.NONE, false, false);

  public Interleaving {
    requireNonNull(mode, "mode");
    requireNonNull(racing, "racing");
    if (mode == Mode.RANDOM && draws < 1) {
      throw new IllegalArgumentException("expected at least one draw but found " + draws);
    }
    if (mode == Mode.NONE && (racing.assumes() || aging)) {
      throw new IllegalArgumentException(
          "expected racing accesses to be tried (recorded, random:N or exhaustive) but found none");
    }
  }

  /**
   * Returns the interleaving of a text: {@code none}, {@code recorded}, {@code random:N} or {@code
   * exhaustive}.
   *
   * @throws IllegalArgumentException if there is none such
   */
  public static Interleaving parse(String text) {
    String random = "random:";
    if (text.startsWith(random) && text.substring(random.length()).matches("[0-9]{1,6}")) {
      int draws = Integer.parseInt(text, random.length(), text.length(), 10);
      return new Interleaving(Mode.RANDOM, draws, 0, Racing.NONE, false, false);
    }
    for (Mode mode : new Mode[] {Mode.NONE, Mode.RECORDED, Mode.EXHAUSTIVE}) {
      if (text.equals(mode.name().toLowerCase(Locale.ROOT))) {
        return new Interleaving(mode, 0, 0, Racing.NONE, false, false);
      }
    }
    throw new IllegalArgumentException(
        "expected none, recorded, random:N or exhaustive but found \"" + text + "\"");
  }

  /** Returns the name as on the command line and in the database. */
  public String id() {
    String name = mode.name().toLowerCase(Locale.ROOT);
    return mode == Mode.RANDOM ? name + ":" + draws : name;
  }
}
