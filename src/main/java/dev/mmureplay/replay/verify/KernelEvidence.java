package dev.mmureplay.replay.verify;

import dev.mmureplay.event.EventBatch;
import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventSchema;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.Pte;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What in a recording tells which guest kernel made it: PTEs that are dirty and read-only, which
 * say so with D up to 6.5 and with SAVED_DIRTY since, and batches that end at the limit.
 */
final class KernelEvidence {
  private static final int OLD_LIMIT = 32;

  private long savedDirtyLine = EventSchema.UNKNOWN;
  private long dirtyLine = EventSchema.UNKNOWN;
  private long endedAt31;
  private long endedAt32;

  /** Looks at any row. */
  void look(EventBatch batch, int row, EventKind kind) {
    if (kind != EventKind.OBSERVED_PTE && kind != EventKind.SET_PTE) {
      return;
    }
    long word = batch.result(row);
    if (word == EventSchema.UNKNOWN || Pte.isWritable(word)) {
      return;
    }
    if ((word & Pte.SAVED_DIRTY) != 0) {
      savedDirtyLine = savedDirtyLine == EventSchema.UNKNOWN ? batch.line(row) : savedDirtyLine;
    } else if (Pte.isPresent(word) && (word & Pte.DIRTY) != 0) {
      dirtyLine = dirtyLine == EventSchema.UNKNOWN ? batch.line(row) : dirtyLine;
    }
  }

  /** A batch was sent though its PTE page had more. */
  void batchEnded(long requests) {
    endedAt31 += requests == OLD_LIMIT - 1 ? 1 : 0;
    endedAt32 += requests == OLD_LIMIT ? 1 : 0;
  }

  /**
   * Returns which kernel it was and how that is known.
   *
   * @param release what the recording itself says, or null
   */
  Deduction<GuestKernel> kernel(boolean xen, @Nullable KernelRelease release) {
    if (release != null) {
      return new Deduction<>(of(release), "the recording names release " + release.text());
    }
    if (savedDirtyLine != EventSchema.UNKNOWN) {
      return new Deduction<>(
          GuestKernel.LINUX_6_18, "SAVED_DIRTY in a read-only PTE, line " + savedDirtyLine);
    }
    if (endedAt32 > 0 && endedAt31 == 0) {
      return new Deduction<>(GuestKernel.LINUX_2_6_27, batches(endedAt32, OLD_LIMIT));
    }
    if (dirtyLine != EventSchema.UNKNOWN) {
      return new Deduction<>(GuestKernel.LINUX_6_1, "D in a read-only PTE, line " + dirtyLine);
    }
    if (endedAt31 > 0) {
      return new Deduction<>(GuestKernel.LINUX_6_1, batches(endedAt31, OLD_LIMIT - 1));
    }
    return new Deduction<>(xen ? GuestKernel.LINUX_6_1 : GuestKernel.LINUX_6_18, "assumed");
  }

  private static String batches(long n, int limit) {
    return String.format(
        Locale.ROOT, "%,d %s cut at %d requests", n, n == 1 ? "batch" : "batches", limit);
  }

  /** Argument areas hold one byte less since 3.1; dirty PTEs are saved since 6.6. */
  private static GuestKernel of(KernelRelease release) {
    if (!release.isAtLeast(3, 1)) {
      return GuestKernel.LINUX_2_6_27;
    }
    return release.isAtLeast(6, 6) ? GuestKernel.LINUX_6_18 : GuestKernel.LINUX_6_1;
  }
}
