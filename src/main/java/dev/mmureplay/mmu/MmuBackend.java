package dev.mmureplay.mmu;

/**
 * One way of carrying out page-table updates; the choice that this program compares.
 * Implementations are public, final, stateless, have a no-argument constructor and a line in {@code
 * META-INF/services}.
 *
 * <p>Backends differ in what they count and in what a racing CPU can see while an update is under
 * way, never in what a quiet page table ends up holding. {@code MmuBackendContract} holds an
 * implementation to that.
 */
public interface MmuBackend {
  /** Returns the name in the database and on the command line, such as {@code native}. */
  String name();

  /** Returns one sentence for {@code list backends}. */
  String description();

  /**
   * Returns whether the guest runs as a Xen PV guest under this backend, so that Xen owns bits of
   * its PTEs.
   */
  boolean underXen();

  /**
   * Returns false for a backend that is known to lose accessed or dirty bits and serves as a
   * negative control.
   */
  default boolean correct() {
    return true;
  }

  /**
   * Makes the working object of one replay.
   *
   * @throws IllegalArgumentException if this backend cannot exist on that platform
   */
  Mmu create(GuestPlatform platform, OperationCounter counter);
}
