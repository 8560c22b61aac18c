package dev.mmureplay.importer;

import dev.mmureplay.event.Ledger;

/**
 * The ledger of an import whose records may take several lines: a record's lines are kept back
 * until it is known what became of it, and are then all entered alike.
 */
public final class Account {
  /** The reason for a last line without its end that cannot be trusted. */
  public static final String TRUNCATED = "truncated line";

  /** The reason for a line that is none of the tool's. */
  public static final String UNRECOGNISED = "unrecognised line";

  /** The reason for a line that is longer than {@link LineScanner#MAX_LINE}. */
  public static final String TOO_LONG = "line too long";

  /** The rule for lines with nothing on them. */
  public static final String BLANK = "blank";

  /** The rule for lines of a call stack. */
  public static final String STACK_FRAME = "stack-frame";

  /** The rule for system calls that neither change an address space nor say whose it is. */
  public static final String NOT_ABOUT_MEMORY = "syscall-not-about-memory";

  /** The rule for calls whose end the trace does not show. */
  public static final String NEVER_RETURNED = "call-never-returned";

  /** The rule for calls that did not happen because they will be made again. */
  public static final String RESTARTED = "restarted";

  /** The rule for clones and execves that failed and so changed nothing. */
  public static final String FAILED_CLONE = "failed-clone";

  /** See {@link #FAILED_CLONE}. */
  public static final String FAILED_EXECVE = "failed-execve";

  private final Ledger ledger = new Ledger();

  /** Returns the ledger. */
  public Ledger ledger() {
    return ledger;
  }

  /** Enters lines that contributed to an event. */
  public void parsed(int lines) {
    for (int i = 0; i < lines; i++) {
      ledger.parsed();
    }
  }

  /** Enters lines that a rule says carry nothing for us. */
  public void ignored(String rule, int lines) {
    for (int i = 0; i < lines; i++) {
      ledger.ignored(rule);
    }
  }

  /** Enters lines that make one record which cannot be understood. */
  public void rejected(LineScanner line, String reason, int lines) {
    for (int i = 0; i < lines; i++) {
      ledger.rejected(line.lineNumber(), reason, line.line());
    }
  }
}
