package dev.mmureplay.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hazard: a result file that is misread, overwritten, opened half way, or used to reach other
 * files.
 */
class StoreTest {
  @TempDir Path folder;

  @Test
  void aNewerSchemaIsRefusedInOneSentence() throws IOException, SQLException {
    Path file = folder.resolve("newer.duckdb");
    try (Store store = Store.open(file)) {
      execute(store, "UPDATE meta SET schema_version = 6");
    }
    String sentence =
        file + ": expected schema version 5 or older but found 6: a newer mmureplay wrote it";
    assertThatThrownBy(() -> Store.open(file))
        .isInstanceOf(StoreException.class)
        .hasMessage(sentence);
    assertThatThrownBy(() -> Store.openReadOnly(file, false)).hasMessage(sentence);
  }

  @Test
  void aFileThatIsNoDatabaseIsRefusedAndLeftAlone() throws IOException {
    Path file = Files.writeString(folder.resolve("trace.log"), "mprotect(0x1000, 4096, 1) = 0\n");
    assertThatThrownBy(() -> Store.open(file))
        .isInstanceOf(StoreException.class)
        .hasMessage(file + ": expected a DuckDB database but found another kind of file");
    assertThat(file).hasContent("mprotect(0x1000, 4096, 1) = 0");
  }

  @Test
  void aDatabaseOfSomethingElseIsRefusedAndLeftAlone() throws IOException, SQLException {
    Path file = folder.resolve("other.duckdb");
    try (var connection = DriverManager.getConnection("jdbc:duckdb:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE person (name VARCHAR)");
    }
    String sentence =
        file + ": expected a result file but found a DuckDB database of something else";
    assertThatThrownBy(() -> Store.open(file)).hasMessage(sentence);
    assertThatThrownBy(() -> Store.openReadOnly(file, false)).hasMessage(sentence);
  }

  @Test
  void aMissingFileIsNotCreatedByReading() {
    Path file = folder.resolve("missing.duckdb");
    assertThatThrownBy(() -> Store.openReadOnly(file, false))
        .hasMessage(file + ": expected a result file but found none");
    assertThat(file).doesNotExist();
  }

  @Test
  void aFolderOrAMissingFolderIsNamed() {
    assertThatThrownBy(() -> Store.open(folder))
        .hasMessage(folder + ": expected a file but found a directory");
    Path file = folder.resolve("no/such/folder/r.duckdb");
    assertThatThrownBy(() -> Store.open(file))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("No such file or directory")
        .hasMessageStartingWith(file + ": ");
  }

