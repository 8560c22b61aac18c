package dev.mmureplay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hazard: what the user declares is read as something else, or a wrong declaration as none. */
final class DeclaredFormatsTest {
  private static final String TABLE =
      """
      ts,op,addr,len,prot,ret
      1,MP,0x1000,4096,1,0
      2,W,0x1000,8,,
      3,fly,,,,
      """;

  private static final String COLUMNS =
      "time:us=ts,kind=op,mprotect=MP,write=W,address=addr,length=len,protection=prot,result=ret";

  @TempDir private Path directory = Path.of("");

  @Test
  void declaredColumnsMakeATableATrace() throws IOException {
    Path table = Files.writeString(directory.resolve("t.csv"), TABLE);

    Cli cli = Cli.launch("import", table, "--columns", COLUMNS, "-o", target());

    assertThat(cli.err()).contains("2 events from 4 lines of columns (1 ignored, 1 rejected)");
    assertRows();
  }

  @Test
  void aParquetFileIsATableToo() throws IOException, SQLException {
    Path table = directory.resolve("it's.parquet");
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      statement.execute(
          "COPY (SELECT * FROM (VALUES (1, 'MP', 4096, 4096, 1, 0), (2, 'W', 4096, 8, NULL, NULL))"
              + " AS t(ts, op, addr, len, prot, ret)) TO '"
              + table.toString().replace("'", "''")
              + "' (FORMAT parquet)");
    }

    Cli cli = Cli.launch("import", table, "--columns", COLUMNS, "-o", target());

    assertThat(cli.err()).contains("2 events from 3 lines of columns (1 ignored, 0 rejected)");
    assertRows();
    try (EventReader reader = EventReader.open(target())) {
      assertThat(reader.info().source()).isEqualTo("it's.parquet");
    }
  }

  @Test
  void aDamagedParquetFileIsOneSentence() throws IOException {
    Path table = Files.writeString(directory.resolve("t.parquet"), "PAR1 and nothing more");

    Cli cli = Cli.launch("import", table, "--columns", COLUMNS, "-o", target());

    assertThat(cli.code()).isEqualTo(1);
    assertThat(cli.err()).startsWith("mmureplay: " + table + ": expected a Parquet file but found");
    assertThat(cli.err().strip().lines()).hasSize(1);
  }

  @Test
  void declaredLinesAreReadFromStandardInput() throws IOException {
    Cli cli =
        Cli.fed(
            "Attaching 2 probes...\nP 1 7 1000 1000 1\np 5 7 0\nL 9 7 1000\n",
            "import",
            "-",
            "--pattern",
            "mprotect-enter: P %time %tid %address:x %length:x %protection",
            "--pattern",
            "mprotect-exit: p %time %tid %result",
            "--pattern",
            "write: L %time %tid %address:x",
            "-o",
            target());

    assertThat(cli.err()).contains("2 events from 4 lines of pattern (1 ignored, 0 rejected)");
    assertRows();
  }

  @Test
  void aColumnThatTheTableLacksIsNamed() throws IOException {
    Path table = Files.writeString(directory.resolve("t.csv"), TABLE);

    Cli cli = Cli.launch("import", table, "--columns", "kind=op,time=when", "-o", target());

    assertThat(cli.code()).isEqualTo(1);
    assertThat(cli.err())
        .isEqualToIgnoringNewLines(
            "mmureplay: "
                + table
                + ": expected the column \"when\" but found ts, op, addr, len, prot, ret");
  }

  @Test
  void aDeclarationThatMakesNoSenseIsWrongUsage() {
    for (String pattern :
        new String[] {"no kind", "fly: %time", "read: %place", "read:", "read: %address:us"}) {
      Cli cli = Cli.launch("import", "-", "--pattern", pattern, "-o", target());
      assertThat(cli.code()).as(pattern).isEqualTo(2);
      assertThat(cli.err()).contains("expected ", "but found ");
    }
    for (String columns : new String[] {"kind", "place=x", "time=a,time=b", "time:year=a"}) {
      Cli cli = Cli.launch("import", "-", "--columns", columns, "-o", target());
      assertThat(cli.code()).as(columns).isEqualTo(2);
    }
  }

  private Path target() {
    return directory.resolve("t.arrow");
  }

  private void assertRows() throws IOException {
    try (EventReader reader = EventReader.open(target())) {
      assertThat(reader.nextBatch()).isTrue();
      assertThat(reader.batch().rows()).isEqualTo(2);
      assertThat(reader.batch().kind(0)).isEqualTo(EventKind.MPROTECT);
      assertThat(reader.batch().kind(1)).isEqualTo(EventKind.WRITE);
      assertThat(reader.batch().address(0)).isEqualTo(0x1000);
      assertThat(reader.batch().length(0)).isEqualTo(0x1000);
      assertThat(reader.batch().protection(0)).isEqualTo(1);
      assertThat(reader.batch().time(1)).isPositive();
    }
  }
}
