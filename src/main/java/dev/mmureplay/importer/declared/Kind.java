package dev.mmureplay.importer.declared;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.importer.SystemCall;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a record tells.
 *
 * @param call the system call of {@link Type#CALL}, {@link Type#ENTER} and {@link Type#EXIT}
 * @param access the access of {@link Type#ACCESS}
 */
record Kind(Type type, @Nullable SystemCall call, @Nullable EventKind access) {
  enum Type {
    CALL,
    ENTER,
    EXIT,
    ACCESS,
    FAULT,
    LOST,
    IGNORE
  }

  private static final String ENTER = "-enter";
  private static final String EXIT = "-exit";

  /**
   * Returns the kind of that name.
   *
   * @throws IllegalArgumentException if there is none
   */
  static Kind named(String name) {
    Kind kind = find(name);
    if (kind == null) {
      throw new IllegalArgumentException(
          "expected a kind of record (a system call about memory, perhaps with -enter or -exit,"
              + " read, write, fetch, fault, lost, ignore) but found \""
              + name
              + "\"");
    }
    return kind;
  }

  /** Returns the kind of that name, or null. */
  static @Nullable Kind find(String name) {
    for (EventKind access : List.of(EventKind.READ, EventKind.WRITE, EventKind.FETCH)) {
      if (access.name().equalsIgnoreCase(name)) {
        return new Kind(Type.ACCESS, null, access);
      }
    }
    for (Type type : List.of(Type.FAULT, Type.LOST, Type.IGNORE)) {
      if (type.name().equalsIgnoreCase(name)) {
        return new Kind(type, null, null);
      }
    }
    Type type = name.endsWith(ENTER) ? Type.ENTER : name.endsWith(EXIT) ? Type.EXIT : Type.CALL;
    int end =
        switch (type) {
          case ENTER -> name.length() - ENTER.length();
          case EXIT -> name.length() - EXIT.length();
          default -> name.length();
        };
    for (SystemCall call : SystemCall.values()) {
      if (call.callName().equals(name.substring(0, end))) {
        return new Kind(type, call, null);
      }
    }
    return null;
  }
}
