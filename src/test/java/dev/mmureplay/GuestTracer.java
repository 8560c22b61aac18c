package dev.mmureplay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Writes what the tracer of a Linux 6.1 guest under Xen 4.17 prints while one process calls
 * mprotect: the kernel's rules a second time, with sets of pages and nothing else of the model.
 * What happens while it does not record is not printed, as in {@code micro.c}.
 */
final class GuestTracer {
  static final long PAGE = 4096;

  /** How the kernel rewrites a PTE: as it was released, or patched in one of four ways. */
  enum Kernel {
    STOCK,
    SINGLE_ENTRIES,
    UNBATCHED,
    GENERIC,
    TWO_TRAPS
  }

  private static final int LIMIT = 31;
  private static final int CEILING = 33;
  private static final long PRESENT = 1;
  private static final long RW = 2;
  private static final long DIRTY = 0x40;
  private static final long GLOBAL = 0x100;
  private static final long KEPT = 0xa60;
  private static final long NX = 1L << 63;
  private static final long FRAMES = ((1L << 52) - 1) & -PAGE;
  private static final int CHUNK_PAGES = 512;

  private final Kernel kernel;
  private final StringBuilder text = new StringBuilder("# tracer: nop\n");
  private final TreeMap<Long, Integer> protections = new TreeMap<>();
  private final TreeMap<Long, Long> ptes = new TreeMap<>();
  private final Set<Long> exclusive = new HashSet<>();
  private final Map<Long, Long> tables = new TreeMap<>();
  private final Deque<Long> freeTables = new ArrayDeque<>();
  private boolean recording = true;
  private long nextTable = 0xae80;
  private long nextFrame = 0x4000;
  private long time;
  private int pending;

  private int cpu;

  /** How many other vCPUs have the process loaded. */
  private int others;

  /** Whether this vCPU has not noted what Xen flushed for it and others. */
  private boolean behind;

  GuestTracer(Kernel kernel) {
    this.kernel = kernel;
  }

  void record(boolean on) {
    recording = on;
  }

  void map(long start, long pages, int protection) {
    for (long page = start / PAGE; page < start / PAGE + pages; page++) {
      protections.put(page, protection);
    }
  }

  void unmap(long start, long pages) {
    dontNeed(start, pages);
    protections.subMap(start / PAGE, start / PAGE + pages).clear();
    tables
        .entrySet()
        .removeIf(
            table -> {
              long first = table.getKey() * CHUNK_PAGES;
              boolean gone = protections.subMap(first, first + CHUNK_PAGES).isEmpty();
              if (gone) {
                freeTables.push(table.getValue());
              }
              return gone;
            });
  }

  void dontNeed(long start, long pages) {
    ptes.subMap(start / PAGE, start / PAGE + pages).clear();
  }

  /** Writes to pages, {@code stride} apart. */
  void write(long start, long pages, int stride) {
    for (long page = start / PAGE; page < start / PAGE + pages; page += stride) {
      touch(page, true);
    }
  }

  /** Reads pages for the first time: they are the zero page. */
  void read(long start, long pages) {
    for (long page = start / PAGE; page < start / PAGE + pages; page++) {
      touch(page, false);
    }
  }

  private void touch(long page, boolean write) {
    Long old = ptes.get(page);
    if (old != null && (!write || (old & RW) != 0)) {
      return;
    }
    line(String.format("page_fault_user: address=0x%x ip=0x4019f0 error_code=0x6", page * PAGE));
    if (!tables.containsKey(page / CHUNK_PAGES)) {
      long table = freeTables.isEmpty() ? nextTable++ : freeTables.pop();
      tables.put(page / CHUNK_PAGES, table);
      line(
          String.format(
              "xen_mmu_alloc_ptpage: mm ffff888004c58900  pfn %x  level 4  pinned", table));
    }
    boolean shared = old != null && !exclusive.contains(page);
    if (shared) {
      line(String.format("xen_mmu_flush_tlb_one_user: addr %x", page * PAGE));
      flushHypercall();
    }
    long nx = (protections.get(page) & 4) == 0 ? NX : 0;
    long frame = (old == null || shared ? nextFrame++ : (old & FRAMES) / PAGE) * PAGE;
    long pte = write ? nx | frame | 0x867 : nx | 0x3310000L | 0x225;
    if (write) {
      exclusive.add(page);
    }
    ptes.put(page, pte);
    line(String.format("xen_mmu_set_pte: ptep %x pteval %s", entry(page), word(pte)));
  }

