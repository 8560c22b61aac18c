package dev.mmureplay.importer;

import java.util.List;

/** Declarations that fit the logs of {@code pattern} and {@code columns} among the resources. */
public final class DeclaredOptions {
  private static final List<String> PATTERNS =
      List.of(
          "mmap-enter: M %time %pid %tid %cpu %address:x %length:x %protection:x %flags:x %file"
              + " %offset:x",
          "mmap-exit: m %time %pid %tid %cpu %result:x",
          "munmap-enter: U %time %pid %tid %cpu %address:x %length:x",
          "munmap-exit: u %time %pid %tid %cpu %result",
          "mprotect-enter: P %time:ns %pid %tid %cpu %address:x %length:x %protection:x",
          "mprotect-exit: p %time %pid %tid %cpu %result",
          "fault: F %time %pid %tid %cpu %address:x %* %error_code:x",
          "clone: N %time %pid %tid %result %flags:x",
          "exit: Q %time %pid %tid",
          "ignore: T %*",
          "mprotect: mprotect(%address, %length, %protection) = %result 100%%",
          "mprotect: prot %address",
          "read: load %address %length",
          "lost: lost some");

  private static final String COLUMNS =
      "time:us=ts,duration:us=took,kind=op,tid=who,address:x=addr,length=len,protection=prot,"
          + "result=ret,mprotect=mp,write=W,read=R";

  private DeclaredOptions() {}

  /** Returns options with patterns, and columns if the log has other names for them. */
  public static ImportOptions of(boolean fold, boolean columns) {
    return new ImportOptions(fold, PATTERNS, columns ? COLUMNS : null);
  }
}
