package dev.mmureplay.cli;

import dev.mmureplay.replay.race.Interleaving;
import dev.mmureplay.replay.race.Interleaving.Mode;
import dev.mmureplay.replay.race.Interleaving.Racing;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;

/** When accesses happen that race with an mprotect call. */
final class RaceSettings {
  @Option(
      names = "--interleave",
      paramLabel = "WHEN",
      converter = InterleavingConverter.class,
      completionCandidates = Modes.class,
      description = {
        "none, recorded, random:N or exhaustive: at which moments of an mprotect call accesses of"
            + " other threads are tried that the trace shows during it. If not given: recorded"
            + " where the trace shows accesses of concurrent threads, else none."
      })
  private @Nullable Interleaving interleaving;

  @Option(
      names = "--assume-racing",
      paramLabel = "DISTANCE",
      converter = RacingConverter.class,
      description = {
        "Take accesses of other threads this far before and behind a call to race with it, too:"
            + " 500ns, 2us or 50events. For captures that serialise threads."
      })
  private Racing racing = Racing.NONE;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "What the moments of random:N depend on; ${DEFAULT-VALUE} if not given.")
  private long seed = 1;

  @Option(
      names = "--late-dirty",
      description = {
        "Let a write through a cached writable, clean translation set D although the PTE has become"
            + " read-only, as older processors may."
      })
  private boolean lateDirty;

  @Option(
      names = "--assume-aging",
      description = {
        "Take the kernel to have cleared A of every page before each call, as reclaim, DAMON and idle"
            + " page tracking do: the worst case for accessed bits, which no trace of a program"
            + " shows."
      })
  private boolean aging;

  /**
   * Returns what was asked for, or null if the trace is to decide.
   *
   * @throws IllegalArgumentException if it makes no sense
   */
  @Nullable Interleaving interleaving() {
    Interleaving asked = interleaving;
    if (asked == null) {
      if (!racing.assumes() && !lateDirty && !aging) {
        return null;
      }
      asked = Interleaving.parse("recorded");
    }
    long used = asked.mode() == Mode.RANDOM ? seed : 0;
    return new Interleaving(asked.mode(), asked.draws(), used, racing, lateDirty, aging);
  }

  static final class InterleavingConverter implements ITypeConverter<Interleaving> {
    @Override
    public Interleaving convert(String text) {
      return FormatOption.converted(() -> Interleaving.parse(text));
    }
  }

  static final class RacingConverter implements ITypeConverter<Racing> {
    @Override
    public Racing convert(String text) {
      return FormatOption.converted(() -> Racing.parse(text));
    }
  }

  static final class Modes implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return List.of("none", "recorded", "random:10", "exhaustive").iterator();
    }
  }
}