  /** A child is forked: written pages are shared with it from now on. */
  void fork(long start, long pages) {
    for (long page = start / PAGE; page < start / PAGE + pages; page++) {
      ptes.computeIfPresent(page, (key, pte) -> pte & ~RW);
      exclusive.remove(page);
    }
  }

  /** The program calls mprotect. */
  void mprotect(long start, long pages, int protection) {
    line(
        String.format(
            "sys_mprotect(start: %x, len: %x, prot: %x)", start, pages * PAGE, protection));
    long first = Long.MAX_VALUE;
    long last = -1;
    long result = 0;
    Integer before = null;
    long chunk = -1;
    for (long page = start / PAGE; page < start / PAGE + pages && result == 0; page++) {
      Integer current = protections.get(page);
      if (chunk != page / CHUNK_PAGES || !java.util.Objects.equals(before, current)) {
        leaveLazyMode();
      }
      chunk = page / CHUNK_PAGES;
      before = current;
      if (current == null) {
        result = -12;
      } else if (current != protection) {
        protections.put(page, protection);
        Long old = ptes.get(page);
        if (old != null) {
          update(page, old, protection);
          first = (old & PRESENT) == 0 ? first : Math.min(first, page);
          last = (old & PRESENT) == 0 ? last : page;
        }
      }
    }
    leaveLazyMode();
    flush(first, last);
    line("sys_mprotect -> 0x" + Long.toHexString(result));
  }

  private void update(long page, long old, int protection) {
    long frame = old & FRAMES;
    frame = (old & PRESENT) == 0 ? ~frame & FRAMES : frame;
    long kept = old & KEPT;
    long changed;
    if (protection == 0) {
      changed = (~frame & FRAMES) | kept | GLOBAL;
    } else {
      changed = frame | kept | PRESENT | 4 | ((protection & 4) == 0 ? NX : 0);
      boolean upgrade = (protection & 2) != 0 && (old & DIRTY) != 0 && exclusive.contains(page);
      changed |= upgrade ? RW : 0;
    }
    ptes.put(page, changed);
    switch (kernel) {
      case TWO_TRAPS -> {
        // Neither the trapped xchg nor the trapped store is traced.
      }
      case GENERIC -> {
        line(String.format("xen_mmu_set_pte: ptep %x pteval %s", entry(page), word(changed)));
        queue();
      }
      default -> {
        // Xen has set the global bit of what is present.
        long shown = (old & PRESENT) == 0 ? old : old | GLOBAL;
        modify("start", page, shown);
        modify("commit", page, changed);
        queue();
      }
    }
  }

  private void modify(String half, long page, long pte) {
    line(
        String.format(
            "xen_mmu_ptep_modify_prot_%s: mm ffff888004c58900 addr %x ptep %x pteval %s",
            half, page * PAGE, entry(page), word(pte)));
  }

  private void queue() {
    line("xen_mc_batch: start batch LAZY_");
    boolean extended = kernel != Kernel.SINGLE_ENTRIES && pending > 0 && pending < LIMIT;
    if (kernel != Kernel.SINGLE_ENTRIES) {
      String result = extended ? "OK" : pending == 0 ? "BAD_OP" : "NO_SPACE";
      line("xen_mc_extend_args: extending op 1 by 16 bytes res " + result);
    }
    if (!extended) {
      line("xen_mc_entry_alloc: alloc entry 16 arg bytes");
      if (pending == LIMIT) {
        line("xen_mc_flush_reason: flush reason ");
        send();
      }
      line("xen_mc_entry: op 1 args [ffff88803d41ead0, 1, 0, 7ff0, 0, 0]");
    }
    pending++;
    line("xen_mc_issue: start batch LAZY_");
    if (kernel == Kernel.UNBATCHED) {
      send();
    }
  }

