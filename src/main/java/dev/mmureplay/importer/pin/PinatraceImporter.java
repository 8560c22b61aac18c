package dev.mmureplay.importer.pin;

import dev.mmureplay.event.EventSink;
import dev.mmureplay.importer.ImportOptions;
import dev.mmureplay.importer.ImportReport;
import dev.mmureplay.importer.LineScanner;
import dev.mmureplay.importer.Looks;
import dev.mmureplay.importer.TraceImporter;
import dev.mmureplay.importer.TraceSource;
import java.io.IOException;

/** Reads the access trace of Intel Pin's example tool. */
public final class PinatraceImporter implements TraceImporter {
  private static final int LINES = 100;

  /** For {@link java.util.ServiceLoader}. */
  public PinatraceImporter() {}

  @Override
  public String name() {
    return "pinatrace";
  }

  @Override
  public String description() {
    return "pin -t pinatrace.so -- PROGRAM; every data access, without threads, times or calls";
  }

  /** Most of the first lines, and at least one, are accesses. */
  @Override
  public boolean recognises(byte[] head) {
    PinAccess access = new PinAccess();
    return Looks.most(
        head,
        LINES,
        line -> {
          boolean neutral = line.length() == 0 || line.byteAt(0) == '#';
          return access.startsLike(line) ? Looks.ALIKE : neutral ? Looks.NEUTRAL : Looks.UNLIKE;
        });
  }

  @Override
  public ImportReport importTrace(TraceSource source, ImportOptions options, EventSink events)
      throws IOException {
    return new PinReader(new LineScanner(source.stream()), options, events).read();
  }
}
