package dev.mmureplay.importer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Damaged copies of a text, the same ones at every run. */
public final class Mutations {
  private Mutations() {}

  /** Returns the text cut at many places, with bytes and lines changed, and replaced by rubbish. */
  public static List<byte[]> of(byte[] text, long seed, int copies) {
    Random random = new Random(seed);
    List<byte[]> damaged = new ArrayList<>();
    for (int i = 0; i < copies; i++) {
      byte[] copy = Arrays.copyOf(text, random.nextInt(text.length + 1));
      for (int n = random.nextInt(12); n > 0 && copy.length > 0; n--) {
        copy[random.nextInt(copy.length)] = (byte) random.nextInt(256);
      }
      for (int n = random.nextInt(4); n > 0 && copy.length > 0; n--) {
        copy[random.nextInt(copy.length)] = (byte) "\n ,()<>=|:[]-0x9?".charAt(random.nextInt(17));
      }
      damaged.add(random.nextBoolean() ? copy : swapped(copy, random));
    }
    byte[] rubbish = new byte[100_000];
    random.nextBytes(rubbish);
    damaged.add(rubbish);
    return damaged;
  }

  /** Returns the text with a piece of it moved to its front. */
  private static byte[] swapped(byte[] text, Random random) {
    if (text.length < 2) {
      return text;
    }
    int at = random.nextInt(text.length);
    byte[] moved = new byte[text.length];
    System.arraycopy(text, at, moved, 0, text.length - at);
    System.arraycopy(text, 0, moved, text.length - at, at);
    return moved;
  }
}
