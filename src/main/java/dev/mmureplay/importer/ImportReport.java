package dev.mmureplay.importer;

import static java.util.Objects.requireNonNull;

import dev.mmureplay.event.Fidelity;
import dev.mmureplay.event.Ledger;
import org.jspecify.annotations.Nullable;

/**
 * What came of one import.
 *
 * @param ledger the account of the source's lines
 * @param fidelity what this capture can know
 * @param command the traced command line, where the trace shows it
 */
public record ImportReport(Ledger ledger, Fidelity fidelity, @Nullable String command) {
  public ImportReport {
    requireNonNull(ledger, "ledger");
    requireNonNull(fidelity, "fidelity");
  }
}
