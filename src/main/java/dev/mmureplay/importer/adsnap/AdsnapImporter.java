package dev.mmureplay.importer.adsnap;

import dev.mmureplay.event.EventSink;
import dev.mmureplay.importer.ImportOptions;
import dev.mmureplay.importer.ImportReport;
import dev.mmureplay.importer.LineScanner;
import dev.mmureplay.importer.Looks;
import dev.mmureplay.importer.TraceImporter;
import dev.mmureplay.importer.TraceSource;
import java.io.IOException;

/** Reads what the bpftrace script adsnap.bt prints. */
public final class AdsnapImporter implements TraceImporter {
  private static final int LINES = 400;

  /** For {@link java.util.ServiceLoader}. */
  public AdsnapImporter() {}

  @Override
  public String name() {
    return "adsnap";
  }

  @Override
  public String description() {
    return "bpftrace -B full adsnap.bt; system calls, faults, TLB flushes, and the real PTEs before and"
        + " after each mprotect";
  }

  /** Looks for the first line that bpftrace has not made up itself. */
  @Override
  public boolean recognises(byte[] head) {
    AdsnapLine read = new AdsnapLine();
    return Looks.first(
        head,
        LINES,
        line -> {
          if (line.atEnd() || AdsnapReader.isHeader(line)) {
            return Looks.NEUTRAL;
          }
          return AdsnapReader.readTimed(line, read) ? Looks.ALIKE : Looks.UNLIKE;
        });
  }

  @Override
  public ImportReport importTrace(TraceSource source, ImportOptions options, EventSink events)
      throws IOException {
    return new AdsnapReader(new LineScanner(source.stream()), events).read();
  }
}
