package dev.mmureplay.importer.strace;

import dev.mmureplay.importer.TraceSource;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The log that {@code strace -f} would have written, from the files that {@code strace -ff -o FILE}
 * writes, one for each task with its number behind the name: lines in the order of their times,
 * with the task in front. Lines without a time, such as those of a call stack, stay behind their
 * call.
 */
public final class SplitStraceLog extends InputStream {
  private static final Pattern NAME = Pattern.compile("(.*)\\.(\\d+)(\\.(gz|zst|xz))?");
  private static final Pattern TIME =
      Pattern.compile("(?:(\\d{1,2}):(\\d\\d):(\\d\\d)|(\\d{9,}))(?:\\.(\\d{1,9}))? .*");

  /** One file, and its next record. */
  private static final class Part {
    private final String tid;
    private final TraceSource source;
    private final BufferedReader reader;
    private @Nullable String ahead;
    private final List<String> record = new ArrayList<>();
    private long time;

    Part(String name, String tid) throws IOException {
      this.tid = tid;
      this.source = TraceSource.open(name);
      this.reader =
          new BufferedReader(new InputStreamReader(source.stream(), StandardCharsets.ISO_8859_1));
      this.ahead = reader.readLine();
    }

    /** Reads a line with a time and those without that follow; returns false at the end. */
    boolean next() throws IOException {
      record.clear();
      String line = ahead;
      if (line == null) {
        return false;
      }
      long began = timeOf(line);
      time = began < 0 ? time : began;
      record.add(tid + " " + line);
      for (line = reader.readLine(); line != null && timeOf(line) < 0; line = reader.readLine()) {
        record.add(line);
      }
      ahead = line;
      return true;
    }
  }

  private final List<Part> parts = new ArrayList<>();
  private final PriorityQueue<Part> queue =
      new PriorityQueue<>(
          Comparator.comparingLong((Part part) -> part.time).thenComparing(part -> part.tid));
  private byte[] text = new byte[0];
  private int position;

  private SplitStraceLog() {}

  /** Returns whether these are names as {@code strace -ff} makes them, all of one recording. */
  public static boolean isSplit(List<String> names) {
    List<String> stems = new ArrayList<>();
    for (String name : names) {
      Matcher matcher = NAME.matcher(name);
      if (!matcher.matches()) {
        return false;
      }
      stems.add(matcher.group(1));
    }
    return stems.stream().distinct().count() == 1;
  }

  /**
   * Opens the files of one recording.
   *
   * @param names as {@link #isSplit} wants them
   * @throws IOException if one of them cannot be read or has no times
   */
  public static TraceSource open(List<String> names) throws IOException {
    SplitStraceLog log = new SplitStraceLog();
    boolean opened = false;
    try {
      for (String name : names) {
        Matcher matcher = NAME.matcher(name);
        if (!matcher.matches()) {
          throw new IllegalArgumentException("expected FILE.TID but found " + name);
        }
        Part part = new Part(name, matcher.group(2));
        log.parts.add(part);
        if (part.ahead != null && timeOf(part.ahead) < 0) {
          throw new IOException(
              name + ":1: expected a line with a time (strace -ff -ttt) but found none");
        }
        if (part.next()) {
          log.queue.add(part);
        }
      }
      opened = true;
    } finally {
      if (!opened) {
        log.close();
      }
    }
    return TraceSource.of(String.join(" + ", names), log);
  }

  /** Returns the time of a line in ns, of the day or since 1970; -1 if it has none. */
  private static long timeOf(String line) {
    Matcher matcher = TIME.matcher(line);
    if (!matcher.matches()) {
      return -1;
    }
    long seconds =
        matcher.group(4) != null
            ? Long.parseLong(matcher.group(4))
            : (Long.parseLong(matcher.group(1)) * 60 + Long.parseLong(matcher.group(2))) * 60
                + Long.parseLong(matcher.group(3));
    String fraction = matcher.group(5) == null ? "" : matcher.group(5);
    return seconds * 1_000_000_000L + Long.parseLong((fraction + "000000000").substring(0, 9));
  }

  @Override
  public int read() throws IOException {
    return fill() ? text[position++] & 0xff : -1;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int n = Math.min(length, text.length - position);
    System.arraycopy(text, position, bytes, offset, n);
    position += n;
    return n;
  }

  private boolean fill() throws IOException {
    if (position < text.length) {
      return true;
    }
    Part part = queue.poll();
    if (part == null) {
      return false;
    }
    text = (String.join("\n", part.record) + "\n").getBytes(StandardCharsets.ISO_8859_1);
    position = 0;
    if (part.next()) {
      queue.add(part);
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    for (Part part : parts) {
      part.source.close();
    }
  }
}
