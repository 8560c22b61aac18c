package dev.mmureplay.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.mmureplay.event.Ledger;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What every importer must do with the logs beside its tests: make the events of {@code
 * NAME.events.csv} of {@code NAME.log}, be the only one that recognises it, and account for every
 * line whatever the damage.
 */
public interface GoldenLogs {
  /** Returns the importer. */
  TraceImporter importer();

  /** Returns the directory of the logs among the test resources of this package. */
  String directory();

  /** Returns whether the importer recognises its logs; one that has to be named does not. */
  default boolean recognisesItsLogs() {
    return true;
  }

  /** Returns whether a damaged log may be refused as a whole, because its first line is. */
  default boolean mayRefuseALog() {
    return false;
  }

  /** Returns how to import a log. */
  default ImportOptions options(String log) {
    return ImportOptions.DEFAULT;
  }

  @TestFactory
  default Stream<DynamicTest> makesTheEventsThatLieBesideTheLog() throws IOException {
    return logs()
        .map(
            log ->
                dynamicTest(
                    log,
                    () ->
                        assertThat(
                                EventCsv.importAll(
                                    importer(), log, resource(log, ".log"), options(log)))
                            .containsExactlyElementsOf(
                                EventCsv.resourceLines(directory() + "/" + log + ".events.csv"))));
  }

  @TestFactory
  default Stream<DynamicTest> onlyThisOneRecognisesItsLogs() throws IOException {
    return logs()
        .map(
            log ->
                dynamicTest(
                    log,
                    () -> {
                      try (TraceSource source = TraceSource.of(log, resource(log, ".log"))) {
                        byte[] head = source.head(Importers.HEAD_BYTES);
                        List<String> names =
                            Importers.all().stream()
                                .filter(each -> each.recognises(head))
                                .map(TraceImporter::name)
                                .toList();
                        if (recognisesItsLogs()) {
                          assertThat(names).containsExactly(importer().name());
                        } else {
                          // Lines that a user declares may be those of a tool that is known.
                          assertThat(names).doesNotContain(importer().name());
                        }
                      }
                    }));
  }

  @TestFactory
  default Stream<DynamicTest> accountsForEveryLineWhateverTheDamage() throws IOException {
    return logs()
        .map(
            log ->
                dynamicTest(
                    log,
                    () -> {
                      for (byte[] damaged : Mutations.of(resource(log, ".log"), 42, 400)) {
                        importer().recognises(damaged);
                        try {
                          Ledger ledger =
                              EventCsv.importOnly(importer(), log, damaged, options(log))
                                  .report()
                                  .ledger();
                          ledger.check(log);
                        } catch (IOException e) {
                          assertThat(mayRefuseALog()).as(e.getMessage()).isTrue();
                        }
                      }
                    }));
  }

  @TestFactory
  default Stream<DynamicTest> recognisesNoLogOfOthers() throws IOException {
    List<String> others = new ArrayList<>();
    for (String name : EventCsv.names("")) {
      if (!name.contains(".") && !name.equals(directory())) {
        EventCsv.names(name).stream()
            .filter(log -> log.endsWith(".log"))
            .map(log -> name + "/" + log)
            .forEach(others::add);
      }
    }
    assertThat(others).isNotEmpty();
    return others.stream()
        .map(
            log ->
                dynamicTest(
                    log,
                    () -> {
                      byte[] text = EventCsv.resource(log);
                      byte[] head =
                          Arrays.copyOf(text, Math.min(text.length, Importers.HEAD_BYTES));
                      assertThat(importer().recognises(head)).isFalse();
                    }));
  }

  @Test
  default void recognisesNoTextWithoutRecords() {
    for (String text : List.of("", "\n", "Dear reader,\n\nhello (world).\n")) {
      assertThat(importer().recognises(text.getBytes(StandardCharsets.UTF_8))).isFalse();
    }
  }

  private byte[] resource(String log, String suffix) throws IOException {
    return EventCsv.resource(directory() + "/" + log + suffix);
  }

  /** Returns the names of the logs, without their suffix. */
  private Stream<String> logs() throws IOException {
    List<String> logs =
        EventCsv.names(directory()).stream()
            .filter(name -> name.endsWith(".log"))
            .map(name -> name.substring(0, name.length() - ".log".length()))
            .toList();
    assertThat(logs).isNotEmpty();
    return logs.stream();
  }
}
