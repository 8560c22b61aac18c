package dev.mmureplay.recorded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.event.EventReader;
import dev.mmureplay.mmu.Backends;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.GuestPlatform;
import dev.mmureplay.mmu.Operation;
import dev.mmureplay.replay.Replay;
import dev.mmureplay.replay.ReplayOptions;
import dev.mmureplay.store.RunRecorder;
import dev.mmureplay.store.Store;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hazard: prices that add up for the calls they were taken from, and for no other. Every mprotect
 * of the recorded program, from events to SQL, must cost the instructions that were recorded, under
 * six kernels and with page-table isolation, to the last one.
 *
 * <p>Those that do not are listed by name, with the cause, in {@code instructions-that-differ.tsv}.
 * Touches and other system calls are no mprotect calls, have no price per call, and are listed,
 * too.
 */
class RecordedInstructionsTest {
  /** Instructions of Xen's timer interrupt when nothing is due, and of all that may be due. */
  private static final long SHORTEST_INTERRUPT = 1979;

  private static final long LONGEST_INTERRUPT = 2600;

  private static final Operation[] ON_VMAS = {
    Operation.VMA_SPLIT_LOW,
    Operation.VMA_SPLIT_HIGH,
    Operation.VMA_EXTEND,
    Operation.VMA_MERGE,
    Operation.VMA_MERGE_BOTH
  };

  private static void replay(Store store, Path events) throws IOException {
    ReplayOptions options =
        new ReplayOptions(new GuestPlatform(GuestKernel.LINUX_6_1, true), Backends.all(), null, 1);
    try (EventReader reader = EventReader.open(events);
        RunRecorder recorder = store.record(reader.info(), options)) {
      recorder.commit(Replay.run(events, options, recorder, done -> {}));
    }
  }

  private static List<Double> costs(Store store, Variant variant) throws SQLException {
    String sql = "SELECT typical FROM call_cost WHERE profile = ? AND backend = ? ORDER BY call";
    try (PreparedStatement statement = store.connection().prepareStatement(sql)) {
      statement.setString(1, variant.profile);
      statement.setString(2, variant.backend);
      List<Double> costs = new ArrayList<>();
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          costs.add(row.getDouble(1));
        }
      }
      return costs;
    }
  }

  private static String cause(
      Variant variant, MicroMachine.Case called, RecordedTable.Row row, double surplus) {
    if (!variant.underXen() && row.name().startsWith("thp-")) {
      return "a huge page, which the model does not have";
    }
    boolean vmas = called.count(variant.backend, ON_VMAS) > 0;
    if (variant.underXen() && row.get("iret") > 1) {
      return "the guest was interrupted";
    }
    if (vmas && surplus < 0) {
      return "VMAs split or merged: the tree of the anon_vma is rebalanced less than in the priced case";
    }
    if (vmas) {
      return "VMAs split or merged: a slab cache ran empty or was filled up";
    }
    boolean interrupted =
        row.get("spread") > 0 && surplus >= SHORTEST_INTERRUPT && surplus <= LONGEST_INTERRUPT;
    return interrupted ? "Xen was interrupted" : "unexplained";
  }

  @Test
  void everyCallCostsTheRecordedInstructions(@TempDir Path folder)
      throws IOException, SQLException {
    List<MicroProgram.Step> steps = MicroProgram.steps();
    List<MicroMachine.Case> cases = MicroMachine.run(steps);
    Path events = folder.resolve("micro.arrow");
    MicroEvents.write(steps, cases, events);
    List<String> differing = new ArrayList<>();
    differing.add("table\tcase\tpriced\trecorded\tspread\tcause");
    try (Store store = Store.open(folder.resolve("r.duckdb"))) {
      replay(store, events);
      for (Variant variant : Variant.values()) {
        List<RecordedTable.Row> rows = RecordedTable.read(variant.table);
        List<Double> costs = costs(store, variant);
        int call = 0;
        for (int i = 0; i < rows.size(); i++) {
          if (cases.get(i).step.kind() == MicroProgram.Kind.PROTECT) {
            double priced = costs.get(call++);
            String line = difference(variant, cases.get(i), rows.get(i), priced);
            if (!line.isEmpty()) {
              differing.add(line);
            }
          }
        }
        assertThat(costs).hasSize(call);
      }
    }
    assertThat(String.join("\n", differing) + "\n")
        .isEqualTo(RecordedTable.text("instructions-that-differ.tsv"));
  }

  /** The other cases of the program, which have no price because nothing counts their work. */
  @Test
  void whatIsNoMprotectCallIsListedByName() throws IOException {
    Set<String> listed = new LinkedHashSet<>();
    for (MicroMachine.Case each : MicroMachine.run(MicroProgram.steps())) {
      String cause =
          switch (each.step.kind()) {
            case PROTECT -> "";
            case OTHER_CALL -> "a system call that is no mprotect";
            default -> "a touch: the program's own instructions, and the guest's for a page fault";
          };
      if (!cause.isEmpty()) {
        listed.add(each.step.name() + '\t' + cause + '\n');
      }
    }
    assertThat("case\tcause\n" + String.join("", listed))
        .isEqualTo(RecordedTable.text("instructions-not-priced.tsv"));
  }

  private static String difference(
      Variant variant, MicroMachine.Case called, RecordedTable.Row row, double priced) {
    long recorded = row.get("total");
    if (priced == recorded) {
      return "";
    }
    return String.join(
        "\t",
        variant.table,
        row.name(),
        String.valueOf(priced),
        row.text("total"),
        row.text("spread"),
        cause(variant, called, row, recorded - priced));
  }
}
