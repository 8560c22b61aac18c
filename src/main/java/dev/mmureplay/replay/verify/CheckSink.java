package dev.mmureplay.replay.verify;

import java.io.IOException;

/** Takes the outcome of every comparison, as it happens. The object is refilled afterwards. */
public interface CheckSink {
  /** Takes one call. */
  void check(CallCheck check) throws IOException;

  /** Takes one execve's own update of its stack. */
  default void execve(CallCheck check) throws IOException {}

  /**
   * Takes a difference that belongs to no mprotect: what a fault or another call has met or made.
   */
  default void stray(int tid, CallCheck.Attribute difference) throws IOException {}

  /**
   * Takes the totals of everything that was compared in a recording of plain Linux, at its end: not
   * all of it belongs to an mprotect.
   */
  default void shares(Shares shares) throws IOException {}

  /** Returns a sink that passes everything on to others. */
  static CheckSink all(CheckSink... sinks) {
    return new CheckSink() {
      @Override
      public void check(CallCheck check) throws IOException {
        for (CheckSink sink : sinks) {
          sink.check(check);
        }
      }

      @Override
      public void execve(CallCheck check) throws IOException {
        for (CheckSink sink : sinks) {
          sink.execve(check);
        }
      }

      @Override
      public void stray(int tid, CallCheck.Attribute difference) throws IOException {
        for (CheckSink sink : sinks) {
          sink.stray(tid, difference);
        }
      }

      @Override
      public void shares(Shares shares) throws IOException {
        for (CheckSink sink : sinks) {
          sink.shares(shares);
        }
      }
    };
  }
}
