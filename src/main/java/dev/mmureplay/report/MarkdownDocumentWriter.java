package dev.mmureplay.report;

import java.io.IOException;
import java.io.Writer;

/** Writes a {@link Document} as Markdown. */
final class MarkdownDocumentWriter {
  private final Writer out;

  MarkdownDocumentWriter(Writer out) {
    this.out = out;
  }

  void write(Document document) throws IOException {
    out.write("# " + MarkdownTableWriter.escape(document.title()) + "\n\n");
    out.write(MarkdownTableWriter.escape(document.subtitle()) + "\n");
    for (Block block : document.blocks()) {
      write(block);
    }
  }

  private void write(Block block) throws IOException {
    if (block instanceof Block.Section section) {
      out.write("\n## " + MarkdownTableWriter.escape(section.title()) + "\n");
    } else if (block instanceof Block.Subsection part) {
      out.write("\n### " + MarkdownTableWriter.escape(part.title()) + "\n");
    } else if (block instanceof Block.Paragraph paragraph) {
      out.write("\n" + MarkdownTableWriter.escape(paragraph.text()) + "\n");
    } else if (block instanceof Block.Facts facts) {
      out.write('\n');
      for (Block.Facts.Fact fact : facts.facts()) {
        out.write("- **" + MarkdownTableWriter.escape(fact.name()) + "**: ");
        out.write(MarkdownTableWriter.escape(fact.value()) + "\n");
      }
    } else if (block instanceof Block.Answer answer) {
      write(new Block.Subsection(answer.title()));
      write(new Block.Table(answer.question(), answer.table()));
    } else if (block instanceof Block.Table table) {
      out.write("\n**" + MarkdownTableWriter.escape(table.caption()) + "**\n\n");
      table.table().writeTo(ReportFormat.MARKDOWN.writer(out));
      if (!table.table().complete()) {
        out.write("\n" + HtmlDocumentWriter.CUT + "\n");
      }
    } else if (block instanceof Block.Box box) {
      out.write("\n> **" + MarkdownTableWriter.escape(box.title()) + "**\n>\n");
      for (String item : box.items()) {
        out.write("> - " + MarkdownTableWriter.escape(item) + "\n");
      }
    }
    // A picture's numbers stand in the table beside it.
  }
}
