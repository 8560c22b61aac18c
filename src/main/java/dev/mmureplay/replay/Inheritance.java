package dev.mmureplay.replay;

import dev.mmureplay.machine.AddressSpace;
import dev.mmureplay.machine.Machine;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which pages a fork gives to the child, where the recording shows the PTEs that it sets right
 * behind it: those and no others. Linux copies none of a mapping whose pages a fault brings back as
 * they were (vma_needs_copy), which depends on what has been seen of the mapping from its
 * beginning.
 */
final class Inheritance {
  private final Machine machine;
  private final Set<Long> unconfirmed = new HashSet<>();
  private @Nullable AddressSpace child;

  Inheritance(Machine machine) {
    this.machine = machine;
  }

  /** A process has been forked. */
  void begins(AddressSpace made) {
    child = made;
    machine.recordedPages().forEach(made, unconfirmed::add);
  }

  /** The PTE of a page was set. */
  void shown(AddressSpace space, long address) {
    if (space == child) {
      unconfirmed.remove(address & -Machine.PAGE_SIZE);
    }
  }

  /** All that the fork has set was shown. */
  void ends() {
    AddressSpace made = child;
    if (made != null) {
      unconfirmed.forEach(page -> machine.recordedPages().gone(made, page));
      unconfirmed.clear();
      child = null;
    }
  }
}
