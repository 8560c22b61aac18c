package dev.mmureplay.report;

import java.io.Writer;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The formats that a result can be written in. */
public enum ReportFormat {
  /** Aligned columns for a terminal. */
  TABLE,
  /** RFC 4180 with a header line and LF line ends; null is an empty field, "" a quoted one. */
  CSV,
  /** An array of objects, one object a line. */
  JSON,
  /** A GitHub-flavoured Markdown table. */
  MARKDOWN,
  /** A {@code table} element. */
  HTML;

  /** Returns the name on the command line. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns a sink that writes one result; it leaves {@code out} open. */
  public RowSink writer(Writer out) {
    return switch (this) {
      case TABLE -> new TextTableWriter(out);
      case CSV -> new CsvWriter(out);
      case JSON -> new JsonWriter(out);
      case MARKDOWN -> new MarkdownTableWriter(out);
      case HTML -> new HtmlTableWriter(out);
    };
  }

  /**
   * Returns the format with the given name.
   *
   * @throws IllegalArgumentException naming the known ones, if there is none
   */
  public static ReportFormat named(String name) {
    return Arrays.stream(values())
        .filter(format -> format.id().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    Arrays.stream(values())
                        .map(ReportFormat::id)
                        .collect(
                            Collectors.joining(
                                ", ", "expected a format (", ") but found \"" + name + "\""))));
  }
}
