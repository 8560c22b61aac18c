package dev.mmureplay.replay.verify;

/** What one mprotect call did to PTEs and TLBs, as the model has it or as the trace shows it. */
final class Work {
  /** Pages whose PTEs were rewritten, in order. */
  final Longs pages = new Longs();

  /** The PTE of each of them before, 0 where that is not shown. */
  final Longs olds = new Longs();

  /** The PTE that the kernel gave each of them. */
  final Longs news = new Longs();

  /** Requests in each direct mmu_update hypercall, in order. */
  final Longs hypercalls = new Longs();

  /** Entries in each multicall hypercall, in order. */
  final Longs multicalls = new Longs();

  /** Flushes in order. */
  final Flushes flushes = new Flushes();

  void clear() {
    pages.clear();
    olds.clear();
    news.clear();
    hypercalls.clear();
    multicalls.clear();
    flushes.clear();
  }

  /** Returns a copy, which stays as it is. */
  Work copy() {
    Work copy = new Work();
    copy.pages.addAll(pages);
    copy.olds.addAll(olds);
    copy.news.addAll(news);
    copy.hypercalls.addAll(hypercalls);
    copy.multicalls.addAll(multicalls);
    copy.flushes.starts.addAll(flushes.starts);
    copy.flushes.lengths.addAll(flushes.lengths);
    copy.flushes.others.addAll(flushes.others);
    copy.flushes.hypercalls = flushes.hypercalls;
    return copy;
  }

  /** Requests to flush, each with what it flushes and where. */
  static final class Flushes {
    /** In {@link #starts}: everything. */
    static final long ALL = -1;

    /** First page, or {@link #ALL}. */
    final Longs starts = new Longs();

    /** Pages, or 0 for everything. */
    final Longs lengths = new Longs();

    /** How many CPUs besides the caller's. */
    final Longs others = new Longs();

    /** Hypercalls made for them all. */
    long hypercalls;

    int size() {
      return starts.size();
    }

    /** Forgets all but the first {@code n}. */
    void truncate(int n) {
      starts.truncate(n);
      lengths.truncate(n);
      others.truncate(n);
    }

    void add(long start, long pages, long otherCpus) {
      starts.add(start);
      lengths.add(pages);
      others.add(otherCpus);
    }

    void clear() {
      starts.clear();
      lengths.clear();
      others.clear();
      hypercalls = 0;
    }

    boolean sameAs(Flushes other) {
      return starts.sameAs(other.starts)
          && lengths.sameAs(other.lengths)
          && others.sameAs(other.others);
    }

    /** Returns one line of text. */
    String text() {
      if (size() == 0) {
        return "none";
      }
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < size(); ) {
        int end = i + 1;
        while (end < size() && follows(end)) {
          end++;
        }
        text.append(i == 0 ? "" : ", ");
        if (starts.get(i) == ALL) {
          text.append("everything");
        } else if (end - i > 1) {
          text.append(end - i).append(" pages one by one from ").append(hex(starts.get(i)));
        } else {
          text.append(lengths.get(i)).append(lengths.get(i) == 1 ? " page at " : " pages at ");
          text.append(hex(starts.get(i)));
        }
        text.append(others.get(i) == 0 ? " on this CPU" : " on " + (others.get(i) + 1) + " CPUs");
        i = end;
      }
      return text.toString();
    }

    private boolean follows(int i) {
      return lengths.get(i) == 1
          && lengths.get(i - 1) == 1
          && others.get(i) == 0
          && others.get(i - 1) == 0
          && starts.get(i) == starts.get(i - 1) + dev.mmureplay.machine.Machine.PAGE_SIZE;
    }

    private static String hex(long address) {
      return "0x" + Long.toHexString(address);
    }
  }
}
