package dev.mmureplay.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Hazard: a price that is missing, mistyped or counted twice makes every sum quietly wrong. */
class CostFileTest {
  @TempDir Path folder;

  @Test
  void everyOperationHasAPriceInEveryShippedProfile() throws IOException {
    Map<String, Set<String>> priced =
        Definitions.shippedPrices().stream()
            .filter(price -> price.backend() == null)
            .collect(
                Collectors.groupingBy(
                    CostFile.Price::profile,
                    Collectors.mapping(CostFile.Price::operation, Collectors.toSet())));
    assertThat(priced)
        .containsOnlyKeys(
            "xen-3.3-2008",
            "xen-modern",
            "xen-xpti",
            "instructions-xen-4.17",
            "instructions-xen-4.17-xpti");
    assertThat(priced.values())
        .allSatisfy(
            operations ->
                assertThat(operations)
                    .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(Operation.values()).map(Operation::id).toList()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "mine,,pte_sore,1,2,3,cycles,me | expected an operation (",
        "mine,,pte_store,-1,2,3,cycles,me | expected a number that is not negative but found \"-1\"",
        "mine,,pte_store,1,NaN,3,cycles,me | expected a number that is not negative but found \"NaN\"",
        "mine,,pte_store,1,x,3,cycles,me | expected a number but found \"x\"",
        "mine,,pte_store,3,2,1,cycles,me | expected low <= typical <= high but found \"3, 2, 1\"",
        "mine,,pte_store,1,2,3,hours,me | expected a unit (cycles, instructions, ns) but found \"hours\"",
        "mine,,pte_store,1,2,3,ns,me | expected the unit cycles throughout profile mine but found \"ns\"",
        "mine,,pte_store,1,2,3,cycles, | expected where the price comes from but found \"\"",
        "mine,,pte_store,1,2,3,cycles | expected 8 fields but found \"7 in mine,,pte_store,1,2,3,cycles\"",
        "mine,,pte_store,1,2,3,cycles,\"me | expected a closing double quote but found the end of the line",
        ",,pte_store,1,2,3,cycles,me | expected the name of a profile but found \"\"",
        "mine,,pte_read,1,2,3,cycles,me | expected one price for each profile, backend and operation but found \"pte_read again, first on line 2\"",
      })
  void aWrongLineIsNamedAndNothingIsLoaded(String line, String sentence) throws IOException {
    Path csv = folder.resolve("mine.csv");
    Files.writeString(
        csv, CostFile.HEADER + "\nmine,,pte_read,1,2,3,cycles,\"me, myself\"\n" + line + "\n");
    try (Store store = Store.open(folder.resolve("r.duckdb"))) {
      assertThatThrownBy(() -> store.loadCosts(csv))
          .isInstanceOf(StoreException.class)
          .hasMessageStartingWith(csv + ":3: " + sentence);
      assertThat(store.profiles()).doesNotContain("mine");
    }
  }

  @Test
  void anotherHeaderOrNoFileIsNamed() throws IOException {
    Path csv = Files.writeString(folder.resolve("mine.csv"), "operation,cycles\npte_read,1\n");
    Path missing = folder.resolve("missing.csv");
    try (Store store = Store.open(folder.resolve("r.duckdb"))) {
      assertThatThrownBy(() -> store.loadCosts(csv))
          .hasMessage(
              csv
                  + ":1: expected the header "
                  + CostFile.HEADER
                  + " but found \"operation,cycles\"");
      assertThatThrownBy(() -> store.loadCosts(missing))
          .hasMessage(missing + ": expected a readable cost file but found none");
    }
  }

  @Test
  void aProfileReplacesTheOneOfItsNameAndOutlivesReopening() throws IOException, SQLException {
    Path file = folder.resolve("r.duckdb");
    Path csv = folder.resolve("mine.csv");
    String price =
        "SELECT string_agg(operation || ' ' || typical, ', ') FROM cost WHERE profile = 'xen-modern'";
    try (Store store = Store.open(file)) {
      Files.writeString(csv, CostFile.HEADER + "\nxen-modern,,pte_read,1,2,3,ns,first\n");
      store.loadCosts(csv);
      Files.writeString(csv, CostFile.HEADER + "\nxen-modern,,pte_store,1,4,5,ns,second\n");
      store.loadCosts(csv);
      assertThat(ReplayFixture.value(store, price)).isEqualTo("pte_store 4.0");
      try (var statement = store.connection().createStatement()) {
        statement.execute("UPDATE meta SET definitions = 'older'");
      }
    }
    try (Store store = Store.open(file)) {
      assertThat(ReplayFixture.value(store, price)).isEqualTo("pte_store 4.0");
      assertThat(store.profiles())
          .containsExactly(
              "instructions-xen-4.17",
              "instructions-xen-4.17-xpti",
              "xen-3.3-2008",
              "xen-modern",
              "xen-xpti");
    }
  }

  @Test
  void anUnpricedOperationNamesItself() throws IOException, SQLException {
    Path csv = folder.resolve("mine.csv");
    StringBuilder lines = new StringBuilder(CostFile.HEADER).append('\n');
    for (Operation operation : Operation.values()) {
      if (operation != Operation.MC_ENTRY && operation != Operation.PTE_READ) {
        lines.append("mine,,").append(operation.id()).append(",1,1,1,cycles,me\n");
      }
    }
    lines.append("mine,native,pte_read,1,1,1,cycles,me\n");
    Files.writeString(csv, lines);
    try (Store store = Store.open(folder.resolve("r.duckdb"))) {
      store.loadCosts(csv);
      ReplayFixture both = new ReplayFixture("a", GuestKernel.LINUX_6_1, "native", "multicall");
      long first = both.call61(3).record(store);
      long second = new ReplayFixture("b", GuestKernel.LINUX_6_1, "native").call61(3).record(store);
      String sentence =
          "expected a price for every counted operation but cost profile mine has none for"
              + " pte_read (multicall), mc_entry (multicall)";
      assertThatThrownBy(() -> Prices.requireComplete(store.connection(), "mine"))
          .isInstanceOf(UnpricedException.class)
          .hasMessage(sentence);
      assertThatThrownBy(() -> Prices.requireComplete(store.connection(), "mine", first))
          .hasMessage(sentence);
      Prices.requireComplete(store.connection(), "mine", second);
      Prices.requireComplete(store.connection(), "xen-modern");
      assertThatThrownBy(() -> Prices.requireComplete(store.connection(), "theirs"))
          .hasMessage(
              "expected a cost profile (instructions-xen-4.17, instructions-xen-4.17-xpti, mine, xen-3.3-2008, xen-modern, xen-xpti) but found \"theirs\"");
    }
  }
}
