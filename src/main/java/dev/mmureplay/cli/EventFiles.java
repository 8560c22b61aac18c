package dev.mmureplay.cli;

import dev.mmureplay.event.EventReader;
import dev.mmureplay.event.TraceInfo;
import dev.mmureplay.importer.Importers;
import dev.mmureplay.importer.RejectedLineException;
import dev.mmureplay.importer.TraceImport;
import dev.mmureplay.importer.TraceImporter;
import dev.mmureplay.importer.TraceSource;
import dev.mmureplay.importer.declared.ColumnsImporter;
import dev.mmureplay.store.ParquetTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The event files behind the traces that the command line names: an event file is itself, a raw
 * trace is imported into a temporary directory that goes away at {@link #close}.
 */
final class EventFiles implements AutoCloseable {
  /** A trace, ready to replay. */
  record EventFile(String name, Path path, TraceInfo info) {}

  /** A trace as the command line names it, {@code path} or {@code format:path}. */
  record Named(String format, String path) {
    static Named parse(String argument, String defaultFormat) {
      int colon = argument.indexOf(':');
      if (colon > 0 && !Files.exists(Path.of(argument))) {
        String prefix = argument.substring(0, colon);
        List<String> formats = Importers.all().stream().map(TraceImporter::name).toList();
        if (formats.contains(prefix)) {
          return new Named(prefix, argument.substring(colon + 1));
        }
      }
      return new Named(defaultFormat, argument);
    }
  }

  private final Verb verb;
  private final ImportSettings settings;
  private final Path directory;
  private final Thread cleaner = new Thread(this::delete, "clean-up");
  private int files;

  EventFiles(Verb verb, ImportSettings settings) throws IOException {
    this.verb = verb;
    this.settings = settings;
    this.directory = Files.createTempDirectory("mmureplay");
    Runtime.getRuntime().addShutdownHook(cleaner); // For when the user interrupts.
  }

  /** Opens one trace, importing it if it is raw. */
  EventFile open(String argument) throws IOException {
    Named named = Named.parse(argument, TraceImport.AUTO);
    if (isEventFile(named)) {
      Path path = Path.of(named.path);
      try (EventReader reader = EventReader.open(path)) {
        TraceInfo info = reader.info();
        if (settings.strict()) {
          RejectedLineException.requireNone(info.source(), info.importer(), info.ledger());
        }
        return new EventFile(named.path, path, info);
      }
    }
    Path target = directory.resolve(files++ + ".arrow");
    return new EventFile(named.path, target, importTo(verb, named, settings, target));
  }

  /** Imports a raw trace, showing progress. */
  static TraceInfo importTo(Verb verb, Named named, ImportSettings settings, Path target)
      throws IOException {
    String format = settings.format(named.format);
    if (format.equals(ColumnsImporter.NAME) && isFile(named) && isParquet(named)) {
      Path text = Files.createTempFile("mmureplay", ".csv");
      try {
        ParquetTable.writeCsv(Path.of(named.path), text);
        TraceSource source = TraceSource.openText(named.path, text);
        return importTo(verb, source, format, settings, target);
      } finally {
        Files.deleteIfExists(text);
      }
    }
    return importTo(verb, TraceSource.open(named.path), format, settings, target);
  }

  private static TraceInfo importTo(
      Verb verb, TraceSource opened, String format, ImportSettings settings, Path target)
      throws IOException {
    try (TraceSource source = opened) {
      return verb.withProgress(
          "importing " + source.name(),
          Progress.Unit.BYTES,
          source.size(),
          source::bytesRead,
          () ->
              TraceImport.importTo(source, format, settings.options(), settings.strict(), target));
    }
  }

  private static boolean isParquet(Named named) throws IOException {
    return ParquetTable.isParquet(Path.of(named.path));
  }

  private static boolean isFile(Named named) {
    return !named.path.equals(TraceSource.STDIN)
        && Files.isRegularFile(Path.of(named.path))
        && Files.isReadable(Path.of(named.path));
  }

  static boolean isEventFile(Named named) throws IOException {
    return isFile(named) && EventReader.isArrow(Path.of(named.path));
  }

  @Override
  public void close() {
    delete();
    try {
      Runtime.getRuntime().removeShutdownHook(cleaner);
    } catch (IllegalStateException e) {
      return; // The machine is going down already.
    }
  }

  private void delete() {
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      return; // It is in the directory for temporary files: somebody else will clean up.
    }
  }
}
