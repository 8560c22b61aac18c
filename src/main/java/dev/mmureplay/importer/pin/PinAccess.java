package dev.mmureplay.importer.pin;

import static dev.mmureplay.importer.LineScanner.NONE;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.importer.LineScanner;

/** One access: {@code 0x7f2b5b0d1e90: W 0x7ffd0b9f1b38 8 0x7f2b5b0d1e95}. */
final class PinAccess {
  private EventKind kind = EventKind.READ;
  private long instruction;
  private long address;
  private long size;

  /** Moves behind {@code 0x7f2b5b0d1e90: W } if the line begins so. */
  boolean startsLike(LineScanner line) {
    instruction = pointer(line);
    if (instruction == NONE || !line.skip(": ")) {
      return false;
    }
    kind = line.peek() == 'W' ? EventKind.WRITE : EventKind.READ;
    return (line.skip('R') || line.skip('W')) && line.peek() == ' ';
  }

  /** Reads what follows {@link #startsLike}; false if it is no access. */
  boolean read(LineScanner line) {
    line.skipBlanks();
    address = pointer(line);
    line.skipBlanks();
    size = line.atEnd() ? 1 : line.decimal();
    // The value is written by a type of its own length, and may be missing.
    return address != NONE && size > 0 && (line.atEnd() || line.peek() == ' ');
  }

  private static long pointer(LineScanner line) {
    if (line.skip("(nil)")) {
      return 0;
    }
    return line.skip("0x") ? line.hex() : NONE;
  }

  EventKind kind() {
    return kind;
  }

  long instruction() {
    return instruction;
  }

  long address() {
    return address;
  }

  /** Returns the number of bytes, 1 where the trace does not say. */
  long size() {
    return size;
  }
}
