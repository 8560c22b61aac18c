package dev.mmureplay.machine;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The VMAs of one address space in address order, without overlap. */
final class VmaList {
  private @Nullable Vma[] vmas = new Vma[64];
  private int size;

  int size() {
    return size;
  }

  Vma get(int index) {
    return Objects.requireNonNull(vmas[index]);
  }

  /** Returns the VMA at an index, or null before the first and behind the last. */
  @Nullable Vma at(int index) {
    return index >= 0 && index < size ? vmas[index] : null;
  }

  /**
   * Returns the index of the first VMA that ends behind the address (find_vma), or {@link #size}.
   */
  int firstEndingBehind(long address) {
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (get(middle).end > address) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /** Returns the VMA that contains the address, or null. */
  @Nullable Vma containing(long address) {
    Vma vma = at(firstEndingBehind(address));
    return vma != null && vma.start <= address ? vma : null;
  }

  /** Returns whether any VMA has a page in {@code [start, end)}. */
  boolean intersects(long start, long end) {
    Vma vma = at(firstEndingBehind(start));
    return vma != null && vma.start < end;
  }

  void insert(Vma vma) {
    int index = firstEndingBehind(vma.start);
    if (size == vmas.length) {
      vmas = Arrays.copyOf(vmas, size * 2);
    }
    System.arraycopy(vmas, index, vmas, index + 1, size - index);
    vmas[index] = vma;
    size++;
  }

  void remove(int index) {
    System.arraycopy(vmas, index + 1, vmas, index, size - index - 1);
    vmas[--size] = null;
  }

  int indexOf(Vma vma) {
    int index = firstEndingBehind(vma.start);
    if (at(index) != vma) {
      throw new IllegalStateException(
          "expected the VMA at " + Long.toHexString(vma.start) + " to be in the list");
    }
    return index;
  }
}
