package dev.mmureplay.importer;

import dev.mmureplay.event.EventRow;
import dev.mmureplay.event.EventSchema;
import dev.mmureplay.event.Ledger;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Imports a text in memory and shows what came of it as lines that can lie beside the text: the
 * events, and behind them, each after a {@code #}, the ledger and the fidelity.
 */
public final class EventCsv {
  /** The columns, in the order in which a reader of the trace looks for them; addresses in hex. */
  public static final String HEADER =
      "line,kind,pid,tid,cpu,time,duration,address,length,protection,flags,address2,length2,file,"
          + "offset,result,count";

  /** What one import made. */
  public record Imported(List<String> events, ImportReport report) {}

  private EventCsv() {}

  /** Returns the events of a trace, one line each, without header. */
  public static Imported importOnly(TraceImporter importer, String name, byte[] text)
      throws IOException {
    return importOnly(importer, name, text, ImportOptions.DEFAULT);
  }

  /** Returns the events of a trace, one line each, without header. */
  public static Imported importOnly(
      TraceImporter importer, String name, byte[] text, ImportOptions options) throws IOException {
    List<String> lines = new ArrayList<>();
    try (TraceSource source = TraceSource.of(name, text)) {
      ImportReport report = importer.importTrace(source, options, row -> lines.add(line(row)));
      return new Imported(lines, report);
    }
  }

  /** Returns the header, the events, the ledger and the fidelity of a trace. */
  public static List<String> importAll(TraceImporter importer, String name, byte[] text)
      throws IOException {
    return importAll(importer, name, text, ImportOptions.DEFAULT);
  }

  /** Returns the header, the events, the ledger and the fidelity of a trace. */
  public static List<String> importAll(
      TraceImporter importer, String name, byte[] text, ImportOptions options) throws IOException {
    Imported imported = importOnly(importer, name, text, options);
    List<String> lines = new ArrayList<>();
    lines.add(HEADER);
    lines.addAll(imported.events());
    Ledger ledger = imported.report().ledger();
    lines.add("# lines " + ledger.lines() + ", parsed " + ledger.parsedCount());
    ledger.ignoredByRule().forEach((rule, n) -> lines.add("# ignored " + rule + " " + n));
    ledger
        .rejections()
        .forEach(
            rejection ->
                lines.add(
                    "# rejected line "
                        + rejection.line()
                        + ": "
                        + rejection.reason()
                        + ": "
                        + rejection.text()));
    imported
        .report()
        .fidelity()
        .toMap()
        .forEach((key, value) -> lines.add("# " + key + " " + value));
    String command = String.valueOf(imported.report().command());
    lines.add("# command " + command.replace("\n", "\\n"));
    return lines;
  }

  /** Returns a file beside this class among the test resources. */
  public static byte[] resource(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(EventCsv.class.getResourceAsStream(name), "no resource " + name)) {
      return in.readAllBytes();
    }
  }

  /** Returns the lines of a text file beside this class among the test resources. */
  public static List<String> resourceLines(String name) throws IOException {
    return new String(resource(name), StandardCharsets.UTF_8).lines().toList();
  }

  /** Returns what is in a directory beside this class among the test resources, in name order. */
  public static List<String> names(String directory) throws IOException {
    URL url = Objects.requireNonNull(EventCsv.class.getResource(directory), directory);
    try (Stream<Path> files = Files.list(Path.of(url.toURI()))) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    } catch (URISyntaxException e) {
      throw new IOException(url + ": expected a directory of test resources", e);
    }
  }

  private static String line(EventRow row) {
    return String.join(
        ",",
        number(row.line),
        row.kind.name(),
        Integer.toString(row.pid),
        Integer.toString(row.tid),
        number(row.cpu),
        number(row.time),
        number(row.duration),
        hex(row.address),
        number(row.length),
        number(row.protection),
        hex(row.flags),
        hex(row.address2),
        number(row.length2),
        number(row.file),
        number(row.offset),
        row.result > EventSchema.PAGE_SIZE ? hex(row.result) : number(row.result),
        Integer.toString(row.count));
  }

  private static String number(long value) {
    return value == EventSchema.UNKNOWN || value == EventSchema.UNKNOWN_INT
        ? ""
        : Long.toString(value);
  }

  private static String hex(long value) {
    return value == EventSchema.UNKNOWN ? "" : "0x" + Long.toHexString(value);
  }
}
