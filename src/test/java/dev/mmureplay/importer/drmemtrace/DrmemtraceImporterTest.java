package dev.mmureplay.importer.drmemtrace;

import dev.mmureplay.importer.GoldenLogs;
import dev.mmureplay.importer.TraceImporter;

/** Guards against arguments and results of interleaved calls being given to the wrong thread. */
class DrmemtraceImporterTest implements GoldenLogs {
  @Override
  public TraceImporter importer() {
    return new DrmemtraceImporter();
  }

  @Override
  public String directory() {
    return "drmemtrace";
  }
}
