package dev.mmureplay.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/** A file that appears whole or not at all. */
final class OutputFile {
  /** The name that stands for standard output. */
  static final String STDOUT = "-";

  /** Writes the content. */
  interface Content {
    void writeTo(Writer out) throws Exception;
  }

  private OutputFile() {}

  /** Writes beside the target and renames, or writes to standard output for {@link #STDOUT}. */
  static void write(String name, PrintWriter stdout, Content content) throws Exception {
    if (name.equals(STDOUT)) {
      content.writeTo(stdout);
      stdout.flush();
      return;
    }
    Path target = Path.of(name);
    if (Files.exists(target) && !Files.isRegularFile(target) && !Files.isDirectory(target)) {
      writeThrough(target, content);
      return;
    }
    Path directory = directoryOf(target);
    Path temporary =
        directory.resolve("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
    try {
      try (Writer out = Files.newBufferedWriter(temporary, StandardCharsets.UTF_8)) {
        content.writeTo(out);
      } catch (IOException e) {
        throw new IOException(name + ": cannot be written: " + reason(e), e);
      }
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** A device or a pipe has no whole to appear as: what is written goes straight to it. */
  private static void writeThrough(Path target, Content content) throws Exception {
    try (Writer out = Files.newBufferedWriter(target, StandardCharsets.UTF_8)) {
      content.writeTo(out);
    } catch (IOException e) {
      throw new IOException(target + ": cannot be written: " + reason(e), e);
    }
  }

  /** Returns the directory that a file is to be in. */
  static Path directoryOf(Path target) throws IOException {
    Path directory = target.toAbsolutePath().getParent();
    if (directory == null || Files.isDirectory(target)) {
      throw new IOException(
          target + ": expected the name of a file to write but found a directory");
    }
    if (!Files.isDirectory(directory)) {
      throw new IOException(
          target + ": expected a directory to write to but there is no " + directory);
    }
    return directory;
  }

  /** Leaves the name of the temporary file out, which nobody knows. */
  private static String reason(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (e instanceof FileSystemException file) {
      return file.getReason() == null ? "the directory takes no files" : file.getReason();
    }
    return ErrorHandler.message(e);
  }
}
