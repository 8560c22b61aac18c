package dev.mmureplay.machine.check;

import java.util.ArrayList;
import java.util.List;

/**
 * What is run in every order: PTEs, the kernel's work on them, and accesses by user threads on
 * other CPUs.
 */
final class Program {
  final String name;
  private final long[] ptes;
  final List<KernelStep> kernel;

  /** What a kernel on another CPU does meanwhile, with its own Mmu, to a PTE page of its own. */
  final List<KernelStep> otherKernel;

  /** The accesses of CPU 1, CPU 2 and so on, each in program order. */
  final List<List<UserAccess>> threads;

  /** Whether the TLBs of the threads hold every page before the kernel begins. */
  final boolean prefilled;

  /**
   * The PTEs in each lazy-MMU region, where the formulas for the counts of an mprotect apply; else
   * empty.
   */
  final List<Integer> regions;

  private final boolean[] raced;

  private Program(
      String name,
      long[] ptes,
      List<KernelStep> kernel,
      List<KernelStep> otherKernel,
      List<List<UserAccess>> threads,
      boolean prefilled,
      List<Integer> regions) {
    this.name = name;
    this.ptes = ptes;
    this.kernel = kernel;
    this.otherKernel = otherKernel;
    this.threads = threads;
    this.prefilled = prefilled;
    this.regions = regions;
    raced = new boolean[ptes.length];
    threads.forEach(accesses -> accesses.forEach(access -> raced[access.pte()] = true));
  }

  static Program of(String name, long[] ptes, List<KernelStep> kernel) {
    return new Program(
        name, ptes.clone(), List.copyOf(kernel), List.of(), List.of(), false, List.of());
  }

  Program counted(List<Integer> inRegions) {
    return new Program(name, ptes, kernel, otherKernel, threads, prefilled, List.copyOf(inRegions));
  }

  Program beside(List<KernelStep> other) {
    return new Program(name, ptes, kernel, List.copyOf(other), threads, prefilled, regions);
  }

  /** Returns the program with threads beside it, each on a CPU of its own. */
  Program racing(boolean tlbPrefilled, List<List<UserAccess>> accesses) {
    return new Program(
        name, ptes, kernel, otherKernel, List.copyOf(accesses), tlbPrefilled, regions);
  }

  /** Returns how many PTEs it is about. */
  int size() {
    return ptes.length;
  }

  /** Returns a PTE as it is before the kernel begins. */
  long pte(int k) {
    return ptes[k];
  }

  /** Returns whether threads access a PTE. */
  boolean isRaced(int k) {
    return raced[k];
  }

  /** Returns the whole program in one line. */
  @Override
  public String toString() {
    List<String> parts = new ArrayList<>(List.of(name));
    for (int i = 0; i < threads.size(); i++) {
      parts.add(
          "CPU "
              + (i + 1)
              + ": "
              + String.join(", ", threads.get(i).stream().map(UserAccess::toString).toList()));
    }
    if (!threads.isEmpty()) {
      parts.add(prefilled ? "TLBs filled" : "TLBs empty");
    }
    return String.join("; ", parts);
  }
}
