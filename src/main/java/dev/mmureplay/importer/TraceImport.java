package dev.mmureplay.importer;

import dev.mmureplay.event.EngineVersion;
import dev.mmureplay.event.EventWriter;
import dev.mmureplay.event.Fidelity;
import dev.mmureplay.event.Ledger;
import dev.mmureplay.event.TraceInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The way of a raw trace into an event file.
 *
 * <pre>
 * TraceSource ── importer ──▶ EventWriter ──▶ .target.tmp ── all is well ──▶ target
 *                                                 └───── anything else ────▶ removed
 * </pre>
 */
public final class TraceImport {
  /** The format that stands for looking at the trace. */
  public static final String AUTO = "auto";

  private TraceImport() {}

  /**
   * Imports a trace. On failure the target is as it was before.
   *
   * @param format an importer's name; null or {@link #AUTO} to recognise it
   * @param strict whether one rejected line makes the import fail
   * @param target the event file, replaced if it exists
   * @return what the event file knows about itself
   * @throws IllegalArgumentException if there is no importer of that name
   * @throws UnknownFormatException if the format is to be recognised and is not
   * @throws RejectedLineException if a line was rejected and {@code strict} is set
   * @throws IOException if the source cannot be read, no line of it is understood, or the target
   *     cannot be written
   */
  public static TraceInfo importTo(
      TraceSource source,
      @Nullable String format,
      ImportOptions options,
      boolean strict,
      Path target)
      throws IOException {
    TraceImporter importer =
        format == null || format.equals(AUTO)
            ? Importers.recognise(source)
            : Importers.named(format);
    try (EventWriter writer = new EventWriter(target)) {
      ImportReport report = importer.importTrace(source, options, writer);
      Ledger ledger = report.ledger();
      if (ledger.parsedCount() == 0) {
        throw new IOException(
            source.name()
                + ": no line of "
                + ledger.lines()
                + " was understood as "
                + importer.name()
                + mostly(ledger));
      }
      if (strict) {
        RejectedLineException.requireNone(source.name(), importer.name(), ledger);
      }
      boolean folded = options.fold() && report.fidelity().accesses() == Fidelity.Accesses.EVERY;
      return writer.finish(
          importer.name(),
          EngineVersion.current(),
          source.fileName(),
          source.sha256Hex(),
          report.command(),
          folded ? "accesses" : "none",
          report.fidelity(),
          ledger,
          report.markers(),
          report.sites());
    }
  }

  /** Returns the reason for which most lines were rejected, as a clause. */
  private static String mostly(Ledger ledger) {
    return ledger.rejectedByReason().entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .map(most -> "; " + most.getValue() + " rejected: " + most.getKey())
        .orElse("");
  }
}
