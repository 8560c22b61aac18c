package dev.mmureplay.store;

import dev.mmureplay.event.CallSite;
import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.Fidelity;
import dev.mmureplay.event.Ledger;
import dev.mmureplay.event.TraceInfo;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Map;

/** The rows of a trace, written once for the same bytes, importer and folding. */
final class TraceRows {
  private TraceRows() {}

  /** Returns the id of a trace, which is stored if it is not yet. */
  static long find(Connection connection, TraceInfo trace) throws SQLException {
    String known =
        """
        SELECT id FROM trace
        WHERE sha256 = ? AND importer = ? AND importer_version = ? AND folding = ?
        """;
    try (PreparedStatement select = connection.prepareStatement(known)) {
      select.setString(1, trace.sha256());
      select.setString(2, trace.importer());
      select.setString(3, trace.importerVersion());
      select.setString(4, trace.folding());
      try (ResultSet row = select.executeQuery()) {
        if (row.next()) {
          return row.getLong(1);
        }
      }
    }
    long id;
    try (PreparedStatement select =
            connection.prepareStatement("SELECT coalesce(max(id), 0) + 1 FROM trace");
        ResultSet row = select.executeQuery()) {
      row.next();
      id = row.getLong(1);
    }
    insert(connection, id, trace);
    return id;
  }

  private static void insert(Connection connection, long id, TraceInfo trace) throws SQLException {
    Fidelity fidelity = trace.fidelity();
    Ledger ledger = trace.ledger();
    try (Rows rows = new Rows(connection, "trace")) {
      rows.add(
          id,
          trace.source(),
          trace.sha256(),
          trace.importer(),
          trace.importerVersion(),
          trace.command(),
          trace.folding(),
          trace.events(),
          ledger.lines(),
          ledger.parsedCount(),
          ledger.ignoredCount(),
          ledger.rejectedCount(),
          fidelity.accesses().name().toLowerCase(Locale.ROOT).replace('_', '-'),
          fidelity.threads(),
          fidelity.concurrent(),
          fidelity.clock(),
          fidelity.cpus(),
          fidelity.fromStart(),
          fidelity.kernelAccesses(),
          fidelity.lost() < 0 ? null : fidelity.lost());
    }
    try (Rows rows = new Rows(connection, "trace_kind")) {
      for (Map.Entry<EventKind, Long> kind : trace.kinds().entrySet()) {
        rows.add(id, kind.getKey().name().toLowerCase(Locale.ROOT), kind.getValue());
      }
    }
    try (Rows rows = new Rows(connection, "ledger")) {
      rows.add(id, "parsed", null, ledger.parsedCount());
      for (Map.Entry<String, Long> rule : ledger.ignoredByRule().entrySet()) {
        rows.add(id, "ignored", rule.getKey(), rule.getValue());
      }
      for (Map.Entry<String, Long> reason : ledger.rejectedByReason().entrySet()) {
        rows.add(id, "rejected", reason.getKey(), reason.getValue());
      }
    }
    try (Rows rows = new Rows(connection, "call_site")) {
      for (CallSite site : trace.sites()) {
        rows.add(id, site.stack(), site.calls(), site.pages());
      }
    }
    try (Rows rows = new Rows(connection, "rejected_line")) {
      for (Ledger.Rejection rejection : ledger.rejections()) {
        rows.add(id, rejection.line(), rejection.reason(), rejection.text());
      }
    }
  }
}
