package dev.mmureplay.report;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the report says about accesses that raced with the mprotect calls of one replay. */
final class RaceSection {
  private static final int FINDINGS = 20;

  private RaceSection() {}

  /** Returns nothing if no race was tried. */
  static List<Block> of(Database database, long replay) throws SQLException {
    ResultTable races =
        database.ask(
            """
            SELECT backend || CASE WHEN correct THEN '' ELSE ' (control)' END AS backend,
              longest_window AS "longest window",
              candidates || CASE WHEN assumed_candidates > 0
                THEN ' (' || assumed_candidates || ' assumed)' ELSE '' END AS candidates,
              schedules, races, accessed_lost AS "A lost", dirty_lost AS "D lost",
              assumed_lost AS "lost, assumed",
              transient_faults AS "transient faults", stale_uses AS "stale uses",
              cmpxchg_retries + xchg_retries AS retries
            FROM race_by_backend WHERE replay = ? ORDER BY run
            """,
            replay);
    List<Block> blocks = new ArrayList<>();
    if (races.rows().isEmpty()) {
      return blocks;
    }
    ResultTable mode =
        database.ask(
            """
            SELECT DISTINCT mode || CASE WHEN assumed_aging
              THEN '; A of every page taken to have been cleared before each call' ELSE '' END AS mode
            FROM race_by_backend WHERE replay = ?
            """,
            replay);
    blocks.add(new Block.Subsection("Races"));
    blocks.add(
        new Block.Paragraph(
            String.format(
                Locale.ROOT,
                "Accesses of other threads to pages that a call updates were tried at moments of the call (%s). Between"
                    + " the start of an update and its effective commit hardware may set A and D, which must not get"
                    + " lost. A window is counted in memory operations on PTEs; a candidate is an access and an update"
                    + " that it may have raced with.",
                mode.text(0, "mode"))));
    blocks.add(new Block.Table("What races come to under each backend", races));
    ResultTable lost =
        database.ask(
            """
            SELECT backend, invariant, evidence, address_text(address) AS address, call,
              call_line AS "call in line", access_kind AS access, access_line AS "access in line",
              window_operations AS "window", message
            FROM finding WHERE replay = ? AND evidence IS NOT NULL
            ORDER BY evidence, backend, call, access_seq, address, invariant LIMIT %d
            """
                .formatted(FINDINGS),
            replay);
    if (!lost.rows().isEmpty()) {
      blocks.add(new Block.Table("Bits lost to races, the first " + FINDINGS, lost));
    }
    return blocks;
  }
}
