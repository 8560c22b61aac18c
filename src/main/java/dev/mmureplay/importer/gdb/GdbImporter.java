package dev.mmureplay.importer.gdb;

import dev.mmureplay.event.EventSink;
import dev.mmureplay.importer.ImportOptions;
import dev.mmureplay.importer.ImportReport;
import dev.mmureplay.importer.LineScanner;
import dev.mmureplay.importer.TraceImporter;
import dev.mmureplay.importer.TraceSource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Reads the stops of gdb's {@code catch syscall}, as a stop handler prints them. */
public final class GdbImporter implements TraceImporter {
  /** For {@link java.util.ServiceLoader}. */
  public GdbImporter() {}

  @Override
  public String name() {
    return "gdb";
  }

  @Override
  public String description() {
    return "gdb with catch syscall and a stop handler that prints the registers; calls, one thread"
        + " at a time, no page accesses";
  }

  @Override
  public boolean recognises(byte[] head) {
    LineScanner line = new LineScanner(new ByteArrayInputStream(head));
    boolean catchpoint = false;
    try {
      while (line.nextLine() && line.terminated()) {
        catchpoint |= GdbReader.isStop(line);
        if (catchpoint && line.looksAt(GdbReader.HANDLER)) {
          return true;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("bytes in memory can always be read", e);
    }
    return false;
  }

  @Override
  public ImportReport importTrace(TraceSource source, ImportOptions options, EventSink events)
      throws IOException {
    return new GdbReader(new LineScanner(source.stream()), events).read();
  }
}
