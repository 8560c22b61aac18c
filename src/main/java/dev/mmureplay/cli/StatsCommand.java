package dev.mmureplay.cli;

import dev.mmureplay.cli.stats.Workload;
import dev.mmureplay.cli.stats.WorkloadTables;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.GuestPlatform;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Characterises the mprotect calls of a trace. */
@Command(
    name = "stats",
    description =
        "Says what the mprotect calls of a trace do before any backend or price comes in: pages per"
            + " call, calls that change nothing, flips of pages that nobody touched, ranges that go"
            + " back and forth, time between flips, VMAs, call sites.",
    footer = {
      "",
      "Examples:",
      "  mmureplay stats trace.arrow",
      "  mmureplay stats trace.log.gz --format json",
      "",
      "Nothing is assumed about residency: what the trace cannot know is unknown.",
    })
final class StatsCommand extends Verb {
  @Parameters(
      paramLabel = "TRACE",
      description = "Event file, raw trace, FORMAT:TRACE, or - for standard input.")
  private String trace = "";

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE} if not given.")
  private Facts.Format format = Facts.Format.TEXT;

  @Option(
      names = "--kernel",
      paramLabel = "NAME",
      defaultValue = "linux-6.1",
      converter = ReplaySettings.KernelConverter.class,
      completionCandidates = ReplaySettings.KernelNames.class,
      description =
          "Guest kernel whose rules merge VMAs: ${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE} if not"
              + " given.")
  private GuestKernel kernel = GuestKernel.LINUX_6_1;

  @Mixin private ImportSettings settings = new ImportSettings();

  @Override
  void run() throws IOException {
    try (EventFiles files = new EventFiles(this, settings)) {
      EventFiles.EventFile file = files.open(trace);
      AtomicLong events = new AtomicLong();
      Workload workload =
          withProgress(
              "reading " + file.name(),
              Progress.Unit.EVENTS,
              file.info().events(),
              events::get,
              () ->
                  Workload.of(
                      file.path(), file.info(), new GuestPlatform(kernel, true), events::set));
      Facts facts = new Facts();
      facts.section("calls", WorkloadTables.calls(workload));
      facts.table("pages_per_call", WorkloadTables.pages(workload));
      facts.section("flips", WorkloadTables.flips(workload));
      facts.table("between_two_flips_of_a_page", WorkloadTables.between(workload));
      facts.table("ranges_that_go_back_and_forth", WorkloadTables.pingPong(workload));
      facts.section("vmas", WorkloadTables.vmas(workload));
      facts.table("most_vmas_in_the_course_of_the_trace", WorkloadTables.vmaCurve(workload));
      facts.table("failed_calls", WorkloadTables.failures(workload));
      facts.table("call_sites", WorkloadTables.sites(file.info()));
      facts.print(format, out());
    }
  }
}
