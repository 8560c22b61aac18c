package dev.mmureplay.report;

import java.io.IOException;
import java.io.Writer;
import java.util.List;

/**
 * A report before it has a format.
 *
 * @param title its title
 * @param subtitle one sentence under the title
 * @param blocks its pieces, in order
 */
public record Document(String title, String subtitle, List<Block> blocks) {
  public Document {
    blocks = List.copyOf(blocks);
  }

  /** Writes this as GitHub-flavoured Markdown; pictures are left out, their tables are not. */
  public void writeMarkdown(Writer out) throws IOException {
    new MarkdownDocumentWriter(out).write(this);
  }

  /** Writes this as one HTML file that needs no other. */
  public void writeHtml(Writer out) throws IOException {
    new HtmlDocumentWriter(out).write(this);
  }
}
