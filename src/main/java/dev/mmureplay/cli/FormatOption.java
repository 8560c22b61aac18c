package dev.mmureplay.cli;

import dev.mmureplay.report.Column;
import dev.mmureplay.report.ReportFormat;
import dev.mmureplay.report.ResultTable;
import dev.mmureplay.report.RowSink;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How a result is printed. */
final class FormatOption {
  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "table",
      converter = Converter.class,
      completionCandidates = Candidates.class,
      description = "${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE} if not given.")
  private ReportFormat format = ReportFormat.TABLE;

  /** Returns whether a person reads the result, and remarks may stand around it. */
  boolean forPeople() {
    return format == ReportFormat.TABLE;
  }

  RowSink writer(PrintWriter out) {
    return format.writer(out);
  }

  void print(ResultTable table, PrintWriter out) throws IOException {
    table.writeTo(writer(out));
    out.flush();
  }

  static Column text(String name) {
    return new Column(name, Column.Type.TEXT);
  }

  static final class Converter implements ITypeConverter<ReportFormat> {
    @Override
    public ReportFormat convert(String name) {
      return converted(() -> ReportFormat.named(name));
    }
  }

  static final class Candidates implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      List<String> names = Arrays.stream(ReportFormat.values()).map(ReportFormat::id).toList();
      return names.iterator();
    }
  }

  /** Makes an unknown name wrong usage, in the words of the one who does not know it. */
  static <T> T converted(java.util.function.Supplier<T> lookUp) {
    try {
      return lookUp.get();
    } catch (IllegalArgumentException e) {
      TypeConversionException unknown = new TypeConversionException(String.valueOf(e.getMessage()));
      unknown.initCause(e);
      throw unknown;
    }
  }
}
