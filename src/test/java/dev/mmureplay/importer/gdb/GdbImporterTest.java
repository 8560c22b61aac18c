package dev.mmureplay.importer.gdb;

import dev.mmureplay.importer.GoldenLogs;
import dev.mmureplay.importer.TraceImporter;

/** Guards against the two stops of a call being taken for two calls. */
class GdbImporterTest implements GoldenLogs {
  @Override
  public TraceImporter importer() {
    return new GdbImporter();
  }

  @Override
  public String directory() {
    return "gdb";
  }
}
