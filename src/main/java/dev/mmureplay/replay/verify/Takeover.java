package dev.mmureplay.replay.verify;

import dev.mmureplay.event.EventBatch;
import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.XenEvent;
import dev.mmureplay.machine.AddressSpace;
import dev.mmureplay.machine.Machine;
import dev.mmureplay.machine.Seeds;
import dev.mmureplay.mmu.Pte;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.WeakHashMap;

/**
 * Takes over, before a call is replayed, what was there before the recording began or came while it
 * paused, as far as the call itself shows it. Where the recording shows how a mapping came to be,
 * nothing is taken over but the bits that hardware sets.
 */
final class Takeover {
  private final Evidence evidence;
  private final Seeds seeds;
  private final SeenWords seen = new SeenWords();

  /** The pages of each address space whose place was assumed at some time. */
  private final Map<AddressSpace, NavigableSet<Long>> assumed = new WeakHashMap<>();

  /** Where, in the range of the last call, two older mappings meet. */
  private final Longs olderBorders = new Longs();

  /** How many pages were taken over in the last call. */
  long pages;

  /** Whether the CPUs that have the address space loaded were taken over in the last call. */
  boolean cpus;

  /** Whether the last call reaches into a mapping that is older than the recording. */
  boolean older;

  Takeover(Evidence evidence, Seeds seeds) {
    this.evidence = evidence;
    this.seeds = seeds;
    seeds.cpus().tellFlushes();
  }

  /** The kernel set a PTE outside of any call that is compared. */
  void set(AddressSpace space, long address, long word) {
    seen.saw(space, address, word);
  }

  /** A CPU flushed translations outside of any call that is compared. */
  void flushed(EventBatch batch, int row, EventKind kind, AddressSpace space) {
    boolean local =
        kind == EventKind.OBSERVED_TLB_FLUSH && batch.flags(row) == FlushWitness.LOCAL_MM_SHOOTDOWN;
    boolean several = false;
    if (kind == EventKind.OBSERVED_XEN) {
      XenEvent event = XenEvent.ofFlags(batch.flags(row));
      several = event == XenEvent.FLUSH_TLB_MULTI;
      local = event == XenEvent.FLUSH_TLB_ONE_USER || event == XenEvent.FLUSH_TLB;
    }
    if (local || several) {
      seeds.cpus().flushed(space, batch.cpu(row), several);
    }
  }

  /** Takes over what one call shows, of which nothing is known yet. */
  void nothing() {
    pages = 0;
    cpus = false;
    older = false;
  }

  /** Takes over what one call shows. */
  void from(EventBatch batch, int row, AddressSpace space, XenReading reading) {
    nothing();
    Work found = reading.work;
    int n = found.pages.size();
    boolean succeeded = batch.result(row) == 0;
    long start = batch.address(row);
    long length = (batch.length(row) + Machine.PAGE_SIZE - 1) & -Machine.PAGE_SIZE;
    older = seeds.reachesOlder(space, start, start + length, succeeded);
    // Where not even the updates are shown, a call that failed may have got as far as anywhere.
    older |= !succeeded && !evidence.updatesShown() && space.isUnsure();
    if (evidence.updatesShown() && (succeeded || n > 0)) {
      // A call that failed got as far as it rewrote.
      long end = succeeded ? start + length : found.pages.get(n - 1) + Machine.PAGE_SIZE;
      if (!succeeded && space.isUnsure()) {
        seeds.bridge(space, start, end);
      }
      mappings(space, start, end, batch.protection(row), found);
    }
    for (int i = 0; i < n; i++) {
      long page = found.pages.get(i);
      page(space, page, found.olds.get(i), found.news.get(i), found.flushes);
      if (found.olds.get(i) != 0) {
        seeds.learnNotify(space, page, found.news.get(i));
      }
      seen.saw(space, page, found.news.get(i));
    }
    olderBorders.clear();
    seeds.olderBorders(space, start, start + length, olderBorders::add);
    for (int i = 0; i < reading.assumedPages.size(); i++) {
      assumed.computeIfAbsent(space, key -> new TreeSet<>()).add(reading.assumedPages.get(i));
    }
    if (found.flushes.size() > 0) {
      int others = (int) found.flushes.others.get(0);
      cpus = seeds.cpus().otherCpus(space, others);
      if (others == 0) {
        seeds
            .cpus()
            .generation(
                space,
                found.flushes.starts.get(0) == Work.Flushes.ALL,
                evidence.shows(EventKind.OBSERVED_TLB_FLUSH));
      }
    }
  }

