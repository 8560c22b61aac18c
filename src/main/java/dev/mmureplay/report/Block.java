package dev.mmureplay.report;

import java.util.List;

/** One piece of a {@link Document}. Texts are plain; a writer escapes them. */
public sealed interface Block {
  /** Begins a section; {@code id} is its address within the document. */
  record Section(String id, String title) implements Block {}

  /** Begins a part of a section. */
  record Subsection(String title) implements Block {}

  /** A question and its answer, which HTML shows on demand. */
  record Answer(String title, String question, ResultTable table) implements Block {}

  /** Running text. */
  record Paragraph(String text) implements Block {}

  /** Names and what they stand for, two columns without a header. */
  record Facts(List<Fact> facts) implements Block {
    record Fact(String name, String value) {}
  }

  /** A result. */
  record Table(String caption, ResultTable table) implements Block {}

  /** Set apart from the rest: what the reader must know before believing it. */
  record Box(String title, List<String> items) implements Block {}

  /** A picture, with a text that says what it shows. */
  record Picture(Chart chart) implements Block {}
}
