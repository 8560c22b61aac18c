package dev.mmureplay.recorded;

/** A recorded kernel or hypervisor, and the backend that must count what it did. */
enum Variant {
  NATIVE("native", "native", "instructions-xen-4.17"),
  STOCK("stock", "mmu-update-batch", "instructions-xen-4.17"),
  MCENTRY("mcentry", "multicall", "instructions-xen-4.17"),
  UNBATCHED("unbatched", "preserve-ad", "instructions-xen-4.17"),
  GENERIC("generic", "trap-emulate-batched-set", "instructions-xen-4.17"),
  TWOTRAP("twotrap", "trap-emulate", "instructions-xen-4.17"),
  STOCK_XPTI("stock-xpti", "mmu-update-batch", "instructions-xen-4.17-xpti"),
  TWOTRAP_XPTI("twotrap-xpti", "trap-emulate", "instructions-xen-4.17-xpti");

  /** The name of the recorded table. */
  final String table;

  final String backend;

  /** The cost profile whose prices add up to the recorded instructions. */
  final String profile;

  Variant(String table, String backend, String profile) {
    this.table = table;
    this.backend = backend;
    this.profile = profile;
  }

  boolean underXen() {
    return this != NATIVE;
  }
}
