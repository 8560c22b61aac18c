package dev.mmureplay.replay.minimise;

import dev.mmureplay.event.EngineVersion;
import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.event.EventSchema;
import dev.mmureplay.event.EventWriter;
import dev.mmureplay.event.TraceInfo;
import dev.mmureplay.replay.Finding;
import dev.mmureplay.replay.Replay;
import dev.mmureplay.replay.ReplayOptions;
import dev.mmureplay.replay.ReplaySink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reduces a trace with a finding to one from which nothing can be left out without losing it.
 *
 * <p>First only the events around the finding's page are kept, then {@link DeltaDebugging} leaves
 * out ever smaller pieces, then every call is cut down to the one page. After each step the trace
 * is replayed: what remains shows the finding because it was seen to.
 */
public final class Minimiser {
  /**
   * A reduced trace.
   *
   * @param finding the finding, as the reduced trace shows it
   * @param rows the events that remain
   * @param eventsBefore events of the original
   * @param replays how often a candidate was replayed
   */
  public record Witness(Finding finding, List<EventRow> rows, long eventsBefore, long replays) {
    public Witness {
      rows = List.copyOf(rows);
    }
  }

  private final Path original;
  private final ReplayOptions options;
  private final Predicate<Finding> wanted;
  private final Path scratch;
  private final TraceInfo info;
  private final LongConsumer progress;
  private long replays;

  private Minimiser(
      Path original,
      ReplayOptions options,
      Predicate<Finding> wanted,
      Path scratch,
      LongConsumer progress)
      throws IOException {
    this.original = original;
    this.options = options;
    this.wanted = wanted;
    this.scratch = scratch;
    this.info = TraceSlice.info(original);
    this.progress = progress;
  }

  /**
   * Reduces a trace.
   *
   * @param options what to replay it under
   * @param wanted says which finding is meant; the first that it accepts is kept
   * @param target the event file to write
   * @param progress is told the number of replays after each
   * @return the reduced trace, or null if the trace shows no such finding
   * @throws IOException if a file cannot be read or written, or too many events are around the
   *     finding
   */
  public static @Nullable Witness minimise(
      Path eventFile,
      ReplayOptions options,
      Predicate<Finding> wanted,
      Path target,
      LongConsumer progress)
      throws IOException {
    Path scratch = Files.createTempFile("mmureplay", ".arrow");
    try {
      Minimiser minimiser = new Minimiser(eventFile, options, wanted, scratch, progress);
      Witness witness = minimiser.reduce();
      if (witness != null) {
        minimiser.write(witness.rows(), target);
      }
      return witness;
    } finally {
      Files.deleteIfExists(scratch);
    }
  }

  private @Nullable Witness reduce() throws IOException {
    Finding first = find(original);
    if (first == null) {
      return null;
    }
    List<EventRow> rows = new ArrayList<>();
    Predicate<Finding> same = like(first);
    for (TraceSlice.Width width : TraceSlice.Width.values()) {
      rows = TraceSlice.read(original, width, first.pid(), first.address());
      if (shows(rows, same)) {
        break;
      }
    }
    List<EventRow> slice = rows;
    BitSet all = new BitSet();
    all.set(0, slice.size());
    BitSet kept = DeltaDebugging.minimise(all, some -> shows(only(slice, some), same));
    List<EventRow> minimal = only(slice, kept);
    narrow(minimal, first.address(), same);
    write(minimal, scratch);
    Finding last = find(scratch, same);
    return new Witness(last == null ? first : last, minimal, info.events(), replays);
  }

  /** The same backend broke the same invariant, on the same page if it was about one. */
  private static Predicate<Finding> like(Finding first) {
    return finding ->
        finding.backend().equals(first.backend())
            && finding.invariant().equals(first.invariant())
            && finding.address() == first.address();
  }

  private static List<EventRow> only(List<EventRow> rows, BitSet kept) {
    List<EventRow> some = new ArrayList<>();
    kept.stream().forEach(i -> some.add(rows.get(i)));
    return some;
  }

  /**
   * Makes each call that is about more than the page be about the page only, where that will do.
   */
  private void narrow(List<EventRow> rows, long address, Predicate<Finding> same)
      throws IOException {
    long page = address & -EventSchema.PAGE_SIZE;
    for (int i = 0; page != 0 && i < rows.size(); i++) {
      EventRow row = rows.get(i);
      boolean mmap = row.kind == EventKind.MMAP;
      long start = mmap ? row.result : row.address;
      if (!isRangeCall(row.kind) || row.length <= EventSchema.PAGE_SIZE || page < start) {
        continue;
      }
      EventRow narrow = new EventRow().set(row);
      narrow.length = EventSchema.PAGE_SIZE;
      narrow.address = page;
      if (mmap) {
        narrow.result = page;
        narrow.offset = row.offset > 0 ? row.offset + (page - start) : row.offset;
      }
      rows.set(i, narrow);
      if (!shows(rows, same)) {
        rows.set(i, row);
      }
    }
  }

  private static boolean isRangeCall(EventKind kind) {
    return switch (kind) {
      case MMAP, MUNMAP, MPROTECT, PKEY_MPROTECT, MADVISE, CLEAN_RECORD, UFFD_WRITEPROTECT -> true;
      default -> false;
    };
  }

  private boolean shows(List<EventRow> rows, Predicate<Finding> same) throws IOException {
    if (rows.isEmpty()) {
      return false;
    }
    write(rows, scratch);
    return find(scratch, same) != null;
  }

  private @Nullable Finding find(Path file) throws IOException {
    return find(file, wanted);
  }

  private @Nullable Finding find(Path file, Predicate<Finding> which) throws IOException {
    FirstFinding sink = new FirstFinding(which);
    Replay.run(file, options, sink, done -> {});
    progress.accept(++replays);
    return sink.found;
  }

  private void write(List<EventRow> rows, Path file) throws IOException {
    try (EventWriter writer = new EventWriter(file)) {
      for (EventRow row : rows) {
        writer.append(row);
      }
      writer.finish(
          info.importer(),
          EngineVersion.current(),
          info.source(),
          info.sha256(),
          info.command(),
          info.folding(),
          info.fidelity(),
          info.ledger(),
          info.markers(),
          List.of()); // The call sites were those of the whole trace.
    }
  }

  /** Keeps the first finding of the kind that is looked for. */
  private static final class FirstFinding implements ReplaySink {
    private final Predicate<Finding> wanted;
    private @Nullable Finding found;

    FirstFinding(Predicate<Finding> wanted) {
      this.wanted = wanted;
    }

    @Override
    public void finding(Finding finding) {
      if (found == null && wanted.test(finding)) {
        found = finding;
      }
    }
  }
}
