package dev.mmureplay.importer.adplug;

import dev.mmureplay.event.EventSink;
import dev.mmureplay.importer.ImportOptions;
import dev.mmureplay.importer.ImportReport;
import dev.mmureplay.importer.LineScanner;
import dev.mmureplay.importer.TraceImporter;
import dev.mmureplay.importer.TraceSource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Reads what the QEMU-user plug-in adplug writes: page touches and system calls of each thread. */
public final class AdplugImporter implements TraceImporter {
  private static final int LINES = 100;

  /** For {@link java.util.ServiceLoader}. */
  public AdplugImporter() {}

  @Override
  public String name() {
    return "adplug";
  }

  @Override
  public String description() {
    return "qemu-x86_64 -plugin libadplug.so,out=FILE; every page touched by every thread, truly"
        + " concurrent, and the system calls about memory";
  }

  /** A log begins with its header; of one that lost it, every whole line has the columns. */
  @Override
  public boolean recognises(byte[] head) {
    LineScanner line = new LineScanner(new ByteArrayInputStream(head));
    AdplugLine columns = new AdplugLine();
    int records = 0;
    try {
      while (records < LINES && line.nextLine() && line.terminated()) {
        if (line.looksAt(AdplugReader.HEADER)) {
          return true;
        }
        if (!columns.read(line)) {
          return false;
        }
        records++;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("bytes in memory can always be read", e);
    }
    return records > 0;
  }

  @Override
  public ImportReport importTrace(TraceSource source, ImportOptions options, EventSink events)
      throws IOException {
    return new AdplugReader(new LineScanner(source.stream()), options, events).read();
  }
}