  @Test
  void aFileThatAnotherProcessWritesIsNamedWithThatProcess() throws Exception {
    Path file = folder.resolve("locked.duckdb");
    Process holder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                LockHolder.class.getName(),
                file.toString())
            .redirectErrorStream(true)
            .start();
    try {
      assertThat(holder.getInputStream().read()).isEqualTo('!');
      assertThatThrownBy(() -> Store.open(file))
          .hasMessage(
              file
                  + ": expected to have the file alone but another process (PID "
                  + holder.pid()
                  + ") has it open for writing");
    } finally {
      holder.getOutputStream().close();
      if (!holder.waitFor(20, TimeUnit.SECONDS)) {
        holder.destroyForcibly();
      }
    }
  }

  @Test
  void theSameFileTwiceInOneProcessIsExplained() throws IOException {
    Path file = folder.resolve("twice.duckdb");
    try (Store store = Store.open(file)) {
      assertThat(store.profiles()).isNotEmpty();
      assertThatThrownBy(() -> Store.openReadOnly(file, false))
          .hasMessage(
              file
                  + ": expected to open the file but this process has it open with other settings");
    }
  }

  @Test
  void readingCannotReachOtherFilesUnlessAsked() throws IOException, SQLException {
    Path file = folder.resolve("r.duckdb");
    Path secret = Files.writeString(folder.resolve("secret.csv"), "a,b\n1,2\n");
    Store.open(file).close();
    String read = "SELECT count(*) FROM read_csv('" + secret + "')";
    try (Store store = Store.openReadOnly(file, false)) {
      assertThatThrownBy(() -> execute(store, read)).isInstanceOf(SQLException.class);
      assertThatThrownBy(() -> execute(store, "SELECT * FROM '" + secret + "'"))
          .isInstanceOf(SQLException.class);
      assertThatThrownBy(() -> execute(store, "ATTACH '" + folder.resolve("x.duckdb") + "'"))
          .isInstanceOf(SQLException.class);
      assertThatThrownBy(() -> execute(store, "COPY cost TO '" + folder.resolve("x.csv") + "'"))
          .isInstanceOf(SQLException.class);
      assertThatThrownBy(() -> execute(store, "SET enable_external_access = true"))
          .isInstanceOf(SQLException.class);
      assertThatThrownBy(() -> execute(store, "DELETE FROM cost"))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("read-only");
    }
    try (Store store = Store.openReadOnly(file, true)) {
      assertThat(ReplayFixture.value(store, read)).isEqualTo("1");
    }
  }

  @Test
  void everyTableViewAndColumnIsExplained() throws IOException, SQLException {
    try (Store store = Store.open(folder.resolve("r.duckdb"))) {
      for (String catalogue :
          List.of(
              "SELECT table_name FROM duckdb_tables() WHERE NOT internal AND coalesce(comment, '') = ''",
              "SELECT view_name FROM duckdb_views() WHERE NOT internal AND coalesce(comment, '') = ''",
              "SELECT table_name || '.' || column_name FROM duckdb_columns() WHERE NOT internal AND coalesce(comment, '') = ''",
              "SELECT function_name FROM duckdb_functions() WHERE NOT internal AND coalesce(comment, '') = ''")) {
        assertThat(
                ReplayFixture.value(
                    store,
                    "SELECT coalesce(string_agg(t, ', '), '') FROM (" + catalogue + ") c(t)"))
            .as(catalogue)
            .isEmpty();
      }
    }
  }

  @Test
  void operationsAreListedInTheirOrder() throws IOException, SQLException {
    try (Store store = Store.open(folder.resolve("r.duckdb"))) {
      assertThat(
              ReplayFixture.value(
                  store, "SELECT string_agg(name, ' ' ORDER BY position) FROM operation"))
          .isEqualTo(
              String.join(
                  " ", java.util.Arrays.stream(Operation.values()).map(Operation::id).toList()));
    }
  }

  @Test
  void viewsAndShippedPricesOfAnOlderProgramAreBroughtUp() throws IOException, SQLException {
    Path file = folder.resolve("older.duckdb");
    try (Store store = Store.open(file)) {
      new ReplayFixture("a", GuestKernel.LINUX_6_1, "native").call61(3).record(store);
      execute(store, "UPDATE meta SET definitions = 'older'");
      execute(store, "DROP VIEW cost_by_backend");
      execute(store, "UPDATE cost SET typical = 0, low = 0");
    }
    try (Store store = Store.open(file)) {
      assertThat(ReplayFixture.value(store, "SELECT count(*) FROM cost_by_backend")).isEqualTo("5");
      assertThat(
              ReplayFixture.value(
                  store,
                  "SELECT typical FROM cost WHERE profile = 'xen-modern' AND operation = 'locked_rmw'"))
          .isEqualTo("20.0");
    }
  }

  private static void execute(Store store, String sql) throws SQLException {
    try (Statement statement = store.connection().createStatement()) {
      statement.execute(sql);
    }
  }

  /** Opens a file for writing, says so, and holds it until its input ends. */
  static final class LockHolder {
    private LockHolder() {}

    public static void main(String[] arguments) throws IOException {
      try (Store store = Store.open(Path.of(arguments[0]))) {
        System.out.print('!');
        System.out.flush();
        while (System.in.read() >= 0) {
          store.profiles();
        }
      }
    }
  }
}
