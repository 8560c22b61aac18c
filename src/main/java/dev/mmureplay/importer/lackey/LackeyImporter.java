package dev.mmureplay.importer.lackey;

import dev.mmureplay.event.EventSink;
import dev.mmureplay.importer.ImportOptions;
import dev.mmureplay.importer.ImportReport;
import dev.mmureplay.importer.Importers;
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
   * A log begins with lackey's banner; one that was cut out of another has access lines, and
   * nothing that Valgrind would not write.
   */
  @Override
  public boolean recognises(byte[] head) {
    try {
      LineScanner scanner = new LineScanner(new ByteArrayInputStream(head));
      boolean accesses = false;
      boolean foreign = false;
      while (scanner.nextLine()) {
        if (LackeyLog.isBanner(scanner)) {
          return true;
        }
        boolean access = AccessLines.matches(scanner);
        scanner.position(0);
        boolean cutShort = !scanner.terminated() && head.length >= Importers.HEAD_BYTES;
        accesses |= access;
        foreign |= !access && !cutShort && !LackeyLog.isKnown(scanner);
      }
      return accesses && !foreign;
    } catch (IOException e) {
      throw new UncheckedIOException("reading bytes in memory does not fail", e);
    }
  }

  @Override
  public ImportReport importTrace(TraceSource source, ImportOptions options, EventSink events)
      throws IOException {
    byte[] head = source.head(Importers.HEAD_BYTES);
    LackeyLog log = new LackeyLog(source.stream(), LackeyLog.firstPid(head), options, events);
    return log.read();
  }
}
