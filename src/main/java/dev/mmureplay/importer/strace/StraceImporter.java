package dev.mmureplay.importer.strace;

import dev.mmureplay.event.EventSink;
import dev.mmureplay.importer.ImportOptions;
import dev.mmureplay.importer.ImportReport;
import dev.mmureplay.importer.LineScanner;
import dev.mmureplay.importer.TraceImporter;
import dev.mmureplay.importer.TraceSource;
import java.io.IOException;

/** Reads logs of strace, with any of the options that change how a line looks. */
public final class StraceImporter implements TraceImporter {
  /** For {@link java.util.ServiceLoader}. */
  public StraceImporter() {}

  @Override
  public String name() {
    return "strace";
  }

  @Override
  public String description() {
    return "strace -f -ttt -T -o FILE COMMAND; all system calls about memory, no page accesses";
  }

  @Override
  public boolean recognises(byte[] head) {
    return StraceLook.isStrace(head);
  }

  @Override
  public ImportReport importTrace(TraceSource source, ImportOptions options, EventSink events)
      throws IOException {
    return new StraceReader(new LineScanner(source.stream()), events).read();
  }
}
