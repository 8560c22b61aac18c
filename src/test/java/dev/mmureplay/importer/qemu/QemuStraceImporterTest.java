package dev.mmureplay.importer.qemu;

import dev.mmureplay.importer.GoldenLogs;
import dev.mmureplay.importer.TraceImporter;

/** Guards against calls printed into each other losing one of them, or its result. */
class QemuStraceImporterTest implements GoldenLogs {
  @Override
  public TraceImporter importer() {
    return new QemuStraceImporter();
  }

  @Override
  public String directory() {
    return "qemu";
  }
}
