package dev.mmureplay.replay.verify;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.Pte;
import java.util.Locale;

/** Compares what the model did in a call with what the recording shows. */
final class Comparison {
  static final String HYPERCALLS = "update hypercalls";
  static final String MULTICALLS = "multicalls";

  /**
   * The bits of a PTE that the model has an opinion on. Others, such as soft-dirty and the caching
   * attributes, are the kernel's business with other system calls.
   */
  private static final long COMPARED =
      Pte.PRESENT | Pte.RW | Pte.USER | Pte.ACCESSED_DIRTY | Pte.GLOBAL | Pte.SPECIAL | Pte.NX;

  private static final String PTE = EventKind.OBSERVED_PTE.name().toLowerCase(Locale.ROOT);
  private static final String SET = EventKind.SET_PTE.name().toLowerCase(Locale.ROOT);
  private static final String XEN = EventKind.OBSERVED_XEN.name().toLowerCase(Locale.ROOT);

  private final long protNone;

  Comparison(GuestKernel kernel) {
    protNone = kernel.protNone();
  }

  /**
   * Compares one call.
   *
   * @param updatesShown whether the recording shows which PTEs were rewritten
   */
  void compare(Work model, XenReading reading, boolean updatesShown, CallCheck check) {
    Work found = reading.work;
    long line = check.call().line;
    boolean samePages = true;
    if (updatesShown) {
      samePages = pages(model, reading, check);
    }
    if (updatesShown && samePages) {
      words("old PTE", model.olds, found.olds, reading, check);
      words("new PTE", model.news, found.news, reading, check);
      frames(reading, check);
    }
    list(HYPERCALLS, model.hypercalls, found.hypercalls, reading.hypercallLines, check);
    list(MULTICALLS, model.multicalls, found.multicalls, reading.multicallLines, check);
    boolean sameFlushes = model.flushes.sameAs(found.flushes);
    long flushLine = reading.flushLines.isEmpty() ? line : reading.flushLines.get(0);
    check.add(
        new CallCheck.Attribute(
            "flushes",
            XEN,
            sameFlushes ? line : flushLine,
            -1,
            model.flushes.text(),
            found.flushes.text(),
            sameFlushes));
    boolean sameHypercalls = model.flushes.hypercalls == found.flushes.hypercalls;
    check.add(
        new CallCheck.Attribute(
            "flush hypercalls",
            XEN,
            sameHypercalls ? line : flushLine,
            -1,
            Long.toString(model.flushes.hypercalls),
            Long.toString(found.flushes.hypercalls),
            sameHypercalls));
    check.pages = found.pages.size();
  }

  private static boolean pages(Work model, XenReading reading, CallCheck check) {
    Longs expected = model.pages;
    Longs found = reading.work.pages;
    int at = 0;
    while (at < Math.min(expected.size(), found.size()) && expected.get(at) == found.get(at)) {
      at++;
    }
    boolean same = at == expected.size() && at == found.size();
    long line = same || at == found.size() ? check.call().line : reading.pageLines.get(at);
    long address = same ? -1 : at < expected.size() ? expected.get(at) : found.get(at);
    check.add(
        new CallCheck.Attribute(
            "rewritten PTEs",
            reading.work.olds.isEmpty() || reading.work.olds.get(0) != 0 ? PTE : SET,
            line,
            address,
            pagesText(expected, at, same),
            pagesText(found, at, same),
            same));
    return same;
  }

  private static String pagesText(Longs pages, int at, boolean same) {
    String count = pages.size() + (pages.size() == 1 ? " page" : " pages");
    if (same) {
      return count;
    }
    return at < pages.size()
        ? count + ", number " + (at + 1) + " at " + hex(pages.get(at))
        : count + " and no more";
  }

  private void words(
      String name, Longs expected, Longs found, XenReading reading, CallCheck check) {
    int compared = 0;
    for (int i = 0; i < found.size(); i++) {
      if (found.get(i) == 0) {
        continue;
      }
      compared++;
      if (((expected.get(i) ^ found.get(i)) & mask(found.get(i))) != 0) {
        check.add(
            new CallCheck.Attribute(
                name,
                PTE,
                reading.pageLines.get(i),
                reading.work.pages.get(i),
                PteText.of(expected.get(i), protNone),
                PteText.of(found.get(i), protNone),
                false));
        return;
      }
    }
    if (compared > 0) {
      String text = compared + (compared == 1 ? " word" : " words");
      check.add(new CallCheck.Attribute(name, PTE, check.call().line, -1, text, text, true));
    }
  }

  private long mask(long word) {
    return Pte.isPresent(word) ? COMPARED : COMPARED | protNone;
  }

  /** A protection change leaves the frame as it is. */
  private void frames(XenReading reading, CallCheck check) {
    Longs olds = reading.work.olds;
    Longs news = reading.work.news;
    for (int i = 0; i < olds.size(); i++) {
      if (olds.get(i) != 0 && frame(olds.get(i)) != frame(news.get(i))) {
        check.add(
            new CallCheck.Attribute(
                "frame",
                PTE,
                reading.pageLines.get(i),
                reading.work.pages.get(i),
                hex(frame(olds.get(i))),
                hex(frame(news.get(i))),
                false));
        return;
      }
    }
  }

  /** Returns the frame, which Linux inverts in an entry that is not present (L1TF). */
  private static long frame(long word) {
    long frame = Pte.isPresent(word) ? word : ~word;
    return (frame & Pte.FRAME) >>> Pte.FRAME_SHIFT;
  }

  private static void list(String name, Longs expected, Longs found, Longs lines, CallCheck check) {
    boolean same = expected.sameAs(found);
    int at = 0;
    while (!same
        && at < lines.size() - 1
        && at < expected.size()
        && expected.get(at) == found.get(at)) {
      at++;
    }
    long line = same || lines.isEmpty() ? check.call().line : lines.get(at);
    check.add(new CallCheck.Attribute(name, XEN, line, -1, expected.runs(), found.runs(), same));
  }

  private static String hex(long value) {
    return "0x" + Long.toHexString(value);
  }
}
