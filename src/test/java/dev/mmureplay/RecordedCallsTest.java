package dev.mmureplay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.importer.TraceSource;
import dev.mmureplay.mmu.Backends;
import dev.mmureplay.mmu.Operation;
import dev.mmureplay.replay.CallFacts;
import dev.mmureplay.replay.verify.CallCheck;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Hazard: an importer and a verification that make the same mistake and so agree. The tables were
 * made of the same recordings by other scripts; what our replay counts for each call must be what
 * they read from it.
 */
class RecordedCallsTest {
  private static final int ADDRESS = 0;
  private static final int PAGES = 1;
  private static final int PROTECTION = 2;
  private static final int RESULT = 3;
  private static final int UPDATES = 4;
  private static final int REQUESTS = 5;
  private static final int BATCHES = 6;
  private static final int FLUSH_HYPERCALLS = 7;
  private static final int ONE_PAGE = 8;
  private static final int SEVERAL_CPUS = 9;
  private static final int ENTRIES = 10;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "micro",
        "mcentry",
        "smp",
        "wl-barrier",
        "wl-bashpipe",
        "wl-boehm",
        "wl-busybox",
        "wl-threads",
        "wl-smp2-barrier",
        "wl-smp2-bashpipe",
        "wl-smp2-boehm",
        "wl-smp2-busybox",
        "wl-smp2-threads"
      })
  void theModelCountsForEachCallWhatOthersReadFromTheRecording(String name) throws IOException {
    List<String> table = table(name);
    List<String> model = new ArrayList<>();
    boolean separate = name.equals("mcentry");
    XenRecording recording = new XenRecording(name, folder);
    recording.verify(
        Backends.named(recording.evidence.backend().value()).get(0),
        check -> model.add(row(check, recording.counts, separate)));
    // The table has the order in which calls returned, which is not that of their work in threads.
    assertThat(model).containsExactlyInAnyOrderElementsOf(table);
  }

  /** Returns a call as a line of the table. */
  private static String row(CallCheck check, long[] counts, boolean separate) {
    CallFacts call = check.call();
    String batches = expected(check, "update hypercalls");
    String multicalls = expected(check, "multicalls");
    long entries = call.updatedPtes;
    if (separate) {
      batches = entries == 0 ? "" : entries == 1 ? "1" : "1x" + entries;
    }
    long largest = 0;
    for (String run : multicalls.split(",", -1)) {
      largest = Math.max(largest, run.isEmpty() ? 0 : Long.parseLong(run.replaceAll("x.*", "")));
    }
    boolean any = call.updatedPtes > 0;
    long severalCpus = counts[Operation.TLB_SHOOTDOWN.ordinal()];
    String[] fields = new String[ENTRIES + 1];
    fields[ADDRESS] = Long.toHexString(call.address);
    fields[PAGES] = Long.toString(call.pages);
    fields[PROTECTION] = Integer.toString(call.protection);
    fields[RESULT] = Long.toString(call.modelResult);
    fields[UPDATES] = Long.toString(call.updatedPtes);
    fields[REQUESTS] =
        Long.toString(separate ? entries : counts[Operation.HYPERCALL_MMU_UPDATE.ordinal()]);
    fields[BATCHES] = batches.isEmpty() ? "-" : batches;
    fields[FLUSH_HYPERCALLS] = Long.toString(counts[Operation.HYPERCALL_MMUEXT_OP.ordinal()]);
    fields[ONE_PAGE] = Long.toString(severalCpus > 0 ? 0 : counts[Operation.INVLPG.ordinal()]);
    fields[SEVERAL_CPUS] = Long.toString(severalCpus);
    fields[ENTRIES] = Long.toString(any ? Math.max(1, largest) : 0);
    return String.join("\t", fields);
  }

  /** Returns the sizes that the model expects, as the table writes them; "" for none. */
  private static String expected(CallCheck check, String attribute) {
    return check.attributes().stream()
        .filter(each -> each.name().equals(attribute) && !each.expected().equals("none"))
        .map(each -> each.expected().replace(" ", ""))
        .findFirst()
        .orElse("");
  }

  private static List<String> table(String name) throws IOException {
    String file = "src/test/resources/recorded/calls/" + name + ".tsv.zst";
    try (TraceSource source = TraceSource.open(file)) {
      String text = new String(source.stream().readAllBytes(), StandardCharsets.UTF_8);
      return text.lines().skip(1).map(RecordedCallsTest::normal).toList();
    }
  }

  /**
   * Writes the result, which the table has as the kernel's tracer prints it, as a number. The most
   * entries in a multicall are those of a context switch where the call has none of its own.
   */
  private static String normal(String line) {
    String[] fields = line.split("\t", -1);
    fields[ENTRIES] = fields[UPDATES].equals("0") ? "0" : fields[ENTRIES];
    fields[RESULT] = Long.toString(Long.parseUnsignedLong(fields[RESULT].substring(2), 16));
    return String.join("\t", fields);
  }
}
