package dev.mmureplay.importer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** Finds importers by name, or by what a trace looks like. */
public final class Importers {
  /** How many bytes of a trace an importer may look at to recognise it. */
  public static final int HEAD_BYTES = 16_384;

  private Importers() {}

  /** Returns every importer on the class path, in name order. */
  public static List<TraceImporter> all() {
    List<TraceImporter> importers = new ArrayList<>();
    ServiceLoader.load(TraceImporter.class).forEach(importers::add);
    importers.sort(Comparator.comparing(TraceImporter::name));
    return importers;
  }

  /**
   * Returns the importer with the given name.
   *
   * @throws IllegalArgumentException naming the known ones, if there is none
   */
  public static TraceImporter named(String name) {
    return all().stream()
        .filter(importer -> importer.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "expected a trace format (" + names() + ") but found \"" + name + "\""));
  }

  /**
   * Returns the importer that recognises the trace.
   *
   * @throws UnknownFormatException if the trace is empty, no importer recognises it, or more than
   *     one does
   * @throws IOException if the trace cannot be read
   */
  public static TraceImporter recognise(TraceSource source) throws IOException {
    byte[] head = source.head(HEAD_BYTES);
    if (head.length == 0) {
      throw new UnknownFormatException(source.name() + ": expected a trace but the file is empty");
    }
    List<TraceImporter> candidates =
        all().stream().filter(importer -> importer.recognises(head)).toList();
    if (candidates.isEmpty()) {
      throw new UnknownFormatException(
          source.name()
              + ": expected a trace of a known format ("
              + names()
              + ") but recognised none; FORMAT:FILE"
              + " forces one");
    }
    if (candidates.size() > 1) {
      throw new UnknownFormatException(
          source.name()
              + ": expected a trace of one format but it looks like "
              + candidates.stream().map(TraceImporter::name).collect(Collectors.joining(" and "))
              + "; FORMAT:FILE picks one");
    }
    return candidates.get(0);
  }

  private static String names() {
    return all().stream().map(TraceImporter::name).collect(Collectors.joining(", "));
  }
}
