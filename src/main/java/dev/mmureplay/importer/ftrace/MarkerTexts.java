package dev.mmureplay.importer.ftrace;

import static dev.mmureplay.event.EventSchema.UNKNOWN;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The texts of markers, each kept once. */
final class MarkerTexts {
  /** How many different texts are kept; markers with further ones have no text. */
  static final int MAX_TEXTS = 100_000;

  /** How many characters of a text are kept. */
  static final int MAX_LENGTH = 1_000;

  private final List<String> texts = new ArrayList<>();
  private final Map<String, Integer> positions = new HashMap<>();

  /** Returns the position of a text, or unknown if there are too many. */
  long position(String text) {
    String kept = text;
    if (text.length() > MAX_LENGTH) {
      // Never between the two halves of a character: Arrow cannot store half of one.
      boolean halved = Character.isHighSurrogate(text.charAt(MAX_LENGTH - 1));
      kept = text.substring(0, halved ? MAX_LENGTH - 1 : MAX_LENGTH);
    }
    Integer known = positions.get(kept);
    if (known != null) {
      return known;
    }
    if (texts.size() == MAX_TEXTS) {
      return UNKNOWN;
    }
    positions.put(kept, texts.size());
    texts.add(kept);
    return texts.size() - 1L;
  }

  /** Returns every text at its position. */
  List<String> texts() {
    return texts;
  }
}
