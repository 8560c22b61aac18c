package dev.mmureplay.machine;

import java.util.Arrays;

/**
 * Every PTE that one mprotect call updates, in the order of the walk, which is that of addresses.
 * One object, refilled for every call; a call fills it if its {@link ProtectionChange} has one.
 */
public final class UpdateLog {
  private int size;
  private long[] addresses = new long[64];
  private long[] olds = new long[64];
  private byte[] upgrades = new byte[64];
  private int[] chunkOf = new int[64];
  private int chunks;
  private int[] firsts = new int[8];
  private long[] flags = new long[8];

  void clear() {
    size = 0;
    chunks = 0;
  }

  /** Takes the PTEs of one lazy-MMU region before they are updated. */
  void chunk(LeafTable leaf, int[] resident, int n, long newFlags, byte[] upgrade) {
    if (n == 0) {
      return;
    }
    reserve(n);
    for (int k = 0; k < n; k++) {
      addresses[size] = leaf.address(resident[k]);
      olds[size] = leaf.reference[resident[k]];
      upgrades[size] = upgrade[k];
      chunkOf[size] = chunks;
      size++;
    }
    firsts[chunks] = size - n;
    flags[chunks] = newFlags;
    chunks++;
  }

  private void reserve(int n) {
    if (size + n > addresses.length) {
      int length = Math.max(size + n, 2 * addresses.length);
      addresses = Arrays.copyOf(addresses, length);
      olds = Arrays.copyOf(olds, length);
      upgrades = Arrays.copyOf(upgrades, length);
      chunkOf = Arrays.copyOf(chunkOf, length);
    }
    if (chunks == firsts.length) {
      firsts = Arrays.copyOf(firsts, 2 * chunks);
      flags = Arrays.copyOf(flags, 2 * chunks);
    }
  }

  /** Returns a copy that the next call does not refill. */
  public UpdateLog copy() {
    UpdateLog copy = new UpdateLog();
    copy.size = size;
    copy.addresses = Arrays.copyOf(addresses, Math.max(size, 1));
    copy.olds = Arrays.copyOf(olds, Math.max(size, 1));
    copy.upgrades = Arrays.copyOf(upgrades, Math.max(size, 1));
    copy.chunkOf = Arrays.copyOf(chunkOf, Math.max(size, 1));
    copy.chunks = chunks;
    copy.firsts = Arrays.copyOf(firsts, Math.max(chunks, 1));
    copy.flags = Arrays.copyOf(flags, Math.max(chunks, 1));
    return copy;
  }

  /** Returns how many PTEs were updated. */
  public int size() {
    return size;
  }

  /** Returns the index of the PTE that maps an address, or -1 if the call did not update it. */
  public int find(long address) {
    int found = Arrays.binarySearch(addresses, 0, size, address & -Machine.PAGE_SIZE);
    return found < 0 ? -1 : found;
  }

  /** Returns the page. */
  public long address(int index) {
    return addresses[index];
  }

  /** Returns the PTE before the call, without the bits that Xen owns. */
  public long old(int index) {
    return olds[index];
  }

  /** Returns the permission flags that the PTE got. */
  public long flags(int index) {
    return flags[chunkOf[index]];
  }

  /** Returns how the PTE was upgraded, a constant of {@link PteUpdate}. */
  public byte upgrade(int index) {
    return upgrades[index];
  }

  /** Returns the number of the lazy-MMU region, within the call, in which the PTE was updated. */
  public int chunkOf(int index) {
    return chunkOf[index];
  }

  /** Returns the PTE's place in its lazy-MMU region, from 0. */
  public int placeInChunk(int index) {
    return index - firsts[chunkOf[index]];
  }

  /** Returns how many lazy-MMU regions with a PTE the call had. */
  public int chunks() {
    return chunks;
  }

  /** Returns how many PTEs one of them updated. */
  public int chunkSize(int chunk) {
    return (chunk + 1 < chunks ? firsts[chunk + 1] : size) - firsts[chunk];
  }
}
