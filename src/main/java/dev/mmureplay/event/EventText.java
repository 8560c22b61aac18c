package dev.mmureplay.event;

import static dev.mmureplay.event.EventSchema.UNKNOWN;
import static dev.mmureplay.event.EventSchema.UNKNOWN_INT;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Events as text that one can read and write by hand: one line an event, nothing lost.
 *
 * <pre>
 * # mmureplay-events 1
 * # fidelity accesses=every threads=true concurrent=true clock=true cpus=true from_start=true …
 * # command ./demo
 * &#64;0 10/10 cpu0 mmap 0x10000 length=8192 protection=rw- flags=0x22 = 0x10000
 * &#64;400 10/11 cpu1 write 0x10000
 * &#64;300+200 10/10 cpu0 mprotect 0x10000 length=4096 protection=r-- = 0
 * 10/10 marker : end of the first round
 * </pre>
 *
 * <p>In this order: the time and for calls the duration, both in ns; {@code pid/tid}; the CPU; the
 * kind; the address; every other column of {@link EventSchema} by its name; behind {@code =} the
 * result. What is not there is unknown. Addresses, flags and large results are hex; a protection is
 * {@code rwx} or a number. {@code count=1} is left out. A line beginning with {@code #} that is
 * none of the three above is a comment.
 */
public final class EventText {
  /** The first line of the text. */
  public static final String HEADER = "# mmureplay-events 1";

  /** Begins the line with what the capture can know. */
  public static final String FIDELITY = "# fidelity ";

  /** Begins the line with the traced command. */
  public static final String COMMAND = "# command ";

  private static final String FIDELITY_KEYS = "fidelity.";
  private static final int ACCESS = 7;

  private EventText() {}

  /** Writes a whole event file, from the reader's place to its end. */
  public static void write(EventReader reader, Appendable out) throws IOException {
    header(reader.info(), out);
    while (reader.nextBatch()) {
      for (int row = 0; row < reader.batch().rows(); row++) {
        event(reader.batch(), row, reader.info().markers(), out);
      }
    }
  }

  private static void header(TraceInfo info, Appendable out) throws IOException {
    out.append(HEADER).append('\n').append("# fidelity");
    for (Map.Entry<String, String> entry : info.fidelity().toMap().entrySet()) {
      out.append(' ')
          .append(entry.getKey().substring(FIDELITY_KEYS.length()))
          .append('=')
          .append(entry.getValue());
    }
    out.append('\n');
    String command = info.command();
    if (command != null) {
      out.append(COMMAND).append(command.replace('\n', ' ')).append('\n');
    }
  }

  private static void event(EventBatch batch, int row, List<String> markers, Appendable out)
      throws IOException {
    long time = batch.time(row);
    if (time != UNKNOWN) {
      out.append('@').append(Long.toString(time));
      if (batch.duration(row) != UNKNOWN) {
        out.append('+').append(Long.toString(batch.duration(row)));
      }
      out.append(' ');
    }
    out.append(Integer.toString(batch.pid(row)))
        .append('/')
        .append(Integer.toString(batch.tid(row)));
    if (batch.cpu(row) != UNKNOWN_INT) {
      out.append(" cpu").append(Integer.toString(batch.cpu(row)));
    }
    EventKind kind = batch.kind(row);
    out.append(' ').append(kind.name().toLowerCase(Locale.ROOT));
    if (batch.address(row) != UNKNOWN) {
      out.append(' ').append(hex(batch.address(row)));
    }
    if (time == UNKNOWN && batch.duration(row) != UNKNOWN) {
      field(EventSchema.DURATION, Long.toString(batch.duration(row)), out);
    }
    fields(batch, row, out);
    long result = batch.result(row);
    if (kind == EventKind.MARKER && result >= 0 && result < markers.size()) {
      out.append(" : ").append(markers.get((int) result).replace('\n', ' '));
    } else if (result != UNKNOWN) {
      out.append(" = ").append(result > 0xffff ? hex(result) : Long.toString(result));
    }
    out.append('\n');
  }

  private static void fields(EventBatch batch, int row, Appendable out) throws IOException {
    number(EventSchema.LENGTH, batch.length(row), out);
    int protection = batch.protection(row);
    if (protection != UNKNOWN_INT) {
      field(EventSchema.PROTECTION, protection(protection), out);
    }
    if (batch.flags(row) != UNKNOWN) {
      field(EventSchema.FLAGS, hex(batch.flags(row)), out);
    }
    if (batch.address2(row) != UNKNOWN) {
      field(EventSchema.ADDRESS2, hex(batch.address2(row)), out);
    }
    number(EventSchema.LENGTH2, batch.length2(row), out);
    if (batch.file(row) != UNKNOWN_INT) {
      field(EventSchema.FILE, Integer.toString(batch.file(row)), out);
    }
    number(EventSchema.OFFSET, batch.offset(row), out);
    if (batch.count(row) != 1) {
      field(EventSchema.COUNT, Integer.toString(batch.count(row)), out);
    }
    number(EventSchema.LINE, batch.line(row), out);
  }

  /** Returns {@code rwx} with dashes, or the number if there is anything else in it. */
  private static String protection(int bits) {
    if ((bits & ~ACCESS) != 0) {
      return Integer.toString(bits);
    }
    return ((bits & 1) == 0 ? "-" : "r")
        + ((bits & 2) == 0 ? "-" : "w")
        + ((bits & 4) == 0 ? "-" : "x");
  }

  private static void number(String name, long value, Appendable out) throws IOException {
    if (value != UNKNOWN) {
      field(name, Long.toUnsignedString(value), out);
    }
  }

  private static void field(String name, String value, Appendable out) throws IOException {
    out.append(' ').append(name).append('=').append(value);
  }

  private static String hex(long value) {
    return "0x" + Long.toHexString(value);
  }
}
