package dev.mmureplay.cli.capture;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;

/** Where the kernel maps all of the machine's memory, which KASLR moves. */
final class DirectMap {
  /** Where it is without KASLR, with page tables of four levels. */
  static final long DEFAULT = 0xffff888000000000L;

  /** Text and modules lie from here on. */
  private static final long KERNEL_IMAGE = 0xffffffff80000000L;

  /** In the place of a physical address that a part of the kernel's memory does not have. */
  private static final long NOWHERE = -1;

  private static final int ELF_HEADER = 64;
  private static final int PROGRAM_HEADER = 56;
  private static final int TABLE_AT = 32;
  private static final int COUNT_AT = 56;
  private static final int VIRTUAL_AT = 16;
  private static final int PHYSICAL_AT = 24;
  private static final int LOAD = 1;

  private DirectMap() {}

  /**
   * Returns where it is: what the headers of {@code /proc/kcore} say, an ELF file of the kernel's
   * memory, or the place without KASLR if they cannot be read.
   */
  static long base(Host host) {
    try (SeekableByteChannel kcore = Files.newByteChannel(host.file("/proc/kcore"))) {
      ByteBuffer header = read(kcore, 0, ELF_HEADER);
      long table = header.getLong(TABLE_AT);
      int count = header.getShort(COUNT_AT) & 0xffff;
      ByteBuffer programs = read(kcore, table, count * PROGRAM_HEADER);
      for (int at = 0; at + PROGRAM_HEADER <= programs.limit(); at += PROGRAM_HEADER) {
        long virtual = programs.getLong(at + VIRTUAL_AT);
        long physical = programs.getLong(at + PHYSICAL_AT);
        boolean memory = programs.getInt(at) == LOAD && physical != NOWHERE;
        if (memory && Long.compareUnsigned(virtual, KERNEL_IMAGE) < 0) {
          return virtual - physical;
        }
      }
    } catch (IOException | IndexOutOfBoundsException e) {
      return DEFAULT; // Not built in, or not for this user; the script checks the value.
    }
    return DEFAULT;
  }

  private static ByteBuffer read(SeekableByteChannel from, long at, int bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    from.position(at);
    int count = 0;
    while (count >= 0 && buffer.hasRemaining()) {
      count = from.read(buffer);
    }
    buffer.flip();
    return buffer;
  }
}
