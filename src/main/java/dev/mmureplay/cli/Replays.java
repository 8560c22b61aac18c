package dev.mmureplay.cli;

import dev.mmureplay.machine.Outcome;
import dev.mmureplay.replay.Replay;
import dev.mmureplay.replay.ReplayOptions;
import dev.mmureplay.replay.ReplayResult;
import dev.mmureplay.store.RunRecorder;
import dev.mmureplay.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Replays traces into one result file, each in a transaction of its own: a trace that fails leaves
 * nothing, and what was stored before it stays.
 */
final class Replays implements AutoCloseable {
  /** One replay that is in the result file. */
  record Stored(long id, EventFiles.EventFile file, ReplayResult result) {}

  private final Verb verb;
  private final Path path;
  private final boolean fresh;
  private final Store store;
  private final List<Stored> stored = new ArrayList<>();

  /** Opens the result file, or begins one. */
  Replays(Verb verb, Path path) throws IOException {
    OutputFile.directoryOf(path);
    this.verb = verb;
    this.path = path;
    this.fresh = !Files.exists(path);
    this.store = Store.open(path);
  }

  Store store() {
    return store;
  }

  /** Replays the traces in order; stops at the first that fails. */
  List<Stored> replay(List<String> traces, ImportSettings settings, ReplayOptions options)
      throws IOException {
    try (EventFiles files = new EventFiles(verb, settings)) {
      for (String trace : traces) {
        try {
          stored.add(replay(files.open(trace), options));
        } catch (IOException e) {
          throw stored.isEmpty()
              ? e
              : new IOException(ErrorHandler.message(e) + "; " + before(), e);
        }
      }
    }
    return stored;
  }

  private String before() {
    return "stored before that in "
        + path
        + ": "
        + String.join(", ", stored.stream().map(each -> each.file.name()).toList());
  }

  private Stored replay(EventFiles.EventFile file, ReplayOptions options) throws IOException {
    AtomicLong events = new AtomicLong();
    try (RunRecorder recorder = store.record(file.info(), options)) {
      ReplayResult result =
          verb.withProgress(
              "replaying " + file.name(),
              Progress.Unit.EVENTS,
              file.info().events(),
              events::get,
              () -> Replay.run(file.path(), options, recorder, events::set));
      for (ReplayResult.Backend backend : result.backends()) {
        if (backend.failure() != null) {
          verb.remark(
              file.name() + ": the backend " + backend.name() + " failed: " + backend.failure());
        }
      }
      remarkOutcomes(file.name(), result);
      return new Stored(recorder.commit(result), file, result);
    } catch (IllegalArgumentException e) {
      // What was asked for does not fit this trace.
      throw new IOException(file.name() + ": " + e.getMessage(), e);
    }
  }

  /** Says to how many pages something happened, under which backends. */
  private void remarkOutcomes(String name, ReplayResult result) {
    for (Outcome outcome : Outcome.values()) {
      Map<Long, List<String>> backends = new TreeMap<>();
      for (ReplayResult.Backend backend : result.backends()) {
        Long pages = backend.outcomes().get(outcome);
        if (pages != null) {
          backends.computeIfAbsent(pages, first -> new ArrayList<>()).add(backend.name());
        }
      }
      backends.forEach(
          (pages, names) -> {
            boolean all = names.size() == result.backends().size();
            String who = all ? "every backend" : String.join(", ", names);
            verb.remark(
                name + ": " + outcome.id() + " " + pages + ": " + who + " " + outcome.sentence());
          });
    }
  }

  /**
   * Fails if backends that claim to keep A/D bits did not end with the same PTEs. The results are
   * stored: the table {@code finding} says where.
   */
  static void requireAgreement(List<Stored> stored) throws IOException {
    List<String> sentences = new ArrayList<>();
    for (Stored each : stored) {
      each.result().disagreements().forEach(s -> sentences.add(each.file().name() + ": " + s));
    }
    if (!sentences.isEmpty()) {
      throw new IOException(String.join("; ", sentences));
    }
  }

  /** Closes the result file; a new one that nothing was stored in goes away. */
  @Override
  public void close() throws IOException {
    store.close();
    if (fresh && stored.isEmpty()) {
      Files.deleteIfExists(path);
      Files.deleteIfExists(Path.of(path + ".wal"));
    }
  }
}
