package dev.mmureplay.importer.xentrace;

import dev.mmureplay.event.EventSink;
import dev.mmureplay.importer.ImportOptions;
import dev.mmureplay.importer.ImportReport;
import dev.mmureplay.importer.LineScanner;
import dev.mmureplay.importer.TraceImporter;
import dev.mmureplay.importer.TraceSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Reads the text that xenalyze makes of a file of xentrace. */
public final class XenalyzeImporter implements TraceImporter {
  /** For {@link java.util.ServiceLoader}. */
  public XenalyzeImporter() {}

  @Override
  public String name() {
    return "xenalyze";
  }

  @Override
  public String description() {
    return "xenalyze --dump-all FILE; the records of a file of xentrace as text";
  }

  @Override
  public boolean recognises(byte[] head) {
    return new String(head, StandardCharsets.ISO_8859_1)
        .lines()
        .limit(100)
        .anyMatch(XenalyzeReader::isRecord);
  }

  @Override
  public ImportReport importTrace(TraceSource source, ImportOptions options, EventSink events)
      throws IOException {
    return new XenalyzeReader(new LineScanner(source.stream()), events).read();
  }
}
