package dev.mmureplay.cli;

import dev.mmureplay.importer.Importers;
import dev.mmureplay.importer.TraceImport;
import dev.mmureplay.importer.TraceImporter;
import java.util.Iterator;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;

/** Reads the name of a trace format. */
final class TraceFormat implements ITypeConverter<String> {
  @Override
  public String convert(String name) {
    return name.equals(TraceImport.AUTO)
        ? name
        : FormatOption.converted(() -> Importers.named(name).name());
  }

  /** The names to offer. */
  static final class Names implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      Stream<String> names = Importers.all().stream().map(TraceImporter::name);
      return Stream.concat(Stream.of(TraceImport.AUTO), names).toList().iterator();
    }
  }
}
