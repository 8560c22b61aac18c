package dev.mmureplay.importer;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/**
 * A raw trace as bytes, unpacked if it is compressed (gzip, Zstandard, xz: told by its first bytes,
 * not by its name), with the name used in messages. It can be read once.
 */
public final class TraceSource implements AutoCloseable {
  /** The name that stands for standard input. */
  public static final String STDIN = "-";

  private static final int BUFFER = 1 << 16;

  private final String name;
  private final long size;
  private final Counting raw;
  private final DigestInputStream digested;
  private final BufferedInputStream text;
  private @Nullable String sha256;

  private TraceSource(String name, long size, InputStream in) throws IOException {
    this.name = name;
    this.size = size;
    this.raw = new Counting(name, in);
    this.digested = new DigestInputStream(raw, sha256());
    boolean opened = false;
    try {
      BufferedInputStream packed = new BufferedInputStream(digested, BUFFER);
      this.text = new BufferedInputStream(unpack(name, packed), BUFFER);
      opened = true;
    } finally {
      if (!opened) {
        in.close();
      }
    }
  }

  /**
   * Opens a file, or standard input for {@link #STDIN}.
   *
   * @throws IOException if it does not exist, is a directory, cannot be read, or its packing is
   *     damaged at once
   */
  public static TraceSource open(String name) throws IOException {
    if (name.equals(STDIN)) {
      return new TraceSource("stdin", -1, System.in);
    }
    Path path;
    try {
      path = Path.of(name);
    } catch (InvalidPathException e) {
      throw new IOException(name + ": expected the name of a trace but it is no file name", e);
    }
    if (!Files.exists(path)) {
      throw new IOException(name + ": expected a trace but there is no such file");
    }
    if (Files.isDirectory(path)) {
      throw new IOException(
          name + ": expected a trace but found a directory; name the trace file inside it");
    }
    if (!Files.isReadable(path)) {
      throw new IOException(
          name + ": expected a readable trace but permission to read it is missing");
    }
    return new TraceSource(name, Files.size(path), Files.newInputStream(path));
  }

  /**
   * Opens the text that was made of a file, under the file's name.
   *
   * @throws IOException if it cannot be read
   */
  public static TraceSource openText(String name, Path text) throws IOException {
    return new TraceSource(name, Files.size(text), Files.newInputStream(text));
  }

  /** Makes a source of a stream that is closed with it; for traces that are put together. */
  public static TraceSource of(String name, InputStream in) throws IOException {
    return new TraceSource(name, -1, in);
  }

  /** Makes a source of bytes in memory; for tests and for traces that are not files. */
  public static TraceSource of(String name, byte[] bytes) throws IOException {
    return new TraceSource(name, bytes.length, new java.io.ByteArrayInputStream(bytes));
  }

  private static InputStream unpack(String name, BufferedInputStream packed) throws IOException {
    packed.mark(8);
    byte[] magic = packed.readNBytes(6);
    packed.reset();
    if (startsWith(magic, 0x1f, 0x8b)) {
      return UnpackedStream.open(name, "gzip", packed, in -> new GZIPInputStream(in, BUFFER));
    }
    if (startsWith(magic, 0x28, 0xb5, 0x2f, 0xfd)) {
      return UnpackedStream.open(name, "Zstandard", packed, ZstdInputStream::new);
    }
    if (startsWith(magic, 0xfd, '7', 'z', 'X', 'Z', 0)) {
      return UnpackedStream.open(name, "xz", packed, XZInputStream::new);
    }
    return packed;
  }

  private static boolean startsWith(byte[] bytes, int... expected) {
    if (bytes.length < expected.length) {
      return false;
    }
    for (int i = 0; i < expected.length; i++) {
      if ((bytes[i] & 0xff) != expected[i]) {
        return false;
      }
    }
    return true;
  }

  /** Returns the name used in messages. */
  public String name() {
    return name;
  }

  /**
   * Returns the name without its directory: what a result keeps, so that it does not depend on
   * where it was made.
   */
  public String fileName() {
    Path file = Path.of(name).getFileName();
    return file == null ? name : file.toString();
  }

  /** Returns the size of the source as stored, bytes; -1 if not known. */
  public long size() {
    return size;
  }

  /** Returns how many bytes of the source as stored have been read. */
  public long bytesRead() {
    return raw.count;
  }

  /**
   * Returns the first bytes of the unpacked trace without consuming them.
   *
   * @throws IOException if the source cannot be read or unpacked
   */
  public byte[] head(int bytes) throws IOException {
    if (bytes > BUFFER) {
      throw new IllegalArgumentException(
          "expected at most " + BUFFER + " bytes but found " + bytes);
    }
    text.mark(bytes);
    byte[] head = text.readNBytes(bytes);
    text.reset();
    return head;
  }

  /** Returns the unpacked trace; the same stream at every call. */
  public InputStream stream() {
    return text;
  }

  /**
   * Returns the checksum of the whole source as stored, reading on to its end.
   *
   * @return 64 lower-case hex digits
   * @throws IOException if the source cannot be read
   */
  public String sha256Hex() throws IOException {
    digested.transferTo(java.io.OutputStream.nullOutputStream());
    if (sha256 == null) {
      sha256 = HexFormat.of().formatHex(digested.getMessageDigest().digest());
    }
    return sha256;
  }

  @Override
  public void close() throws IOException {
    text.close();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** The stored bytes: counted, and with the source's name in what goes wrong. */
  private static final class Counting extends java.io.FilterInputStream {
    private final String name;
    private volatile long count;

    Counting(String name, InputStream in) {
      super(in);
      this.name = name;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int n;
      try {
        n = super.read(bytes, offset, length);
      } catch (IOException e) {
        throw new IOException(name + ": cannot be read: " + e.getMessage(), e);
      }
      if (n > 0) {
        add(n);
      }
      return n;
    }

    private synchronized void add(int n) {
      count += n;
    }
  }
}
