package dev.mmureplay.importer.qemu;

import dev.mmureplay.event.EventSink;
import dev.mmureplay.importer.ImportOptions;
import dev.mmureplay.importer.ImportReport;
import dev.mmureplay.importer.LineScanner;
import dev.mmureplay.importer.TraceImporter;
import dev.mmureplay.importer.TraceSource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Reads the system calls that QEMU's user mode prints with {@code -strace}. */
public final class QemuStraceImporter implements TraceImporter {
  private static final int LINES = 60;

  /** For {@link java.util.ServiceLoader}. */
  public QemuStraceImporter() {}

  @Override
  public String name() {
    return "qemu-strace";
  }

  @Override
  public String description() {
    return "qemu-x86_64 -strace -D FILE PROGRAM; system calls of a process without times or"
        + " threads, no page accesses";
  }

  /**
   * Most of the first lines are QEMU's, and one shows what strace's never do: no blank behind a
   * comma of the arguments, {@code errno=}, or a call that QEMU does not know.
   */
  @Override
  public boolean recognises(byte[] head) {
    LineScanner line = new LineScanner(new ByteArrayInputStream(head));
    int own = 0;
    int alike = 0;
    int unlike = 0;
    try {
      while (line.lineNumber() < LINES && line.nextLine() && line.terminated()) {
        boolean isOwn = QemuLine.isLayout(line) || QemuLine.isNote(line) || isQemusCall(line);
        line.position(0);
        if (isOwn) {
          own++;
        } else if (isRecord(line)) {
          alike++;
        } else if (line.length() > 0) {
          unlike++;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("bytes in memory can always be read", e);
    }
    return own > 0 && own + alike > unlike;
  }

  private static boolean isRecord(LineScanner line) {
    return line.looksAt(QemuLine.RESULT)
        || line.looksAt(QemuLine.SIGNAL)
        || (line.decimal() >= 0 && line.skip(' ') && skipName(line));
  }

  private static boolean skipName(LineScanner line) {
    while (LineScanner.isWordByte(line.peek())) {
      line.advance();
    }
    return line.skip('(');
  }

  private static boolean isQemusCall(LineScanner line) {
    if (line.decimal() < 0 || !line.skip(' ')) {
      return false;
    }
    if (line.looksAt(QemuLine.UNKNOWN_CALL)) {
      return true;
    }
    if (!skipName(line)) {
      return false;
    }
    int comma = line.indexOf(",");
    return line.indexOf(" = -1 errno=") > 0 || (comma > 0 && line.byteAt(comma + 1) != ' ');
  }

  @Override
  public ImportReport importTrace(TraceSource source, ImportOptions options, EventSink events)
      throws IOException {
    return new QemuReader(new LineScanner(source.stream()), events).read();
  }
}
