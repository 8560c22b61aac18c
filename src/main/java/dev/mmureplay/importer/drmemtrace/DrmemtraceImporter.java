package dev.mmureplay.importer.drmemtrace;

import dev.mmureplay.event.EventSink;
import dev.mmureplay.importer.ImportOptions;
import dev.mmureplay.importer.ImportReport;
import dev.mmureplay.importer.LineScanner;
import dev.mmureplay.importer.Looks;
import dev.mmureplay.importer.TraceImporter;
import dev.mmureplay.importer.TraceSource;
import java.io.IOException;

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
    ViewLine columns = new ViewLine();
    return Looks.most(
        head,
        LINES,
        line -> {
          if (ViewReader.isColumnNames(line)) {
            return Looks.CERTAIN;
          }
          boolean neutral = line.length() == 0 || ViewReader.isDivider(line);
          return columns.read(line) ? Looks.ALIKE : neutral ? Looks.NEUTRAL : Looks.UNLIKE;
        });
  }

  @Override
  public ImportReport importTrace(TraceSource source, ImportOptions options, EventSink events)
      throws IOException {
    return new ViewReader(new LineScanner(source.stream()), options, events).read();
  }
}
