package dev.mmureplay.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;

/** A Parquet file as text that an importer of tables can read. */
public final class ParquetTable {
  private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);

  private ParquetTable() {}

  /**
   * Returns whether a file begins as Parquet files do.
   *
   * @throws IOException if it cannot be read
   */
  public static boolean isParquet(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return Arrays.equals(in.readNBytes(MAGIC.length), MAGIC);
    }
  }

  /**
   * Writes the rows in their order, with the names of the columns on the first line, so that row n
   * is on line n + 1; a null is nothing between two commas.
   *
   * @throws IOException if the file is damaged, or the text cannot be written
   */
  public static void writeCsv(Path parquet, Path csv) throws IOException {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      statement.execute(
          "COPY (SELECT * FROM read_parquet("
              + literal(parquet)
              + ")) TO "
              + literal(csv)
              + " (FORMAT csv, HEADER)");
    } catch (SQLException e) {
      String said = String.valueOf(e.getMessage()).lines().findFirst().orElse("it cannot");
      throw new StoreException(parquet + ": expected a Parquet file but found: " + said, e);
    }
  }

  private static String literal(Path file) {
    return "'" + file.toString().replace("'", "''") + "'";
  }
}
