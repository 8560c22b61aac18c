package dev.mmureplay.importer.perftrace;

import dev.mmureplay.importer.GoldenLogs;
import dev.mmureplay.importer.TraceImporter;

/** Guards against an argument that perf leaves out, or a call that it tells twice. */
class PerfTraceImporterTest implements GoldenLogs {
  @Override
  public TraceImporter importer() {
    return new PerfTraceImporter();
  }

  @Override
  public String directory() {
    return "perftrace";
  }
}
