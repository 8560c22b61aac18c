package dev.mmureplay.importer;

import com.github.luben.zstd.ZstdIOException;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.ZipException;
import org.tukaani.xz.XZIOException;

/**
 * A decompressed stream whose errors are one sentence with the source's name, whichever library
 * noticed them. Errors of reading the stored bytes themselves pass through unchanged.
 */
final class UnpackedStream extends FilterInputStream {
  /** Makes a decompressor of a stream. */
  @FunctionalInterface
  interface Unpacker {
    InputStream unpack(InputStream packed) throws IOException;
  }

  private final String name;
  private final String packing;

  private UnpackedStream(String name, String packing, InputStream in) {
    super(in);
    this.name = name;
    this.packing = packing;
  }

  static InputStream open(String name, String packing, InputStream packed, Unpacker unpacker)
      throws IOException {
    try {
      return new UnpackedStream(name, packing, unpacker.unpack(packed));
    } catch (IOException e) {
      throw explained(name, packing, e);
    }
  }

  @Override
  public int read() throws IOException {
    try {
      return super.read();
    } catch (IOException e) {
      throw explained(name, packing, e);
    }
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    try {
      return super.read(bytes, offset, length);
    } catch (IOException e) {
      throw explained(name, packing, e);
    }
  }

  /** XZ throws here what it noticed while reading. */
  @Override
  public int available() throws IOException {
    try {
      return super.available();
    } catch (IOException e) {
      throw explained(name, packing, e);
    }
  }

  private static IOException explained(String name, String packing, IOException e) {
    String said = String.valueOf(e.getMessage());
    if (e instanceof EOFException || said.toLowerCase(Locale.ROOT).contains("truncated")) {
      return new IOException(
          name + ": expected a complete " + packing + " stream but it ends early", e);
    }
    if (e instanceof ZipException || e instanceof ZstdIOException || e instanceof XZIOException) {
      return new IOException(
          name + ": expected an intact " + packing + " stream but it is damaged (" + said + ")", e);
    }
    return e;
  }
}
