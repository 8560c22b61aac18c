package dev.mmureplay.importer.text;

import dev.mmureplay.event.EventSink;
import dev.mmureplay.event.EventText;
import dev.mmureplay.importer.ImportOptions;
import dev.mmureplay.importer.ImportReport;
import dev.mmureplay.importer.TraceImporter;
import dev.mmureplay.importer.TraceSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Imports {@link EventText}: events written by hand, or by {@code mmureplay export}. */
public final class EventTextImporter implements TraceImporter {
  @Override
  public String name() {
    return "event-text";
  }

  @Override
  public String description() {
    return "events as text, one line each: written by hand or by mmureplay export and minimise";
  }

  @Override
  public boolean recognises(byte[] head) {
    byte[] header = EventText.HEADER.getBytes(StandardCharsets.US_ASCII);
    return head.length >= header.length
        && Arrays.equals(head, 0, header.length, header, 0, header.length);
  }

  @Override
  public ImportReport importTrace(TraceSource source, ImportOptions options, EventSink events)
      throws IOException {
    return new EventTextReader(source.stream(), events).read();
  }
}
