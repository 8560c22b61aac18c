package dev.mmureplay.importer.declared;

import dev.mmureplay.event.EventSink;
import dev.mmureplay.importer.ImportOptions;
import dev.mmureplay.importer.ImportReport;
import dev.mmureplay.importer.LineScanner;
import dev.mmureplay.importer.TraceImporter;
import dev.mmureplay.importer.TraceSource;
import java.io.IOException;

/** Reads a table whose columns the user declares: text with commas, semicolons or tabs. */
public final class ColumnsImporter implements TraceImporter {
  /** The name by which the command line asks for this importer. */
  public static final String NAME = "columns";

  /** For {@link java.util.ServiceLoader}. */
  public ColumnsImporter() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String description() {
    return "a table with a header (CSV, TSV, Parquet), declared by --columns"
        + " time:us=ts,kind=op,address:x=addr,…; never recognised, always to be named";
  }

  /** Nothing tells one table from another. */
  @Override
  public boolean recognises(byte[] head) {
    return false;
  }

  @Override
  public ImportReport importTrace(TraceSource source, ImportOptions options, EventSink events)
      throws IOException {
    ColumnMap columns = ColumnMap.parse(options.columns());
    return new TableReader(source.name(), new LineScanner(source.stream()), columns)
        .read(events, options.fold());
  }
}
