package dev.mmureplay.replay.verify;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Calls with an open question: A bits were lost in them, for which page aging may be to blame. */
final class HeldCalls {
  /** A call, the first loss and how many there were. */
  private record Held(CallCheck check, CallCheck.Attribute first, long lost) {}

  private final List<Held> held = new ArrayList<>();

  void add(CallCheck check, CallCheck.Attribute first, long lost) {
    held.add(new Held(check, first, lost));
  }

  /** Passes all on, when it is known whether the kernel takes A back where no call is at work. */
  void tell(boolean aging, Shares shares, CheckSink sink) throws IOException {
    Outcome outcome = aging ? Outcome.ACCESSED_BIT_TAKEN_BACK : Outcome.DIFFERENT;
    for (Held each : held) {
      for (long n = 0; n < each.lost; n++) {
        shares.add(Shares.Subject.PTE_AFTER, outcome);
      }
      if (!aging) {
        each.check.add(each.first);
      }
      sink.check(each.check);
    }
    held.clear();
  }
}
