package dev.mmureplay.importer.perftrace;

import static dev.mmureplay.importer.LineScanner.NONE;

import dev.mmureplay.importer.KernelNames;
import dev.mmureplay.importer.LineScanner;
import dev.mmureplay.importer.NameTable;
import dev.mmureplay.importer.SystemCall;
import dev.mmureplay.importer.call.Call;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Named arguments, of which those that are 0 are missing: {@code (len: 8192, prot: READ|WRITE,
 * flags: PRIVATE|ANONYMOUS)}.
 */
final class PerfTraceArguments {
  private static final NameTable PROTECTIONS = KernelNames.flagsWithout("PROT_");
  private static final NameTable MAP_FLAGS = KernelNames.flagsWithout("MAP_");
  private static final NameTable MREMAP_FLAGS = KernelNames.flagsWithout("MREMAP_");
  private static final NameTable ADVICE = KernelNames.flagsWithout("MADV_");
  private static final NameTable CLONE_FLAGS = KernelNames.flagsWithout("CLONE_");

  private static final int DESCRIPTOR = 4;

  /** The kernel's names of the arguments of each call, in their order. */
  private static final Map<SystemCall, List<String>> NAMES =
      Map.of(
          SystemCall.MMAP, List.of("addr", "len", "prot", "flags", "fd", "off"),
          SystemCall.MUNMAP, List.of("addr", "len"),
          SystemCall.MPROTECT, List.of("start", "len", "prot"),
          SystemCall.PKEY_MPROTECT, List.of("start", "len", "prot", "pkey"),
          SystemCall.MREMAP, List.of("addr", "old_len", "new_len", "flags", "new_addr"),
          SystemCall.BRK, List.of("brk"),
          SystemCall.MADVISE, List.of("start", "len_in", "behavior"),
          SystemCall.CLONE, List.of("clone_flags"));

  /**
   * Reads the arguments from their parenthesis on.
   *
   * @return false if there is no end of them, or a value is unreadable
   */
  boolean read(LineScanner line, Call call) {
    SystemCall system = call.system;
    List<String> names = system == null ? null : NAMES.get(system);
    if (names == null) {
      // Nothing that execve, exit and others are given is needed, and it may hold any text.
      int end = line.lastIndexOf(") ");
      line.position(Math.max(end + 1, line.position()));
      return end >= 0;
    }
    Arrays.fill(call.arguments, 0);
    call.count = names.size();
    line.skip('(');
    while (!line.skip(')')) {
      int from = line.position();
      while (LineScanner.isWordByte(line.peek())) {
        line.advance();
      }
      int index = names.indexOf(line.text(from, line.position()));
      if (!line.skip(": ") || !readValue(line, call, index)) {
        return false;
      }
      line.skip(", ");
    }
    return true;
  }

  private static boolean readValue(LineScanner line, Call call, int index) {
    long value = KernelNames.expression(line, table(call.system, index));
    if (value == NONE) {
      return false;
    }
    if (index >= 0) {
      call.arguments[index] = value;
    }
    return line.peek() != '<' || readPath(line, call, index);
  }

  /** Reads the path behind a descriptor. */
  private static boolean readPath(LineScanner line, Call call, int index) {
    int from = line.position();
    int comma = line.indexOf(">, ");
    int end = comma >= 0 ? comma : line.indexOf(">)");
    if (end < 0) {
      return false;
    }
    line.position(end + 1);
    if (index == DESCRIPTOR && call.system == SystemCall.MMAP) {
      call.file = SystemCall.fileIdentity(line.hash(from, end));
    }
    return true;
  }

  private static NameTable table(@Nullable SystemCall system, int index) {
    if (system == SystemCall.CLONE) {
      return CLONE_FLAGS;
    }
    if (index == 2) {
      return system == SystemCall.MADVISE ? ADVICE : PROTECTIONS;
    }
    return system == SystemCall.MREMAP ? MREMAP_FLAGS : MAP_FLAGS;
  }
}
