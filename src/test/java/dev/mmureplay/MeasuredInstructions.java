package dev.mmureplay;

import java.util.Arrays;

/**
 * Instructions of guest and hypervisor for one mprotect from RW to R over resident pages from a 2
 * MiB boundary on, as measured on Linux 6.1.192 natively and under Xen 4.17.7 (QEMU TCG, -icount).
 */
public final class MeasuredInstructions {
  private static final int[] PAGES = {1, 2, 8, 31, 32, 33, 64, 512, 1024};

  private static final String[] BACKENDS = {
    "native",
    "mmu-update-batch",
    "multicall",
    "preserve-ad",
    "trap-emulate-batched-set",
    "trap-emulate"
  };

  /**
   * Instructions of guest and hypervisor for one mprotect RW to R; a line for each of PAGES,
   * columns as BACKENDS.
   */
  private static final long[][] RW_TO_R = {
    {2989, 6429, 6405, 6471, 8067, 8559},
    {3146, 8262, 8788, 8796, 11538, 12972},
    {4088, 19260, 21898, 22746, 32364, 39450},
    {7699, 61419, 72153, 76221, 112197, 140949},
    {7856, 63762, 74462, 78546, 116178, 145362},
    {8013, 65595, 76845, 80871, 119649, 149775},
    {11278, 82025, 103999, 112043, 186857, 245675},
    {70414, 619597, 796635, 862891, 1458253, 1931947},
    {138205, 1235179, 1589255, 1721767, 2912491, 3859879},
  };

  private MeasuredInstructions() {}

  /** Returns the numbers of pages, a line each. */
  public static int[] pages() {
    return PAGES.clone();
  }

  /** Returns the backends, a column each. */
  public static String[] backends() {
    return BACKENDS.clone();
  }

  /** Returns the totals. */
  public static long[][] readWriteToReadOnly() {
    return Arrays.stream(RW_TO_R).map(long[]::clone).toArray(long[][]::new);
  }
}
