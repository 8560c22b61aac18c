package dev.mmureplay.importer;

import static java.util.Objects.requireNonNull;

import dev.mmureplay.event.Fidelity;
import dev.mmureplay.event.Ledger;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of one import.
 *
 * @param ledger the account of the source's lines
 * @param fidelity what this capture can know
 * @param command the traced command line, where the trace shows it
 * @param markers the texts of the markers; {@code result} of a marker is a position in it
 */
public record ImportReport(
    Ledger ledger, Fidelity fidelity, @Nullable String command, List<String> markers) {
  public ImportReport {
    requireNonNull(ledger, "ledger");
    requireNonNull(fidelity, "fidelity");
    markers = List.copyOf(markers);
  }

  /** Makes the report of an import without markers. */
  public ImportReport(Ledger ledger, Fidelity fidelity, @Nullable String command) {
    this(ledger, fidelity, command, List.of());
  }
}
