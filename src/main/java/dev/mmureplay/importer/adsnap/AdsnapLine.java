package dev.mmureplay.importer.adsnap;

import dev.mmureplay.importer.SystemCall;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One line that has a time, and the snapshot lines that belong to it. */
final class AdsnapLine implements Comparable<AdsnapLine> {
  /** Longs for each snapshot line: address, word, line number. */
  private static final int PER_WORD = 3;

  /** The letter with which it begins; {@link #LOST} for a line that has none. */
  char letter;

  /** Stands for the letter of {@code Lost n events}. */
  static final char LOST = '!';

  /** ns on the tracer's clock. */
  long time;

  int pid;
  int tid;
  int cpu;
  final long[] values = new long[SystemCall.MAX_ARGUMENTS];
  int valueCount;

  /** The line of the source, from 1. */
  long number;

  private long[] words = new long[8 * PER_WORD];
  private int wordCount;

  /** Makes this a new line, without snapshot. */
  AdsnapLine reset(char newLetter, long newTime, long newNumber) {
    letter = newLetter;
    time = newTime;
    number = newNumber;
    valueCount = 0;
    wordCount = 0;
    return this;
  }

  /** Adds a snapshot line: up to eight pages from an address, the first in the lowest byte. */
  void addWord(long address, long word, long line) {
    int at = wordCount * PER_WORD;
    if (at == words.length) {
      words = Arrays.copyOf(words, at * 2);
    }
    words[at] = address;
    words[at + 1] = word;
    words[at + 2] = line;
    wordCount++;
  }

  int wordCount() {
    return wordCount;
  }

  long wordAddress(int i) {
    return words[i * PER_WORD];
  }

  long word(int i) {
    return words[i * PER_WORD + 1];
  }

  long wordLine(int i) {
    return words[i * PER_WORD + 2];
  }

  /** By time; lines of the same time stay in the order of the source. */
  @Override
  public int compareTo(AdsnapLine other) {
    int byTime = Long.compare(time, other.time);
    return byTime != 0 ? byTime : Long.compare(number, other.number);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof AdsnapLine line && line.time == time && line.number == number;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(number);
  }
}
