package dev.mmureplay.importer.drmemtrace;

import dev.mmureplay.event.EventSink;
import dev.mmureplay.importer.ImportOptions;
import dev.mmureplay.importer.ImportReport;
import dev.mmureplay.importer.LineScanner;
import dev.mmureplay.importer.TraceImporter;
import dev.mmureplay.importer.TraceSource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Reads the text of DynamoRIO's {@code view} tool. */
public final class DrmemtraceImporter implements TraceImporter {
  private static final int LINES = 100;

  /** For {@link java.util.ServiceLoader}. */
  public DrmemtraceImporter() {}

  @Override
  public String name() {
    return "drmemtrace";
  }

  @Override
  public String description() {
    return "drrun -t drmemtrace -tool view of a recording made with -record_syscall; every access of"
        + " every thread";
  }

  /** The tool names its columns; of a text without them, most of the first lines have them. */
  @Override
  public boolean recognises(byte[] head) {
    LineScanner line = new LineScanner(new ByteArrayInputStream(head));
    ViewLine columns = new ViewLine();
    int alike = 0;
    int unlike = 0;
    try {
      while (line.lineNumber() < LINES && line.nextLine() && line.terminated()) {
        if (ViewReader.isColumnNames(line)) {
          return true;
        }
        if (columns.read(line)) {
          alike++;
        } else if (line.length() > 0 && !ViewReader.isDivider(line)) {
          unlike++;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("bytes in memory can always be read", e);
    }
    return alike > unlike;
  }

  @Override
  public ImportReport importTrace(TraceSource source, ImportOptions options, EventSink events)
      throws IOException {
    return new ViewReader(new LineScanner(source.stream()), options, events).read();
  }
}
