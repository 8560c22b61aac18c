package dev.mmureplay.replay;

import dev.mmureplay.machine.ChangedPieces;

/**
 * One mprotect or pkey_mprotect call: what is true of it under every backend. One object, refilled
 * for every call. Unknown values are {@link dev.mmureplay.event.EventSchema#UNKNOWN}.
 */
public final class CallFacts {
  /** The VMA pieces whose flags changed, as the model has it; refilled with every call. */
  public final ChangedPieces pieces;

  /** Number of the call within the trace, from 0. */
  public long call;

  /** Position of the event in the event file. */
  public long seq;

  /** Line of the source, or unknown. */
  public long line;

  /** ns since the trace began, or unknown. */
  public long time;

  /** Recorded duration in ns, or unknown. */
  public long duration;

  public int pid;
  public int tid;

  /** Start address as passed. */
  public long address;

  /** Length in bytes as passed. */
  public long length;

  /** Protection as passed. */
  public int protection;

  /** 0 or -errno as recorded, or unknown. */
  public long recordedResult;

  /** 0 or -errno as the model has it. */
  public long modelResult;

  /** Pages from start to end of the range. */
  public long pages;

  /** Present PTEs (P or PROT_NONE) in the range before the call. */
  public long presentPtes;

  /** PTEs started and committed. */
  public long updatedPtes;

  /** VMA pieces whose flags changed. */
  public long vmaPieces;

  /** PTE pages walked: 2 MiB chunks of those pieces that have a PTE page. */
  public long ptePages;

  /** Slots looked at in those PTE pages. */
  public long slotsScanned;

  /** Pages in the hull of the TLB flush as native Linux computes it; 0 if no flush is needed. */
  public long flushPages;

  /** VMAs in the address space after the call. */
  public long vmas;

  /**
   * Whether the call touched a mapping that the trace does not show, or its failure was guessed at.
   */
  public boolean deduced;

  /**
   * Whether the process had another thread, whose accesses may have come between the beginning and
   * the end of an update.
   */
  public boolean threaded;

  /** How far the capture carries what is counted for this call. */
  public Certainty certainty = Certainty.UNKNOWN;

  /** Makes the facts of calls whose pieces are kept in the given place. */
  public CallFacts(ChangedPieces pieces) {
    this.pieces = pieces;
  }

  /** Returns a copy, for whoever needs it when this is the next call. */
  public CallFacts copy() {
    CallFacts copy = new CallFacts(pieces.copy());
    copy.call = call;
    copy.seq = seq;
    copy.line = line;
    copy.time = time;
    copy.duration = duration;
    copy.pid = pid;
    copy.tid = tid;
    copy.address = address;
    copy.length = length;
    copy.protection = protection;
    copy.recordedResult = recordedResult;
    copy.modelResult = modelResult;
    copy.pages = pages;
    copy.presentPtes = presentPtes;
    copy.updatedPtes = updatedPtes;
    copy.vmaPieces = vmaPieces;
    copy.ptePages = ptePages;
    copy.slotsScanned = slotsScanned;
    copy.flushPages = flushPages;
    copy.vmas = vmas;
    copy.threaded = threaded;
    copy.certainty = certainty;
    copy.deduced = deduced;
    return copy;
  }
}
