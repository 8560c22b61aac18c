package dev.mmureplay.replay.verify;

import java.io.IOException;

/** Takes the outcome of every comparison, as it happens. The object is refilled afterwards. */
public interface CheckSink {
  /** Takes one call. */
  void check(CallCheck check) throws IOException;
}
