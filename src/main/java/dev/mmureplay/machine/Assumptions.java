package dev.mmureplay.machine;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * How often each named assumption was used; what a trace does not show and the model had to
 * suppose.
 */
public final class Assumptions {
  /** A mapping that nothing in the trace made was deduced from its use. */
  public static final String MAPPING = "mapping-deduced-from-use";

  /**
   * Pages that a read fault of a file mapping mapped beside the faulting one; the page cache is
   * assumed to hold them.
   */
  public static final String FAULT_AROUND = "page-populated-by-fault-around";

  /** Pages made resident by the residency assumption. */
  public static final String RESIDENCY = "page-assumed-resident";

  /**
   * A call failed at a VMA that the trace does not name; the first that may have refused was taken.
   */
  public static final String REFUSING_VMA = "refusing-vma-guessed";

  /**
   * A shared file mapping was taken to be on a file system that wants to know of the first write to
   * a page.
   */
  public static final String WRITE_NOTIFY = "shared-file-with-write-notify";

  /** An execve was taken to have one page of arguments and environment. */
  public static final String NEW_STACK = "new-stack-of-one-page";

  private final Map<String, Long> counts = new TreeMap<>();

  /** Counts one use, or several. */
  public void use(String name, long n) {
    if (n > 0) {
      counts.merge(name, n, Long::sum);
    }
  }

  /** Returns the uses by name, in name order. */
  public Map<String, Long> counts() {
    return Collections.unmodifiableMap(counts);
  }
}
