package dev.mmureplay.importer.ftrace;

import dev.mmureplay.event.EventRow;
import dev.mmureplay.importer.EventSequencer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One address space of the traced machine: the kernel's {@code mm_struct} and its process. */
final class AddressSpace {
  /** The kernel's pointer, 0 while it is not known. */
  long mm;

  /** Stands for the process of a space in the making; 0 is the idle task's. */
  static final int NO_PROCESS = -1;

  /** The process, {@link #NO_PROCESS} while it is being made. */
  int pid;

  /** Whether its making has come to nothing, as far as the trace shows. */
  boolean dropped;

  /** What was set in it while its process was not known; held back until it is. */
  final List<Held> held = new ArrayList<>();

  /** An event that is held back, and where it goes if that is not behind the call's own. */
  record Held(EventRow row, EventSequencer.@Nullable Place place) {}

  AddressSpace(long mm, int pid) {
    this.mm = mm;
    this.pid = pid;
  }
}
