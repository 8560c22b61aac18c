package dev.mmureplay.event;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What a capture can and cannot know. No result may claim more than this carries.
 *
 * @param accesses which page accesses the capture shows
 * @param threads whether every access and call names its thread
 * @param concurrent whether threads ran truly concurrently while being traced (false under a
 *     serialising tool)
 * @param clock whether events have times that compare across threads
 * @param cpus whether events name their CPU
 * @param fromStart whether the trace begins at the program's start, so that no earlier mapping can
 *     be missing
 * @param kernelAccesses whether accesses that the kernel makes for the program are shown
 * @param lost number of events that the tracer says it lost; 0 if none, -1 if lost but not known
 *     how many. What no {@link EventKind#LOST} marks is missing in unknown places; a capture that
 *     samples has lost what it did not sample
 */
public record Fidelity(
    Accesses accesses,
    boolean threads,
    boolean concurrent,
    boolean clock,
    boolean cpus,
    boolean fromStart,
    boolean kernelAccesses,
    long lost) {

  /** Which page accesses a capture shows. */
  public enum Accesses {
    /** Every access, or every access that can carry A/D information after folding. */
    EVERY,
    /**
     * Only those that faulted: the first touch of a page, and touches that its protection forbade.
     */
    FIRST_TOUCH,
    /** None: system calls only. Residency has to be assumed. */
    NONE
  }

  private static final String PREFIX = "fidelity.";

  public Fidelity {
    requireNonNull(accesses, "accesses");
  }

  /** Returns the same fidelity with another number of lost events. */
  public Fidelity withLost(long newLost) {
    return new Fidelity(
        accesses, threads, concurrent, clock, cpus, fromStart, kernelAccesses, newLost);
  }

  /** Returns the same fidelity with another statement about the beginning of the trace. */
  public Fidelity withFromStart(boolean newFromStart) {
    return new Fidelity(
        accesses, threads, concurrent, clock, cpus, newFromStart, kernelAccesses, lost);
  }

  /** Returns the same fidelity with another statement about times. */
  public Fidelity withClock(boolean newClock) {
    return new Fidelity(
        accesses, threads, concurrent, newClock, cpus, fromStart, kernelAccesses, lost);
  }

  /** Returns the same fidelity with another statement about page accesses. */
  public Fidelity withAccesses(Accesses newAccesses) {
    return new Fidelity(
        newAccesses, threads, concurrent, clock, cpus, fromStart, kernelAccesses, lost);
  }

  /** Returns the same fidelity with another statement about accesses that the kernel makes. */
  public Fidelity withKernelAccesses(boolean newKernelAccesses) {
    return new Fidelity(
        accesses, threads, concurrent, clock, cpus, fromStart, newKernelAccesses, lost);
  }

  /** Returns the same fidelity with another statement about CPUs. */
  public Fidelity withCpus(boolean newCpus) {
    return new Fidelity(
        accesses, threads, concurrent, clock, newCpus, fromStart, kernelAccesses, lost);
  }

  /**
   * Returns this as key and value pairs in a fixed order, as the event file and the database keep
   * it.
   */
  public Map<String, String> toMap() {
    Map<String, String> map = new LinkedHashMap<>();
    map.put(PREFIX + "accesses", accesses.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    map.put(PREFIX + "threads", Boolean.toString(threads));
    map.put(PREFIX + "concurrent", Boolean.toString(concurrent));
    map.put(PREFIX + "clock", Boolean.toString(clock));
    map.put(PREFIX + "cpus", Boolean.toString(cpus));
    map.put(PREFIX + "from_start", Boolean.toString(fromStart));
    map.put(PREFIX + "kernel_accesses", Boolean.toString(kernelAccesses));
    map.put(PREFIX + "lost", Long.toString(lost));
    return map;
  }

  /**
   * The inverse of {@link #toMap}; other keys are ignored.
   *
   * @throws IllegalArgumentException if a key is missing or has no sensible value
   */
  public static Fidelity ofMap(Map<String, String> map) {
    return new Fidelity(
        Accesses.valueOf(value(map, "accesses").toUpperCase(Locale.ROOT).replace('-', '_')),
        Boolean.parseBoolean(value(map, "threads")),
        Boolean.parseBoolean(value(map, "concurrent")),
        Boolean.parseBoolean(value(map, "clock")),
        Boolean.parseBoolean(value(map, "cpus")),
        Boolean.parseBoolean(value(map, "from_start")),
        Boolean.parseBoolean(value(map, "kernel_accesses")),
        Long.parseLong(value(map, "lost")));
  }

  private static String value(Map<String, String> map, String key) {
    String value = map.get(PREFIX + key);
    if (value == null) {
      throw new IllegalArgumentException(
          "expected the metadata key \"" + PREFIX + key + "\" but found none");
    }
    return value;
  }
}
