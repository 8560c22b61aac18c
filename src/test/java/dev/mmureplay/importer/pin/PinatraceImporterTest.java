package dev.mmureplay.importer.pin;

import dev.mmureplay.importer.GoldenLogs;
import dev.mmureplay.importer.TraceImporter;

/** Guards against a size or value, of which some variants have none, being read as an address. */
class PinatraceImporterTest implements GoldenLogs {
  @Override
  public TraceImporter importer() {
    return new PinatraceImporter();
  }

  @Override
  public String directory() {
    return "pin";
  }
}
