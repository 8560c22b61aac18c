package dev.mmureplay.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A question about a result file: one SELECT with parameters written as {@code $name}.
 *
 * <pre>
 * -- title: Cost by backend
 * -- question: What do the mprotect calls of each replay cost under each backend?
 * -- parameter profile = xen-modern : cost profile
 * SELECT … WHERE profile = $profile
 * </pre>
 *
 * Parameters are bound as text, never pasted; the SQL casts them where it needs numbers.
 *
 * @param name file name without {@code .sql}
 * @param title a few words
 * @param question what it answers, in one sentence
 * @param parameters in the order of their declaration; those that are used but not declared last
 * @param sql the file's text
 */
public record NamedQuery(
    String name, String title, String question, List<Parameter> parameters, String sql) {

  /**
   * One parameter.
   *
   * @param defaultValue null if a value must be given
   */
  public record Parameter(String name, @Nullable String defaultValue, String meaning) {}

  private static final String SUFFIX = ".sql";
  private static final Pattern HEADER = Pattern.compile("--\\s*(title|question):\\s*(.*)");
  private static final Pattern PARAMETER =
      Pattern.compile("--\\s*parameter\\s+(\\w+)\\s*(?:=\\s*(.*?)\\s*)?:\\s*(.*)");

  /** What SQL may hold: text in which a dollar means nothing, or a parameter. */
  private static final Pattern TOKEN =
      Pattern.compile(
          "'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|(?s:/\\*.*?\\*/)"
              + "|(?s:\\$(\\w*)\\$.*?\\$\\1\\$)|\\$([A-Za-z_]\\w*)");

  public NamedQuery {
    parameters = List.copyOf(parameters);
  }

  /** Returns the queries that come with the program, and with jars beside it, in name order. */
  public static List<NamedQuery> all() {
    Map<String, NamedQuery> queries = new TreeMap<>();
    try {
      ClassLoader loader = NamedQuery.class.getClassLoader();
      for (URL folder : Collections.list(loader.getResources("queries"))) {
        URI uri = folder.toURI();
        if (uri.getScheme().equals("jar")) {
          try (FileSystem jar = FileSystems.newFileSystem(uri, Map.of())) {
            addFolder(jar.getPath("queries"), queries);
          }
        } else {
          addFolder(Path.of(uri), queries);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
    return List.copyOf(queries.values());
  }

  /**
   * Returns a query that comes with the program.
   *
   * @throws IllegalArgumentException naming the known ones, if there is none of that name
   */
  public static NamedQuery named(String name) {
    List<NamedQuery> all = all();
    return all.stream()
        .filter(query -> query.name.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "expected a query ("
                        + all.stream().map(NamedQuery::name).collect(Collectors.joining(", "))
                        + ") but found \""
                        + name
                        + "\""));
  }

  /**
   * Reads the user's own query. A file without a header is one without title and question.
   *
   * @throws StoreException if the file cannot be read
   */
  public static NamedQuery ofFile(Path file) throws StoreException {
    try {
      return parse(String.valueOf(file.getFileName()), Files.readString(file));
    } catch (IOException e) {
      throw new StoreException(file + ": expected a readable SQL file but found none", e);
    }
  }

  /**
   * Prepares the query.
   *
   * @param values values by parameter name; the defaults stand for those that are missing
   * @throws IllegalArgumentException if a value has no parameter, a parameter no value, or a value
   *     does not fit its parameter, see {@link ParameterCheck}
   */
  public PreparedStatement prepare(Connection connection, Map<String, String> values)
      throws SQLException {
    List<String> names = parameters.stream().map(Parameter::name).toList();
    for (String given : values.keySet()) {
      if (!names.contains(given)) {
        throw new IllegalArgumentException(
            name
                + ": expected a parameter ("
                + String.join(", ", names)
                + ") but found \""
                + given
                + "\"");
      }
    }
    for (Map.Entry<String, String> given : values.entrySet()) {
      ParameterCheck.check(connection, this, given.getKey(), given.getValue());
    }
    List<String> bound = new ArrayList<>();
    String numbered =
        TOKEN
            .matcher(sql)
            .replaceAll(
                token -> {
                  if (token.group(2) == null) {
                    return Matcher.quoteReplacement(token.group());
                  }
                  if (!bound.contains(token.group(2))) {
                    bound.add(token.group(2));
                  }
                  return "\\$" + (bound.indexOf(token.group(2)) + 1);
                });
    PreparedStatement statement = connection.prepareStatement(numbered);
    try {
      for (int i = 0; i < bound.size(); i++) {
        statement.setString(i + 1, value(bound.get(i), values));
      }
    } catch (IllegalArgumentException e) {
      statement.close();
      throw e;
    }
    return statement;
  }

  private String value(String parameter, Map<String, String> values) {
    return Stream.concat(
            Stream.ofNullable(values.get(parameter)),
            parameters.stream()
                .filter(p -> p.name.equals(parameter))
                .flatMap(p -> Stream.ofNullable(p.defaultValue)))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    name
                        + ": expected a value for the parameter "
                        + parameter
                        + " but found none"));
  }

  private static void addFolder(Path folder, Map<String, NamedQuery> queries) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        String fileName = String.valueOf(file.getFileName());
        if (fileName.endsWith(SUFFIX)) {
          NamedQuery query = parse(fileName, Files.readString(file, UTF_8));
          queries.putIfAbsent(query.name, query);
        }
      }
    }
  }

  private static NamedQuery parse(String fileName, String sql) {
    String name =
        fileName.endsWith(SUFFIX)
            ? fileName.substring(0, fileName.length() - SUFFIX.length())
            : fileName;
    String title = name;
    String question = "";
    Map<String, Parameter> parameters = new LinkedHashMap<>();
    for (String line : sql.lines().takeWhile(l -> l.isBlank() || l.startsWith("--")).toList()) {
      Matcher header = HEADER.matcher(line);
      Matcher parameter = PARAMETER.matcher(line);
      if (header.matches()) {
        if (header.group(1).equals("title")) {
          title = header.group(2).strip();
        } else {
          question = header.group(2).strip();
        }
      } else if (parameter.matches()) {
        parameters.put(
            parameter.group(1),
            new Parameter(parameter.group(1), parameter.group(2), parameter.group(3).strip()));
      }
    }
    for (Matcher token = TOKEN.matcher(sql); token.find(); ) {
      if (token.group(2) != null) {
        parameters.putIfAbsent(token.group(2), new Parameter(token.group(2), null, ""));
      }
    }
    return new NamedQuery(name, title, question, List.copyOf(parameters.values()), sql);
  }
}
