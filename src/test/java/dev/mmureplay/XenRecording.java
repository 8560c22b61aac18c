package dev.mmureplay;

import dev.mmureplay.event.EventReader;
import dev.mmureplay.event.TraceInfo;
import dev.mmureplay.importer.ImportOptions;
import dev.mmureplay.importer.TraceImport;
import dev.mmureplay.importer.TraceSource;
import dev.mmureplay.mmu.Backends;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.GuestPlatform;
import dev.mmureplay.mmu.MmuBackend;
import dev.mmureplay.replay.CallFacts;
import dev.mmureplay.replay.Finding;
import dev.mmureplay.replay.ReplayOptions;
import dev.mmureplay.replay.ReplaySink;
import dev.mmureplay.replay.Residency;
import dev.mmureplay.replay.verify.CallCheck;
import dev.mmureplay.replay.verify.CheckSink;
import dev.mmureplay.replay.verify.Evidence;
import dev.mmureplay.replay.verify.Totals;
import dev.mmureplay.replay.verify.Verification;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One recording of the real Xen guest, imported, and what comparing the model with it yields. */
final class XenRecording {
  final Path events;
  final Evidence evidence;
  final Totals totals = new Totals();

  /** Each difference as {@code line: call: what: expectation and finding}. */
  final List<String> differences = new ArrayList<>();

  /** Breaches of invariants. */
  final List<Finding> findings = new ArrayList<>();

  /** How often the backend did each operation in the call that was compared last. */
  long[] counts = new long[0];

  XenRecording(String name, Path folder) throws IOException {
    this(folder, "traces/xen-4.17-linux-6.1/" + name + ".ftrace.txt.zst");
  }

  XenRecording(Path folder, String log) throws IOException {
    events = folder.resolve("events.arrow");
    try (TraceSource source = TraceSource.open(log)) {
      TraceImport.importTo(source, TraceImport.AUTO, ImportOptions.DEFAULT, true, events);
    }
    evidence = Evidence.of(events);
  }

  TraceInfo info() throws IOException {
    try (EventReader reader = EventReader.open(events)) {
      return reader.info();
    }
  }

  /** Verifies it under the backend that it shows itself. */
  XenRecording verify() throws IOException {
    return verify(Backends.named(evidence.backend().value()).get(0), check -> {});
  }

  /** Verifies it under a backend, and lets somebody see every call. */
  XenRecording verify(MmuBackend backend, CheckSink calls) throws IOException {
    ReplayOptions options =
        new ReplayOptions(
            new GuestPlatform(GuestKernel.LINUX_6_1, true), List.of(backend), Residency.NONE, 16);
    Verification.run(
        events,
        options,
        evidence,
        new CountsOfTheCall(),
        CheckSink.all(totals, notes, calls),
        done -> {});
    return this;
  }

  private final CheckSink notes =
      new CheckSink() {
        @Override
        public void check(CallCheck check) {
          note(check);
        }

        @Override
        public void execve(CallCheck check) {
          note(check);
        }
      };

  private void note(CallCheck check) {
    for (CallCheck.Attribute each : check.attributes()) {
      if (!each.agrees() && check.reason() == null) {
        differences.add(
            "%d: %s: %s: expected %s but found %s"
                .formatted(each.line(), check.text(), each.name(), each.expected(), each.found()));
      }
    }
  }

  private final class CountsOfTheCall implements ReplaySink {
    @Override
    public void call(CallFacts call, long[][] byBackend) {
      counts = byBackend[0];
    }

    @Override
    public void finding(Finding finding) {
      findings.add(finding);
    }
  }
}
