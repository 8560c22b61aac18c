package dev.mmureplay.machine;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** The memory of one process, or of several that share it (struct mm_struct). */
public final class AddressSpace {
  /** The break before the trace shows one. */
  static final long NO_BREAK = -1;

  private final int id;
  private final int pid;
  final VmaList vmas = new VmaList();
  final PageTables tables;
  final BitSet cpus = new BitSet();

  /** The CPUs among these whose TLB generation is behind, see {@link Cpus#isBehind}. */
  final BitSet behind = new BitSet();

  /** Whether a flush ever reached more than one CPU. */
  boolean flushedOnSeveral;

  long brk = NO_BREAK;

  /** Where the heap begins: the first break that the trace shows. */
  long heapStart = NO_BREAK;

  int users = 1;

  /** Whether it is older than the trace, so that CPUs may have used it before. */
  boolean cpusUnsettled;

  /**
   * Events of this address space are missing, or it is older than the trace: see {@link Doubts}.
   */
  boolean unsure;

  /** Nothing in the trace made it: it may be the same memory as that of another process. */
  boolean foreign;

  /** Memory that was inaccessible ever since it was mapped. */
  final RangeSet untouched = new RangeSet();

  /** Memory that was not writable ever since it was mapped. */
  final RangeSet unwritten = new RangeSet();

  /** Pages whose next write userfaultfd is to announce. */
  final RangeSet uffdProtected = new RangeSet();

  /** Absent ones among them in whose place an entry says so (PTE_MARKER_UFFD_WP). */
  final RangeSet uffdMarked = new RangeSet();

  /** Chunks that may have a PTE page although the model has none. */
  final RangeSet unseenTables = new RangeSet();

  AddressSpace(int id, int pid, int backends) {
    this.id = id;
    this.pid = pid;
    this.tables = new PageTables(backends);
  }

  /** Returns the number of this address space within the machine, from 0. */
  public int id() {
    return id;
  }

  /** Returns the process that it was made for. */
  public int pid() {
    return pid;
  }

  /** Returns whether any process still uses it. */
  public boolean isUsed() {
    return users > 0;
  }

  /** Returns how many VMAs there are. */
  public int vmaCount() {
    return vmas.size();
  }

  /** Returns the VMA that contains an address, or null. */
  public @Nullable Vma vmaOf(long address) {
    return vmas.containing(address);
  }

  /** Returns the VMA at an index in address order. */
  public Vma vma(int index) {
    return vmas.get(index);
  }

  /**
   * Returns whether events of it are missing, or it is older than the trace: then its VMAs may be
   * others than the model's.
   */
  public boolean isUnsure() {
    return unsure;
  }

  /** Returns whether nothing in the trace made it, so that it may be that of another process. */
  public boolean isForeign() {
    return foreign;
  }

  /** Returns how many CPUs other than the given one may hold translations (mm_cpumask). */
  int otherCpus(int cpu) {
    return cpus.cardinality() - (cpus.get(cpu) ? 1 : 0);
  }
}
