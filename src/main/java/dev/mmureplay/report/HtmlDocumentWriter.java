package dev.mmureplay.report;

import static dev.mmureplay.report.HtmlTableWriter.escape;

import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes a {@link Document} as one HTML file, its style sheet and pictures inside. */
final class HtmlDocumentWriter {
  static final String CUT = "More rows are in the database.";

  private final Writer out;
  private int charts;
  private boolean inSection;

  HtmlDocumentWriter(Writer out) {
    this.out = out;
  }

  void write(Document document) throws IOException {
    out.write("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    out.write("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    out.write("<meta name=\"color-scheme\" content=\"light dark\">\n");
    out.write("<title>" + escape(document.title()) + "</title>\n<style>\n");
    out.write(styleSheet() + "</style>\n</head>\n<body>\n<header>\n");
    out.write("<h1>" + escape(document.title()) + "</h1>\n");
    out.write("<p>" + escape(document.subtitle()) + "</p>\n</header>\n");
    contents(document.blocks());
    out.write("<main>\n");
    for (Block block : document.blocks()) {
      write(block);
    }
    out.write(inSection ? "</section>\n" : "");
    out.write("</main>\n</body>\n</html>\n");
  }

  private void contents(List<Block> blocks) throws IOException {
    out.write("<nav aria-label=\"Contents\">\n<ul>\n");
    for (Block block : blocks) {
      if (block instanceof Block.Section section) {
        out.write("<li><a href=\"#" + escape(section.id()) + "\">");
        out.write(escape(section.title()) + "</a></li>\n");
      }
    }
    out.write("</ul>\n</nav>\n");
  }

  private void write(Block block) throws IOException {
    if (block instanceof Block.Section section) {
      out.write(inSection ? "</section>\n" : "");
      out.write("<section id=\"" + escape(section.id()) + "\">\n");
      out.write("<h2>" + escape(section.title()) + "</h2>\n");
      inSection = true;
    } else if (block instanceof Block.Subsection part) {
      out.write("<h3>" + escape(part.title()) + "</h3>\n");
    } else if (block instanceof Block.Paragraph paragraph) {
      out.write("<p>" + escape(paragraph.text()) + "</p>\n");
    } else if (block instanceof Block.Facts facts) {
      out.write("<dl>\n");
      for (Block.Facts.Fact fact : facts.facts()) {
        out.write("<div><dt>" + escape(fact.name()) + "</dt>");
        out.write("<dd>" + escape(fact.value()) + "</dd></div>\n");
      }
      out.write("</dl>\n");
    } else if (block instanceof Block.Answer answer) {
      out.write("<details>\n<summary><strong>" + escape(answer.title()) + "</strong> ");
      out.write(escape(answer.question()) + "</summary>\n");
      write(new Block.Table(answer.question(), answer.table()));
      out.write("</details>\n");
    } else if (block instanceof Block.Table table) {
      out.write("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"");
      out.write(escape(table.caption()) + "\">\n");
      table.table().writeTo(new HtmlTableWriter(out, table.caption()));
      out.write("</div>\n");
      if (!table.table().complete()) {
        out.write("<p class=\"small\">" + CUT + "</p>\n");
      }
    } else if (block instanceof Block.Box box) {
      out.write("<aside>\n<h3>" + escape(box.title()) + "</h3>\n<ul>\n");
      for (String item : box.items()) {
        out.write("<li>" + escape(item) + "</li>\n");
      }
      out.write("</ul>\n</aside>\n");
    } else if (block instanceof Block.Picture picture) {
      out.write("<figure>\n<figcaption>" + escape(picture.chart().title()) + "</figcaption>\n");
      out.write("<div class=\"scroll\">" + Svg.of(picture.chart(), "chart-" + ++charts));
      out.write("</div>\n</figure>\n");
    }
  }

  private static String styleSheet() throws IOException {
    try (InputStream in = HtmlDocumentWriter.class.getResourceAsStream("/report/report.css")) {
      if (in == null) {
        throw new IOException("expected the resource report/report.css but it is not in the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
