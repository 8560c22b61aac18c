package dev.mmureplay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hazard: a typing mistake runs something else, or prints a page where a sentence would do. */
final class UsageTest {
  @TempDir private Path directory = Path.of("");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "run",
        "record",
        "doctor",
        "import",
        "info",
        "replay",
        "sql",
        "query",
        "report",
        "check",
        "list",
        "completion"
      })
  void everyVerbHasHelpWithAnExample(String verb) {
    Cli help = Cli.launch(verb, "--help");

    assertThat(help.code()).isZero();
    assertThat(help.err()).isEmpty();
    assertThat(help.out()).contains("Usage: mmureplay " + verb, "Examples:", "  mmureplay " + verb);
    assertThat(help.out()).doesNotContain("${", "\u001b");
    assertThat(Cli.launch("help", verb).out()).isEqualTo(help.out());
  }

  @Test
  void helpOfTheProgramNamesEveryVerb() {
    Cli help = Cli.launch("--help");

    assertThat(help.code()).isZero();
    assertThat(help.out())
        .contains(
            "run",
            "import",
            "info",
            "replay",
            "sql",
            "query",
            "report",
            "check",
            "list",
            "Exit codes");
  }

  @Test
  void versionIsOneOfOurs() {
    assertThat(Cli.launch("--version").out()).startsWith("mmureplay ");
  }

  @Test
  void noVerbAndAnUnknownVerbListTheKnownOnes() {
    for (Cli cli : List.of(Cli.launch(), Cli.launch("frob"))) {
      assertThat(cli.code()).isEqualTo(2);
      assertThat(cli.out()).isEmpty();
      assertThat(cli.err())
          .startsWith("mmureplay: expected a verb (run, record, doctor, import, merge, info,")
          .endsWith("; see 'mmureplay --help'\n");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "--backend, native;fast, 'expected a backend (all, '",
    "--kernel, linux-1.0, 'expected a guest kernel (linux-2.6.27, linux-6.1, linux-6.18) but found \"linux-1.0\"'",
    "--format, xml, 'expected a format (table, csv, json, markdown, html) but found \"xml\"'",
    "--residency, some, some",
    "--fault-around, 3, expected a power of two from 1 to 512",
    "--fault-around, many, many",
    "--frob, x, '--frob'",
  })
  void wrongOptionsAreOneSentenceAndExitCodeTwo(String option, String value, String expected)
      throws Exception {
    Cli cli = Cli.launch("run", Cli.trace(directory), "-o", directory.resolve("r"), option, value);

    assertThat(cli.code()).as(cli.toString()).isEqualTo(2);
    assertThat(cli.out()).isEmpty();
    assertThat(cli.err().lines()).hasSize(1);
    assertThat(cli.err())
        .startsWith("mmureplay: ")
        .contains(expected, "see 'mmureplay run --help'");
    assertThat(directory.resolve("r")).doesNotExist();
  }

  @Test
  void completionScriptsKnowVerbsAndNames() {
    Cli bash = Cli.launch("completion", "bash");
    Cli zsh = Cli.launch("completion", "zsh");

    assertThat(bash.code()).isZero();
    assertThat(bash.out()).contains("mmureplay", "mmu-update-batch", "linux-2.6.27", "completion");
    assertThat(zsh.out()).startsWith("autoload -U +X bashcompinit").contains(bash.out());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "importers",
        "backends",
        "invariants",
        "kernels",
        "operations",
        "costs",
        "queries"
      })
  void listsWhatItKnows(String subject) {
    Cli list = Cli.launch("list", subject, "--format", "csv");

    assertThat(list.code()).as(list.toString()).isZero();
    assertThat(list.out().lines().count()).isGreaterThan(1);
    assertThat(list.out()).startsWith(subject.equals("costs") ? "profile," : "name");
  }

  @Test
  void listsThePricesOfOnePriceListWithTheirSources() {
    assertThat(Cli.launch("list", "costs", "xen-modern", "--format", "csv").out())
        .startsWith("operation,backend,low,typical,high,unit,source\n")
        .contains("\nsyscall,,");
    assertThat(Cli.launch("list", "costs", "cheap").code()).isEqualTo(2);
    assertThat(Cli.launch("list", "backends", "cheap").code()).isEqualTo(2);
    assertThat(Cli.launch("list", "frobs").code()).isEqualTo(2);
  }

  @Test
  void coloursOnlyATerminalThatWantsThem() {
    assertThat(Screen.coloured(true, null, "xterm")).isTrue();
    assertThat(Screen.coloured(true, "", "xterm")).isTrue();
    assertThat(Screen.coloured(true, "1", "xterm")).isFalse();
    assertThat(Screen.coloured(true, null, "dumb")).isFalse();
    assertThat(Screen.coloured(false, null, "xterm")).isFalse();
  }
}
