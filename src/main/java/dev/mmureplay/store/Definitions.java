package dev.mmureplay.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.mmureplay.mmu.Operation;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** What the program brings to a result file: tables, views, shipped prices, operations. */
final class Definitions {
  /** What each version of the tables added to the one before, from version 1 on. */
  private static final List<String> SCHEMAS =
      List.of("schema.sql", "schema-2.sql", "schema-3.sql", "schema-4.sql", "schema-5.sql");

  private static final String VIEWS = "views.sql";
  private static final String PROFILES = "costs/profiles.csv";
  private static final String PROFILE_HEADER = "profile,unit,title,hardware,guest_kernel,notes";
  private static final List<String> COSTS =
      List.of(
          "costs/2008-xen-3.3.csv",
          "costs/modern-xen.csv",
          "costs/xpti.csv",
          "costs/instructions.csv",
          "costs/instructions-xpti.csv");

  private Definitions() {}

  /** Returns the version of the tables that this program writes. */
  static int schemaVersion() {
    return SCHEMAS.size();
  }

  /**
   * Brings the tables up to the version that this program writes.
   *
   * @param version of the tables that are there; 0 if there are none
   */
  static void createTables(Connection connection, int version) throws SQLException, IOException {
    for (String schema : SCHEMAS.subList(version, SCHEMAS.size())) {
      execute(connection, text(schema));
    }
  }

  /** Returns a checksum of everything that {@link #refresh} writes. */
  static String checksum() throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String schema : SCHEMAS) {
        digest.update(text(schema).getBytes(UTF_8));
      }
      digest.update(text(VIEWS).getBytes(UTF_8));
      digest.update(text(PROFILES).getBytes(UTF_8));
      for (String costs : COSTS) {
        digest.update(text(costs).getBytes(UTF_8));
      }
      for (Operation operation : Operation.values()) {
        digest.update((operation.id() + operation.description()).getBytes(UTF_8));
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /**
   * Writes operations, views and shipped prices anew. A profile that the user loaded under the name
   * of a shipped one stays.
   */
  static void refresh(Connection connection) throws SQLException, IOException {
    execute(connection, "DELETE FROM operation");
    try (Rows rows = new Rows(connection, "operation")) {
      for (Operation operation : Operation.values()) {
        rows.add(operation.id(), operation.ordinal(), operation.description());
      }
    }
    execute(connection, text(VIEWS));
    execute(
        connection,
        """
        DELETE FROM cost WHERE profile IN (SELECT profile FROM cost_profile WHERE shipped);
        DELETE FROM cost_profile WHERE shipped
        """);
    List<String> kept = Prices.profiles(connection);
    try (Rows profiles = new Rows(connection, "cost_profile")) {
      for (List<String> row : profiles()) {
        if (!kept.contains(row.get(0))) {
          profiles.add(
              row.get(0), row.get(1), row.get(2), row.get(3), row.get(4), row.get(5), true);
        }
      }
    }
    try (Rows costs = new Rows(connection, "cost")) {
      for (CostFile.Price price : shippedPrices()) {
        if (!kept.contains(price.profile())) {
          add(costs, price);
        }
      }
    }
  }

  /** Replaces the profiles that some prices belong to by those prices. */
  static void replaceProfiles(Connection connection, List<CostFile.Price> prices, String origin)
      throws SQLException {
    for (String table : List.of("cost", "cost_profile")) {
      try (PreparedStatement delete =
          connection.prepareStatement("DELETE FROM " + table + " WHERE profile = ?")) {
        for (String profile : CostFile.units(prices).keySet()) {
          delete.setString(1, profile);
          delete.executeUpdate();
        }
      }
    }
    try (Rows profiles = new Rows(connection, "cost_profile");
        Rows costs = new Rows(connection, "cost")) {
      for (var unit : CostFile.units(prices).entrySet()) {
        profiles.add(
            unit.getKey(), unit.getValue(), unit.getKey(), null, null, "From " + origin, false);
      }
      for (CostFile.Price price : prices) {
        add(costs, price);
      }
    }
  }

  /** Returns all prices that come with the program. */
  static List<CostFile.Price> shippedPrices() throws IOException {
    List<CostFile.Price> prices = new ArrayList<>();
    for (String costs : COSTS) {
      prices.addAll(CostFile.read(costs, new StringReader(text(costs))));
    }
    return prices;
  }

  private static void add(Rows costs, CostFile.Price price) throws SQLException {
    costs.add(
        price.profile(),
        price.backend(),
        price.operation(),
        price.low(),
        price.typical(),
        price.high(),
        price.unit(),
        price.source());
  }

  private static List<List<String>> profiles() throws IOException {
    List<String> lines = text(PROFILES).lines().toList();
    if (!lines.get(0).equals(PROFILE_HEADER)) {
      throw new StoreException(
          PROFILES
              + ":1: expected the header "
              + PROFILE_HEADER
              + " but found \""
              + lines.get(0)
              + "\"");
    }
    List<List<String>> rows = new ArrayList<>();
    for (int i = 1; i < lines.size(); i++) {
      rows.add(CostFile.fields(PROFILES, i + 1, lines.get(i)));
    }
    return rows;
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String text(String name) throws IOException {
    try (InputStream in = Definitions.class.getResourceAsStream("/store/" + name)) {
      if (in == null) {
        throw new FileNotFoundException("expected /store/" + name + " in the program's own jar");
      }
      return new String(in.readAllBytes(), UTF_8);
    }
  }
}
