package dev.mmureplay.importer.lackey;

import dev.mmureplay.event.EventSink;
import dev.mmureplay.importer.ImportOptions;
import dev.mmureplay.importer.ImportReport;
import dev.mmureplay.importer.LineScanner;
import dev.mmureplay.importer.TraceImporter;
import dev.mmureplay.importer.TraceSource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Imports the log of Valgrind's lackey tool.
 *
 * @see <a href="https://valgrind.org/docs/manual/lk-manual.html">Lackey: an example tool</a>
 */
public final class LackeyImporter implements TraceImporter {
  private static final int ACCESSES_PER_FOREIGN_LINE = 16;

  /** How far to look for the process of the first accesses: a log without banner names it late. */
  private static final int NAMING_BYTES = 1 << 16;

  @Override
  public String name() {
    return "lackey";
  }

  @Override
  public String description() {
    return "Valgrind's lackey with --trace-mem=yes, and for calls and threads --trace-syscalls=yes"
        + " --trace-sched=yes";
  }

  /**
   * A log begins with lackey's banner. One that was cut out of another has access lines, and hardly
   * anything that Valgrind would not write: half a line at its beginning, a torn line, a message of
   * the program.
   */
  @Override
  public boolean recognises(byte[] head) {
    try {
      LineScanner scanner = new LineScanner(new ByteArrayInputStream(head));
      int accesses = 0;
      int foreign = 0;
      while (scanner.nextLine()) {
        if (LackeyLog.isBanner(scanner)) {
          return true;
        }
        if (AccessLines.matches(scanner)) {
          accesses++;
        } else if (scanner.terminated()) {
          scanner.position(0);
          foreign += LackeyLog.isKnown(scanner) ? 0 : 1;
        }
      }
      return accesses > ACCESSES_PER_FOREIGN_LINE * foreign;
    } catch (IOException e) {
      throw new UncheckedIOException("reading bytes in memory does not fail", e);
    }
  }

  @Override
  public ImportReport importTrace(TraceSource source, ImportOptions options, EventSink events)
      throws IOException {
    byte[] head = source.head(NAMING_BYTES);
    LackeyLog log = new LackeyLog(source.stream(), LackeyLog.firstPid(head), options, events);
    return log.read();
  }
}
