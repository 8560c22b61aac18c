package dev.mmureplay.event;

import org.jspecify.annotations.Nullable;

/**
 * What can happen in a trace. {@link #code()} is what the event file stores.
 *
 * <p>The accesses come first, so that {@code code <= FETCH.code()} is the test for the hot path.
 * Kinds from {@link #OBSERVED_PTE} on are <em>observations</em>: they never drive the model and are
 * only compared with it.
 */
public enum EventKind {
  /**
   * A data read of one page; {@code flags} is 0 when seen directly, see {@link
   * EventSchema#FROM_FAULT}.
   */
  READ(0),
  /** A data write to one page. */
  WRITE(1),
  /** An instruction fetch from one page. */
  FETCH(2),

  /** {@code mmap}, or a mapping that the ELF loader made inside {@code execve}. */
  MMAP(10),
  /** {@code munmap}. */
  MUNMAP(11),
  /** {@code mprotect}. */
  MPROTECT(12),
  /** {@code pkey_mprotect}; {@code flags} is the protection key. */
  PKEY_MPROTECT(13),
  /**
   * {@code mremap}; {@code address2} is the new address asked for, {@code length2} the new length.
   */
  MREMAP(14),
  /**
   * {@code brk}; {@code address} is the break asked for (0 to query), {@code result} the break
   * after the call.
   */
  BRK(15),
  /** {@code madvise}; {@code flags} is the advice. */
  MADVISE(16),
  /**
   * The kernel cleaned the dirty pages of a range of shared mappings and recorded which they were
   * (clean_record_shared_mapping_range, for graphics memory); {@code pid} is the process that maps
   * them, {@code tid} the task that did it. No system call of its own.
   */
  CLEAN_RECORD(17),
  /**
   * {@code ioctl(UFFDIO_WRITEPROTECT)}: from now on (or, without {@link EventSchema#UFFD_PROTECT}
   * in {@code flags}, no longer) the first write to each page of the range is to be announced to a
   * tracker. It has succeeded.
   */
  UFFD_WRITEPROTECT(18),

  /**
   * A new task; {@code result} is its tid, {@code flags} are the clone flags ({@code CLONE_VM}
   * shares the space).
   */
  CLONE(20),
  /** A successful {@code execve}: the process starts over with an empty address space. */
  EXECVE(21),
  /** One task ends, or with {@code flags == 1} its whole thread group. */
  EXIT(22),
  /**
   * A signal was delivered; {@code flags} is its number, {@code address} the faulting address where
   * known.
   */
  SIGNAL(23),
  /** The CPU {@code cpu} switched to the task {@code tid}. */
  SCHED_SWITCH(24),
  /** The tracer lost events here; {@code count} says how many, 0 when it does not know. */
  LOST(25),
  /**
   * A marker that the traced program or its operator wrote into the trace; {@code result} is the
   * position of its text in {@link TraceInfo#markers}.
   */
  MARKER(26),
  /**
   * The kernel set a PTE of a user page, as its tracer saw it: {@code address} is the page, {@code
   * result} the PTE as the kernel sees it (frames as the guest counts them), {@code pid} the owner
   * of the address space. It tells residency that no fault shows. {@code flags} is 0, {@link
   * EventSchema#FROM_FORK}, {@link EventSchema#FROM_EXEC} or {@link EventSchema#PLACE_ASSUMED}.
   */
  SET_PTE(27),

  /**
   * A real PTE word: {@code address} is the page, {@code result} the word, {@code flags} 0 before a
   * call, 1 after, 2 before a fault is handled; where the kernel's tracer shows each update, before
   * and after that. A row with a {@code length} and no {@code result} says that the rows right
   * behind it are all that the range holds, {@code length2} bytes: a page of it without a row has
   * no PTE.
   */
  OBSERVED_PTE(40),
  /** A real VMA: {@code address}, {@code length}, {@code protection}, {@code offset}. */
  OBSERVED_VMA(41),
  /**
   * A real TLB flush: {@code length} bytes, null for a full flush; {@code flags} is the kernel's
   * reason code.
   */
  OBSERVED_TLB_FLUSH(42),
  /** A real {@code xen:*} tracepoint; {@link XenEvent} says which, and what is in the columns. */
  OBSERVED_XEN(43);

  private static final @Nullable EventKind[] BY_CODE = new EventKind[64];

  static {
    for (EventKind kind : values()) {
      BY_CODE[kind.code] = kind;
    }
  }

  private final byte code;

  EventKind(int code) {
    this.code = (byte) code;
  }

  /** Returns the number stored in the event file, 0 to 63; never reused for another kind. */
  public byte code() {
    return code;
  }

  /**
   * Returns whether this changes PTEs or mappings of a range: a call, or the kernel's own doing.
   */
  public static boolean isMemoryCall(byte code) {
    return code >= MMAP.code && code <= UFFD_WRITEPROTECT.code;
  }

  /** Returns whether this is a read, write or fetch of a page. */
  public boolean isAccess() {
    return code <= FETCH.code;
  }

  /** Returns whether this kind is only compared with the model, never fed to it. */
  public boolean isObservation() {
    return code >= OBSERVED_PTE.code;
  }

  /**
   * Returns the kind with the given code.
   *
   * @throws IllegalArgumentException if no kind has that code
   */
  public static EventKind ofCode(int code) {
    EventKind kind = code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
    if (kind == null) {
      throw new IllegalArgumentException("expected the code of an event kind but found " + code);
    }
    return kind;
  }
}
