package dev.mmureplay.cli;

import dev.mmureplay.mmu.Backends;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.GuestPlatform;
import dev.mmureplay.mmu.MmuBackend;
import dev.mmureplay.replay.ReplayOptions;
import dev.mmureplay.replay.Residency;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What traces are replayed under. */
final class ReplaySettings {
  /** What the command line can say about residency; saying nothing lets the trace decide. */
  enum Assumed {
    NONE(Residency.NONE),
    ALL(Residency.ALL);

    private final Residency residency;

    Assumed(Residency residency) {
      this.residency = residency;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The backends that a list of names stands for. */
  record Chosen(List<MmuBackend> backends) {}

  @Option(
      names = "--backend",
      paramLabel = "NAME[,NAME…]",
      defaultValue = Backends.ALL,
      converter = BackendConverter.class,
      completionCandidates = BackendNames.class,
      description = "${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE} if not given.")
  private Chosen chosen = new Chosen(List.of());

  @Option(
      names = "--kernel",
      paramLabel = "NAME",
      defaultValue = "linux-6.1",
      converter = KernelConverter.class,
      completionCandidates = KernelNames.class,
      description = "Guest kernel: ${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE} if not given.")
  private GuestKernel kernel = GuestKernel.LINUX_6_1;

  @Option(
      names = "--no-preserve-ad",
      description = "Replay under a hypervisor that lacks XENFEAT_mmu_pt_update_preserve_ad.")
  private boolean noPreserveAd;

  @Option(
      names = "--residency",
      paramLabel = "WHICH",
      description = {
        "${COMPLETION-CANDIDATES}: which pages to assume resident at an mprotect. If not given: as"
            + " recorded, or all where the trace shows no accesses."
      })
  private @Nullable Assumed residency;

  @Option(
      names = "--fault-around",
      paramLabel = "N",
      defaultValue = "" + ReplayOptions.DEFAULT_FAULT_AROUND,
      description =
          "Pages that one read fault of a file mapping populates at most, a power of two from 1 to"
              + " 512; ${DEFAULT-VALUE} if not given.")
  private int faultAround = ReplayOptions.DEFAULT_FAULT_AROUND;

  @Mixin private RaceSettings races = new RaceSettings();

  /**
   * Returns the options.
   *
   * @throws picocli.CommandLine.ParameterException if they make no sense
   */
  ReplayOptions options(Verb verb) {
    try {
      return new ReplayOptions(
          new GuestPlatform(kernel, !noPreserveAd),
          chosen.backends,
          residency == null ? null : residency.residency,
          faultAround,
          races.interleaving());
    } catch (IllegalArgumentException e) {
      throw verb.usage(String.valueOf(e.getMessage()));
    }
  }

  static final class BackendConverter implements ITypeConverter<Chosen> {
    @Override
    public Chosen convert(String names) {
      return FormatOption.converted(() -> new Chosen(Backends.named(names)));
    }
  }

  static final class KernelConverter implements ITypeConverter<GuestKernel> {
    @Override
    public GuestKernel convert(String name) {
      return FormatOption.converted(() -> GuestKernel.named(name));
    }
  }

  static final class BackendNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Stream.concat(Stream.of(Backends.ALL), Backends.all().stream().map(MmuBackend::name))
          .toList()
          .iterator();
    }
  }

  static final class KernelNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Arrays.stream(GuestKernel.values()).map(GuestKernel::id).toList().iterator();
    }
  }

  /** Returns the guest kernel that the user chose. */
  GuestKernel kernel() {
    return kernel;
  }
}
