package dev.mmureplay.importer;

import static java.util.Objects.requireNonNull;

import dev.mmureplay.event.CallSite;
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
 * @param sites the places that change protections, most calls first; empty without call stacks
 */
public record ImportReport(
    Ledger ledger,
    Fidelity fidelity,
    @Nullable String command,
    List<String> markers,
    List<CallSite> sites) {
  public ImportReport {
    requireNonNull(ledger, "ledger");
    requireNonNull(fidelity, "fidelity");
    markers = List.copyOf(markers);
    sites = List.copyOf(sites);
  }

  /** Makes the report of an import without call stacks. */
  public ImportReport(
      Ledger ledger, Fidelity fidelity, @Nullable String command, List<String> markers) {
    this(ledger, fidelity, command, markers, List.of());
  }

  /** Makes the report of an import without markers and call stacks. */
  public ImportReport(Ledger ledger, Fidelity fidelity, @Nullable String command) {
    this(ledger, fidelity, command, List.of());
  }
}
