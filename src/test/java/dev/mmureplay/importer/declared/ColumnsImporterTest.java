package dev.mmureplay.importer.declared;

import dev.mmureplay.importer.DeclaredOptions;
import dev.mmureplay.importer.GoldenLogs;
import dev.mmureplay.importer.ImportOptions;
import dev.mmureplay.importer.TraceImporter;

/** Guards against a cell being read in the wrong unit, or as another column. */
class ColumnsImporterTest implements GoldenLogs {
  @Override
  public TraceImporter importer() {
    return new ColumnsImporter();
  }

  @Override
  public String directory() {
    return "columns";
  }

  @Override
  public boolean recognisesItsLogs() {
    return false;
  }

  @Override
  public boolean mayRefuseALog() {
    return true;
  }

  @Override
  public ImportOptions options(String log) {
    return DeclaredOptions.of(true, log.equals("units"));
  }
}