  /** Returns whether two pages of the last call were in different older mappings. */
  boolean hasBorder(long page, long next) {
    for (int i = 0; i < olderBorders.size(); i++) {
      long border = olderBorders.get(i);
      if (page < border && border <= next) {
        return true;
      }
    }
    return false;
  }

  private void mappings(AddressSpace space, long start, long end, int protection, Work found) {
    Longs pages = found.pages;
    if (evidence.pauses()) {
      seeds.guessAgain(space, start, end);
    }
    if (evidence.shows(EventKind.SET_PTE)) {
      // A fault behind which no PTE was set made nothing resident: it ended in a signal.
      seeds.dropOlder(space, start, end, page -> seen.of(space, page) == 0);
    }
    seeds.mappings(space, start, end, protection, pages.values, found.olds.values, pages.size());
  }

  private void page(AddressSpace space, long page, long shown, long changed, Work.Flushes flushes) {
    long known = seeds.pte(space, page);
    long old = shown == 0 ? before(page, changed, flushes) : shown;
    if (seeds.isOlder(space, page) && isOpen(space, page, known, shown)) {
      if (shown == 0) {
        seeds.unsettledPage(space, page, old);
      } else {
        seeds.page(space, page, old);
      }
      pages++;
    } else if (known != 0) {
      long settable = Pte.isPresent(known) ? Pte.ACCESSED : 0;
      settable |= Pte.isPresent(known) && Pte.isWritable(known) ? Pte.DIRTY : 0;
      // A protection change keeps both bits.
      long set = (shown == 0 ? changed : shown) & ~known & settable;
      if (set != 0) {
        seeds.hardwareBits(space, page, set);
      }
    }
    if (shown == 0 || !Pte.isPresent(old) || !Pte.isWritable(old)) {
      // Only a change to writable tells; any other leaves the question open.
      if (Pte.isPresent(changed) && Pte.isWritable(changed)) {
        seeds.exclusive(space, page, true);
      }
    }
  }

  /**
   * Returns whether what the model has of a page in an older mapping is no more than a guess: the
   * recording has shown no PTE of it yet, or pauses at times and shows another one now.
   */
  private boolean isOpen(AddressSpace space, long page, long known, long shown) {
    boolean never = seen.of(space, page) == 0;
    if (known == 0 || shown == 0) {
      return known == 0 || never;
    }
    return (never || evidence.pauses()) && !SeenWords.permitTheSame(known, shown);
  }

  /**
   * Returns what a page that was never seen before held before the call, where the recording shows
   * only what it was given: it was present if the flush reaches it.
   */
  private static long before(long page, long changed, Work.Flushes flushes) {
    boolean reached = false;
    for (int i = 0; i < flushes.size(); i++) {
      long start = flushes.starts.get(i);
      long end = start + (flushes.lengths.get(i) << Machine.PAGE_SHIFT);
      reached |= start == Work.Flushes.ALL || (page >= start && page < end);
    }
    long kept = changed & (Pte.ACCESSED_DIRTY | Pte.SPECIAL);
    if (!reached) {
      return kept;
    }
    long flags = Pte.PRESENT | Pte.USER | Pte.NX;
    return kept | flags | (Pte.isDirty(changed) ? Pte.RW : 0);
  }

  /**
   * Returns whether a range has pages that may be elsewhere, or should have some that are assumed
   * to be.
   */
  boolean hasAssumedPlaces(AddressSpace space, long start, long length) {
    NavigableSet<Long> places = assumed.get(space);
    Long next = places == null ? null : places.ceiling(start);
    return next != null && next < start + length;
  }

  /** Returns whether a mapping may end in front of a page without anything showing it. */
  boolean mayBorder(AddressSpace space, long page, long next) {
    return seeds.isOlder(space, page) && seeds.isOlder(space, next);
  }
}