  private void leaveLazyMode() {
    if (pending > 0) {
      send();
    }
  }

  private void send() {
    line(
        String.format(
            "xen_mc_flush: flushing %d hypercalls, %d arg bytes, 0 callbacks",
            kernel == Kernel.SINGLE_ENTRIES ? pending : 1, pending * 16));
    pending = 0;
  }

  /** The process sleeps; nothing else runs on its vCPU meanwhile. */
  void sleep() {
    taskSwitch(cpu, "micro", 128, "swapper", 0);
    taskSwitch(cpu, "swapper", 0, "micro", 128);
    behind = false;
  }

  /** The process goes on on another vCPU; the one where it was idles from now on. */
  void moveTo(int next) {
    taskSwitch(cpu, "micro", 128, "migration", 17);
    taskSwitch(cpu, "migration", 17, "swapper", 0);
    taskSwitch(next, "swapper", 0, "micro", 128);
    cpu = next;
    others = 1;
    behind = false;
  }

  /** The vCPU flushes everything for itself, as a munmap makes it do. */
  void flushOutsideOfCalls() {
    flush(0, CEILING);
  }

  /** Another program runs on a vCPU that has had the process loaded. */
  void otherProgramOn(int where) {
    taskSwitch(where, "swapper", 0, "sh", 99);
    line("sh-99", where, "xen_mmu_write_cr3: ");
    others = 0;
  }

  private void taskSwitch(int where, String from, int fromTid, String to, int toTid) {
    line(
        from + "-" + fromTid,
        where,
        String.format(
            "sched_switch: prev_comm=%s prev_pid=%d prev_prio=120 prev_state=S"
                + " ==> next_comm=%s next_pid=%d next_prio=120",
            from, fromTid, to, toTid));
  }

  private void flush(long first, long last) {
    long pages = last - first + 1;
    if (last < 0) {
      return;
    }
    if (others > 0) {
      line(
          String.format(
              "xen_mmu_flush_tlb_multi: ncpus %d mm ffff888004c58900 addr %x, end %x",
              others + 1,
              pages > CEILING ? 0 : first * PAGE,
              pages > CEILING ? -1 : (last + 1) * PAGE));
      flushHypercall();
      behind = true;
    } else if (pages > CEILING || behind) {
      flushHypercall();
      line("tlb_flush: pages:-1 reason: (3)");
      behind = false;
    } else {
      for (long page = first; page <= last; page++) {
        line(String.format("xen_mmu_flush_tlb_one_user: addr %x", page * PAGE));
        flushHypercall();
      }
      line(String.format("tlb_flush: pages:%d reason: (3)", pages));
    }
  }

  private void flushHypercall() {
    line("xen_mc_batch: start batch LAZY_");
    line("xen_mc_entry_alloc: alloc entry 24 arg bytes");
    line("xen_mc_entry: op 26 args [ffff88803d41ead0, 1, 0, 7ff0, 0, 0]");
    line("xen_mc_issue: start batch LAZY_");
    line("xen_mc_flush: flushing 1 hypercalls, 24 arg bytes, 0 callbacks");
  }

  private long entry(long page) {
    long table = tables.get(page / CHUNK_PAGES);
    return 0xffff_8880_0000_0000L + table * PAGE + (page % CHUNK_PAGES) * 8;
  }

  private static String word(long pte) {
    return String.format("%016x (raw %016x)", pte, pte);
  }

  /** Adds one line of the process. */
  void line(String event) {
    line("micro-128", cpu, event);
  }

  private void line(String task, int where, String event) {
    if (recording) {
      time += 5;
      text.append(
          String.format(
              Locale.ROOT,
              "%20s     [%03d] ...1.    %d.%06d: %s%n",
              task,
              where,
              20 + time / 1_000_000,
              time % 1_000_000,
              event));
    }
  }

  /** Writes the log. */
  Path writeTo(Path folder) throws IOException {
    return Files.writeString(folder.resolve(kernel + ".ftrace.txt"), text);
  }
}
