package dev.mmureplay.machine.check;

/**
 * What a protection change must hold to, whoever carries it out. I13 is the kernel's: a replay
 * holds the VMA layer, which all backends share, to it; {@link BackendCheck} looks at backends
 * alone.
 */
public enum Invariant {
  I1("an A or D bit is lost"),
  I2("an A or D bit is invented"),
  I3("the frame changes"),
  I4("a bit that must be kept changes"),
  I5("the permissions are not as asked"),
  I6("a PTE is not updated exactly once, or another one is touched"),
  I7("an update takes effect after lazy MMU mode has ended"),
  I8("a TLB holds a stale right after the flush"),
  I9("a page was written and is not dirty"),
  I10("a PTE is absent for a moment although start left it live"),
  I11("an update takes more attempts than hardware can cause"),
  I12("the counts are not those of the formulas"),
  I13("the result or the mappings of a call are not those of Linux"),
  I14("a final PTE differs from the reference");

  private final String breach;

  Invariant(String breach) {
    this.breach = breach;
  }

  /** Returns what is wrong if it does not hold. */
  public String breach() {
    return breach;
  }
}
