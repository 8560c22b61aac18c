package dev.mmureplay.importer.declared;

import dev.mmureplay.importer.DeclaredOptions;
import dev.mmureplay.importer.GoldenLogs;
import dev.mmureplay.importer.ImportOptions;
import dev.mmureplay.importer.TraceImporter;

/** Guards against a line being read as a pattern that does not describe all of it. */
class PatternImporterTest implements GoldenLogs {
  @Override
  public TraceImporter importer() {
    return new PatternImporter();
  }

  @Override
  public String directory() {
    return "pattern";
  }

  @Override
  public boolean recognisesItsLogs() {
    return false;
  }

  @Override
  public ImportOptions options(String log) {
    return DeclaredOptions.of(true, false);
  }
}
