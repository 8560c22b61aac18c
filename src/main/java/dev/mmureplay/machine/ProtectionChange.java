package dev.mmureplay.machine;

import org.jspecify.annotations.Nullable;

/**
 * What one mprotect call did, the same under every backend. One object, refilled for every call.
 */
public final class ProtectionChange {
  final ChangedPieces pieces = new ChangedPieces();
  long result;
  long presentPtes;
  long updatedPtes;
  long vmaPieces;
  long ptePages;
  long slotsScanned;
  long flushPages;
  long largestChunk;
  boolean assumed;
  boolean unseen;
  @Nullable UpdateLog updates;

  void reset() {
    pieces.reset();
    result = 0;
    presentPtes = 0;
    updatedPtes = 0;
    vmaPieces = 0;
    ptePages = 0;
    slotsScanned = 0;
    flushPages = 0;
    largestChunk = 0;
    assumed = false;
    unseen = false;
    UpdateLog log = updates;
    if (log != null) {
      log.clear();
    }
  }

  /** Sets what the next call lists the PTEs in that it updates, or null for nothing. */
  public void log(@Nullable UpdateLog log) {
    updates = log;
  }

  /** Returns 0 or -errno. */
  public long result() {
    return result;
  }

  /** Returns the VMA pieces whose flags changed; refilled by the next call. */
  public ChangedPieces pieces() {
    return pieces;
  }

  /** Returns the resident PTEs (P or PROT_NONE) in the range before the call. */
  public long presentPtes() {
    return presentPtes;
  }

  /** Returns the PTEs that were started and committed. */
  public long updatedPtes() {
    return updatedPtes;
  }

  /** Returns the VMA pieces whose flags changed. */
  public long vmaPieces() {
    return vmaPieces;
  }

  /** Returns the PTE pages walked. */
  public long ptePages() {
    return ptePages;
  }

  /** Returns the slots looked at in them. */
  public long slotsScanned() {
    return slotsScanned;
  }

  /** Returns the pages in the hull that native Linux would flush; 0 if none. */
  public long flushPages() {
    return flushPages;
  }

  /** Returns the most PTEs that one lazy-MMU region updated. */
  public long largestChunk() {
    return largestChunk;
  }

  /**
   * Returns whether the call touched a mapping that was deduced, or its failure had to be guessed
   * at.
   */
  public boolean assumed() {
    return assumed;
  }

  /**
   * Returns whether what was counted rests on there having been no accesses but those that the
   * trace shows: where the kernel may have populated or written a page unseen, or residency was
   * assumed.
   */
  public boolean unseen() {
    return unseen;
  }
}
