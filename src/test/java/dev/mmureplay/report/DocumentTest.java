package dev.mmureplay.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Hazard: a name from a trace becomes markup, or a picture says nothing to those who cannot see it.
 */
final class DocumentTest {
  private static final ResultTable TABLE =
      ResultTable.of(
          List.of(new Column("backend", Column.Type.TEXT), new Column("n", Column.Type.INTEGER)),
          List.of(Arrays.asList("mmu-update-batch", 1_000L)));

  private static final Document DOCUMENT =
      new Document(
          "Title <1>",
          "Sub & title.",
          List.of(
              new Block.Section("one", "Section *1*"),
              new Block.Paragraph("Text with <script>."),
              new Block.Facts(List.of(new Block.Facts.Fact("Trace", "a<b>.log"))),
              new Block.Box("Limits", List.of("First.", "Second.")),
              new Block.Picture(
                  new IntervalChart(
                      "Cost",
                      "cycles",
                      List.of(new IntervalChart.Interval("native", 1_000, 2_000, 5_000, false)))),
              new Block.Table("Caption", TABLE),
              new Block.Answer("Why", "Why is it so?", TABLE)));

  @Test
  void markdownHasEverythingButPictures() throws IOException {
    StringWriter out = new StringWriter();
    DOCUMENT.writeMarkdown(out);

    assertThat(out.toString())
        .isEqualTo(
            """
            # Title &lt;1>

            Sub &amp; title.

            ## Section \\*1\\*

            Text with &lt;script>.

            - **Trace**: a&lt;b>.log

            > **Limits**
            >
            > - First.
            > - Second.

            **Caption**

            | backend | n |
            | --- | ---: |
            | mmu-update-batch | 1,000 |

            ### Why

            **Why is it so?**

            | backend | n |
            | --- | ---: |
            | mmu-update-batch | 1,000 |
            """);
  }

  @Test
  void htmlNeedsNoOtherFileAndEscapesWhatItShows() throws IOException {
    StringWriter out = new StringWriter();
    DOCUMENT.writeHtml(out);

    assertThat(out.toString())
        .startsWith("<!DOCTYPE html>\n<html lang=\"en\">")
        .contains("<title>Title &lt;1&gt;</title>")
        .contains("<a href=\"#one\">Section *1*</a>", "<section id=\"one\">")
        .contains("<dt>Trace</dt><dd>a&lt;b&gt;.log</dd>")
        .contains("<caption>Caption</caption>")
        .contains("<td class=\"k\">mmu-update-batch</td><td class=\"n\">1,000</td>")
        .contains("<summary><strong>Why</strong> Why is it so?</summary>")
        .contains("prefers-color-scheme: dark", "@media print")
        .doesNotContain("<script", "http:", "https:", "src=", "@import");
  }

  @Test
  void picturesSayInWordsWhatTheyShow() throws IOException {
    StringWriter out = new StringWriter();
    DOCUMENT.writeHtml(out);

    assertThat(out.toString())
        .contains("role=\"img\" aria-labelledby=\"chart-1-t chart-1-d\"")
        .contains("<title id=\"chart-1-t\">Cost</title>")
        .contains("cycles, typical (low–high). native: 2k  (1k–5k).");
  }

  @Test
  void axesPutTicksWhereTheyAreReadable() {
    assertThat(Axis.logarithmic(1_000, 5_000, 0, 100).ticks())
        .containsExactly(1_000.0, 2_000.0, 5_000.0);
    assertThat(Axis.linear(0, 33, 100, 0).ticks()).containsExactly(0.0, 10.0, 20.0, 30.0, 40.0);
    assertThat(Axis.linear(0, 33, 100, 0).at(40)).isZero();
    assertThat(Axis.brief(0)).isEqualTo("0");
    assertThat(Axis.brief(999_600)).isEqualTo("1M");
    assertThat(Axis.brief(0.25)).isEqualTo("0.25");
  }

  @Test
  void aLineOfOnePointAndAChartOfNothingAreDrawn() {
    LineChart one =
        new LineChart(
            "t",
            "x",
            "y",
            List.of(
                new LineChart.Line("a", List.of(new Svg.Point(0, 0)), false),
                new LineChart.Line("b", List.of(), false)));

    assertThat(Svg.of(one, "c")).contains("polyline").doesNotContain("NaN", "Infinity");
    assertThat(Svg.of(new BarChart("t", "x", List.of()), "c")).doesNotContain("NaN", "Infinity");
  }
}
