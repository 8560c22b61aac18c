package dev.mmureplay.importer;

import dev.mmureplay.event.CallSite;
import dev.mmureplay.event.EventSchema;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts from where protections are changed, in a trace whose tool writes the call stack behind
 * each call, innermost frame first.
 */
public final class CallSites {
  /** How many frames tell call sites apart. */
  static final int FRAMES = 3;

  private static final String OTHERS = "(other call sites)";

  private final Map<String, long[]> sites = new HashMap<>();
  private final List<String> frames = new ArrayList<>();
  private String wrapper = "";
  private boolean open;
  private long pages;

  /** Notes a call that changes protections; its frames follow. */
  public void call(long bytes) {
    end();
    open = true;
    pages = bytes / EventSchema.PAGE_SIZE + (bytes % EventSchema.PAGE_SIZE == 0 ? 0 : 1);
  }

  /**
   * Notes one frame behind the latest call.
   *
   * @param frame such as {@code libc.so.6(malloc+0x2f)}
   * @param function the function's name, "" if it is not known
   */
  public void frame(String frame, String function) {
    if (open && frames.isEmpty() && isWrapper(function)) {
      wrapper = frame;
    } else if (open && frames.size() < FRAMES) {
      frames.add(frame);
    }
  }

  /** Returns whether frames are wanted: behind a call that changes protections. */
  public boolean isOpen() {
    return open;
  }

  /** The C library's function for the call says nothing about who makes it. */
  private static boolean isWrapper(String function) {
    return function.equals("mprotect")
        || function.equals("__mprotect")
        || function.equals("pkey_mprotect")
        || function.equals("syscall");
  }

  /** Notes that no more frames of the latest call follow. */
  public void end() {
    if (open && frames.isEmpty() && !wrapper.isEmpty()) {
      frames.add(wrapper); // The tool could not go on from there.
    }
    if (open && !frames.isEmpty()) {
      String stack = String.join(" < ", frames);
      boolean kept = sites.size() < CallSite.KEPT || sites.containsKey(stack);
      long[] counts = sites.computeIfAbsent(kept ? stack : OTHERS, unknown -> new long[2]);
      counts[0]++;
      counts[1] += pages;
    }
    open = false;
    wrapper = "";
    frames.clear();
  }

  /** Returns the call sites, most calls first. */
  public List<CallSite> all() {
    end();
    return sites.entrySet().stream()
        .map(site -> new CallSite(site.getKey(), site.getValue()[0], site.getValue()[1]))
        .sorted(Comparator.comparingLong(CallSite::calls).reversed().thenComparing(CallSite::stack))
        .toList();
  }
}
