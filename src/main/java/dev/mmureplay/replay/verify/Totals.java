package dev.mmureplay.replay.verify;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** How many calls were compared, with what outcome. */
public final class Totals implements CheckSink {
  private final Map<String, Long> reasons = new TreeMap<>();
  private @Nullable Shares shares;
  private long execves;
  private long equalExecves;
  private long differentExecves;
  private long calls;
  private long equal;
  private long different;
  private long pages;
  private long seededCalls;
  private long seededPages;
  private long seededCpus;
  private long assumedPlaces;

  @Override
  public void check(CallCheck check) {
    calls++;
    equal += check.isEqual() ? 1 : 0;
    different += check.isDifferent() ? 1 : 0;
    if (check.reason() != null) {
      reasons.merge(check.reason(), 1L, Long::sum);
      return;
    }
    pages += check.pages;
    seededCalls += check.seededPages > 0 ? 1 : 0;
    seededPages += check.seededPages;
    seededCpus += check.seededCpus ? 1 : 0;
    assumedPlaces += check.assumedPlaces > 0 ? 1 : 0;
  }

  @Override
  public void execve(CallCheck check) {
    execves++;
    equalExecves += check.isEqual() ? 1 : 0;
    differentExecves += check.isDifferent() ? 1 : 0;
  }

  /** Returns the execves in the recording. */
  public long execves() {
    return execves;
  }

  /** Returns those whose own update was compared and is the same. */
  public long equalExecves() {
    return equalExecves;
  }

  /** Returns those whose own update was compared and is different. */
  public long differentExecves() {
    return differentExecves;
  }

  @Override
  public void shares(Shares all) {
    shares = all;
  }

  /** Returns what was compared with a recording of plain Linux, null for any other. */
  public @Nullable Shares shares() {
    return shares;
  }

  /** Returns the mprotect calls in the recording. */
  public long calls() {
    return calls;
  }

  /** Returns the calls that were compared. */
  public long compared() {
    return equal + different;
  }

  /** Returns the compared calls in which everything is the same. */
  public long equal() {
    return equal;
  }

  /** Returns the compared calls in which something is different. */
  public long different() {
    return different;
  }

  /** Returns the calls that could not be compared, by reason. */
  public Map<String, Long> reasons() {
    return Collections.unmodifiableMap(reasons);
  }

  /** Returns the PTEs in the compared calls. */
  public long pages() {
    return pages;
  }

  /** Returns the compared calls with pages that were taken over from before the recording. */
  public long seededCalls() {
    return seededCalls;
  }

  /** Returns the pages that were taken over from before the recording. */
  public long seededPages() {
    return seededPages;
  }

  /** Returns the calls whose flush told which CPUs had the address space loaded. */
  public long seededCpus() {
    return seededCpus;
  }

  /** Returns the compared calls with page tables whose place in the range is assumed. */
  public long assumedPlaces() {
    return assumedPlaces;
  }

  /** Returns whether at least one call was compared and everything that was is equal. */
  public boolean isProof() {
    Shares all = shares;
    boolean none = different == 0 && differentExecves == 0;
    return equal > 0 && none && (all == null || all.different() == 0);
  }
}
