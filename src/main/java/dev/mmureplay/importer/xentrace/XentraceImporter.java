package dev.mmureplay.importer.xentrace;

import dev.mmureplay.event.EventSink;
import dev.mmureplay.importer.ImportOptions;
import dev.mmureplay.importer.ImportReport;
import dev.mmureplay.importer.TraceImporter;
import dev.mmureplay.importer.TraceSource;
import java.io.IOException;
import java.util.Arrays;

/** Reads the binary file that xentrace writes. */
public final class XentraceImporter implements TraceImporter {
  /** The header of the first window, in the order of its bytes: CPU_CHANGE with two words. */
  private static final byte[] MAGIC = {0x03, (byte) 0xf0, 0x01, 0x20};

  /** For {@link java.util.ServiceLoader}. */
  public XentraceImporter() {}

  @Override
  public String name() {
    return "xentrace";
  }

  @Override
  public String description() {
    return "xentrace -D -e 0x0020f000 -e 0x0002f000 FILE; hypercalls, emulated page-table writes"
        + " and page faults of PV guests, by vcpu";
  }

  @Override
  public boolean recognises(byte[] head) {
    return head.length >= MAGIC.length
        && Arrays.equals(head, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
  }

  @Override
  public ImportReport importTrace(TraceSource source, ImportOptions options, EventSink events)
      throws IOException {
    return new XentraceReader(source.stream(), events).read();
  }
}
