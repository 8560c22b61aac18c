package dev.mmureplay.store;

import dev.mmureplay.event.EngineVersion;
import dev.mmureplay.event.TraceInfo;
import dev.mmureplay.replay.ReplayOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import org.duckdb.DuckDBConnection;

/** One result file, open. */
public final class Store implements AutoCloseable {
  /** The version of the tables; a file of a newer one is refused. */
  public static final int SCHEMA_VERSION = Definitions.schemaVersion();

  /** What DuckDB may keep in memory while writing; more spills to disk. */
  private static final String MEMORY_LIMIT = "2GiB";

  private final Path file;
  private final DuckDBConnection connection;
  private boolean recording;

  private Store(Path file, DuckDBConnection connection) {
    this.file = file;
    this.connection = connection;
  }

  /** Creates a result file, or opens one for writing and brings its views and shipped prices up. */
  public static Store open(Path file) throws StoreException {
    Properties settings = settings();
    // The default checkpoint size of 16 MiB would rewrite the file many times in one replay.
    settings.setProperty("wal_autocheckpoint", "1TB");
    settings.setProperty("preserve_insertion_order", "false");
    settings.setProperty("memory_limit", MEMORY_LIMIT);
    Store store = connect(file, settings);
    try {
      store.prepare();
      return store;
    } catch (SQLException e) {
      store.closeQuietly();
      throw failure(file, e);
    } catch (IOException e) {
      store.closeQuietly();
      throw e instanceof StoreException s ? s : new StoreException(file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Opens an existing result file for reading.
   *
   * @param externalAccess whether SQL may reach other files
   */
  public static Store openReadOnly(Path file, boolean externalAccess) throws StoreException {
    if (!Files.exists(file)) {
      throw new StoreException(file + ": expected a result file but found none");
    }
    Properties settings = settings();
    settings.setProperty("access_mode", "read_only");
    if (!externalAccess) {
      settings.setProperty("enable_external_access", "false");
    }
    Store store = connect(file, settings);
    try {
      if (store.isEmpty()) {
        throw new StoreException(file + ": expected a result file but found an empty database");
      }
      store.checkVersion();
      return store;
    } catch (SQLException e) {
      store.closeQuietly();
      throw failure(file, e);
    } catch (StoreException e) {
      store.closeQuietly();
      throw e;
    }
  }

  /** Returns the connection for queries; a recorder has its own. */
  public Connection connection() {
    return connection;
  }

  /**
   * Begins to record one replay, in a transaction of its own. One at a time.
   *
   * @throws IllegalStateException if another replay is being recorded
   */
  public RunRecorder record(TraceInfo trace, ReplayOptions options) throws StoreException {
    synchronized (this) {
      if (recording) {
        throw new IllegalStateException("expected one replay to be recorded at a time");
      }
      recording = true;
    }
    try {
      return new RunRecorder(
          file, connection.duplicate().unwrap(DuckDBConnection.class), trace, options, this::idle);
    } catch (SQLException e) {
      idle();
      throw failure(file, e);
    }
  }

  /**
   * Loads the user's own prices from a CSV file. A profile of the same name is replaced as a whole.
   *
   * @throws StoreException naming file and line, if anything is wrong; nothing is loaded then
   */
  public void loadCosts(Path csv) throws StoreException {
    List<CostFile.Price> prices;
    try (BufferedReader reader = Files.newBufferedReader(csv)) {
      prices = CostFile.read(csv.toString(), reader);
    } catch (StoreException e) {
      throw e;
    } catch (IOException e) {
      throw new StoreException(csv + ": expected a readable cost file but found none", e);
    }
    try (Connection own = connection.duplicate()) {
      own.setAutoCommit(false);
      Definitions.replaceProfiles(own, prices, String.valueOf(csv.getFileName()));
      own.commit();
    } catch (SQLException e) {
      throw failure(file, e);
    }
  }

  /** Returns the names of all cost profiles in this file, in name order. */
  public List<String> profiles() throws StoreException {
    try {
      return Prices.profiles(connection);
    } catch (SQLException e) {
      throw failure(file, e);
    }
  }

  @Override
  public void close() throws StoreException {
    try {
      connection.close();
    } catch (SQLException e) {
      throw failure(file, e);
    }
  }

  /** Returns one sentence for what DuckDB said about a file. */
  static StoreException failure(Path file, SQLException e) {
    String said = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    String sentence;
    if (said.contains("not a valid DuckDB database file")) {
      sentence = "expected a DuckDB database but found another kind of file";
    } else if (said.contains("Could not set lock")) {
      String holder = said.replaceFirst("(?s)^.*?(\\(PID \\d+\\))?\\. See also.*$", "$1").strip();
      sentence =
          "expected to have the file alone but another process"
              + (holder.isEmpty() ? "" : " " + holder)
              + " has it open for writing";
    } else if (said.contains("different configuration")) {
      sentence = "expected to open the file but this process has it open with other settings";
    } else {
      sentence = said.replaceFirst("^[A-Za-z ]+ Error: ", "");
    }
    return new StoreException(file + ": " + sentence, e);
  }

  private static Properties settings() {
    Properties settings = new Properties();
    settings.setProperty("autoinstall_known_extensions", "false");
    settings.setProperty("autoload_known_extensions", "false");
    return settings;
  }

  private static Store connect(Path file, Properties settings) throws StoreException {
    if (Files.isDirectory(file)) {
      throw new StoreException(file + ": expected a file but found a directory");
    }
    try {
      Connection connection = DriverManager.getConnection("jdbc:duckdb:" + file, settings);
      return new Store(file, connection.unwrap(DuckDBConnection.class));
    } catch (SQLException e) {
      throw failure(file, e);
    }
  }

  private void prepare() throws SQLException, IOException {
    boolean fresh = isEmpty();
    if (!fresh) {
      checkVersion();
    }
    String checksum = Definitions.checksum();
    if (!fresh && checksum.equals(meta("definitions"))) {
      return;
    }
    int version = fresh ? 0 : Integer.parseInt(meta("schema_version"));
    connection.setAutoCommit(false);
    Definitions.createTables(connection, version);
    Definitions.refresh(connection);
    try (PreparedStatement delete = connection.prepareStatement("DELETE FROM meta");
        PreparedStatement insert =
            connection.prepareStatement("INSERT INTO meta VALUES (?, ?, ?)")) {
      delete.executeUpdate();
      insert.setInt(1, SCHEMA_VERSION);
      insert.setString(2, EngineVersion.current());
      insert.setString(3, checksum);
      insert.executeUpdate();
    }
    connection.commit();
    connection.setAutoCommit(true);
  }

  private boolean isEmpty() throws SQLException {
    return one("SELECT count(*) FROM duckdb_tables() WHERE NOT internal").equals("0");
  }

  private void checkVersion() throws SQLException, StoreException {
    boolean ours =
        !one("SELECT count(*) FROM duckdb_columns() WHERE table_name = 'meta' AND column_name = 'schema_version'")
                .equals("0")
            && meta("schema_version").matches("[0-9]{1,9}");
    if (!ours) {
      throw new StoreException(
          file + ": expected a result file but found a DuckDB database of something else");
    }
    int version = Integer.parseInt(meta("schema_version"));
    if (version > SCHEMA_VERSION) {
      throw new StoreException(
          file
              + ": expected schema version "
              + SCHEMA_VERSION
              + " or older but found "
              + version
              + ": a newer mmureplay wrote it");
    }
  }

  private String meta(String column) throws SQLException {
    return one("SELECT " + column + " FROM meta");
  }

  private String one(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? String.valueOf(row.getString(1)) : "";
    }
  }

  private synchronized void idle() {
    recording = false;
  }

  private void closeQuietly() {
    try {
      connection.close();
    } catch (SQLException e) {
      // The failure that led here is the one to report.
    }
  }
}
