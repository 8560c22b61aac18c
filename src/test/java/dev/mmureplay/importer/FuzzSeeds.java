package dev.mmureplay.importer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * The logs to begin with: those beside the tests of all importers, and the beginnings of the files
 * of a directory.
 */
final class FuzzSeeds {
  private static final class Log {
    private final String directory;
    private final byte[] text;

    Log(String directory, byte[] text) {
      this.directory = directory;
      this.text = text;
    }

    /** By its looks, or by its place where it has to be named. */
    boolean isOf(TraceImporter importer) {
      byte[] head = Arrays.copyOf(text, Math.min(text.length, Importers.HEAD_BYTES));
      return directory.equals(importer.name()) || importer.recognises(head);
    }
  }

  private final List<Log> logs = new ArrayList<>();

  /**
   * Reads all logs.
   *
   * @param corpus a directory of further ones; empty for none
   */
  FuzzSeeds(String corpus) throws IOException {
    for (String directory : EventCsv.names("")) {
      if (!directory.contains(".")) {
        for (String name : EventCsv.names(directory)) {
          if (name.matches(".*\\.(log|bin|zst)")) {
            add(directory, TraceSource.of(name, EventCsv.resource(directory + "/" + name)));
          }
        }
      }
    }
    if (!corpus.isEmpty()) {
      try (Stream<Path> files = Files.list(Path.of(corpus))) {
        for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
          add("", TraceSource.open(file.toString()));
        }
      }
    }
  }

  private void add(String directory, TraceSource packed) throws IOException {
    try (TraceSource source = packed) {
      logs.add(new Log(directory, source.stream().readNBytes(Mutator.MAX_BYTES)));
    }
  }

  /** Returns the importer's own logs. */
  List<byte[]> own(TraceImporter importer) {
    return logs.stream().filter(log -> log.isOf(importer)).map(log -> log.text).toList();
  }

  /** Returns those of other importers. */
  List<byte[]> others(TraceImporter importer) {
    return logs.stream().filter(log -> !log.isOf(importer)).map(log -> log.text).toList();
  }
}
