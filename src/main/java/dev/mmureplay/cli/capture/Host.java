package dev.mmureplay.cli.capture;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The machine that a command is recorded on, as far as tracing tools depend on it.
 *
 * @param path directories to look for programs in, as in the environment variable PATH
 * @param root the directory that {@code /proc} and {@code /sys} are in
 * @param uid the effective user
 */
public record Host(Path root, String path, int uid) {
  private static final Pattern SEPARATOR = Pattern.compile(Pattern.quote(File.pathSeparator));

  /** Looks at this machine. */
  public static Host here() throws IOException {
    Object uid = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    String path = System.getenv("PATH");
    return new Host(Path.of("/"), path == null ? "/usr/bin:/bin" : path, (Integer) uid);
  }

  /** Returns whether the user may do everything. */
  public boolean isRoot() {
    return uid == 0;
  }

  /** Returns the program's file, looked for as a shell would, or null. */
  public @Nullable Path program(String name) {
    if (name.contains("/")) {
      return executable(Path.of(name));
    }
    return SEPARATOR
        .splitAsStream(path)
        .map(directory -> executable(directory.isEmpty() ? "." : directory, name))
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  private static @Nullable Path executable(String directory, String name) {
    try {
      return executable(Path.of(directory, name));
    } catch (InvalidPathException e) {
      return null; // There can be no such directory.
    }
  }

  private static @Nullable Path executable(Path file) {
    return Files.isRegularFile(file) && Files.isExecutable(file) ? file : null;
  }

  /** Returns where an absolute path is on this host. */
  public Path file(String absolute) {
    return root.resolve(absolute.substring(1));
  }

  /** Returns the first line of a file of the kernel, or null if it cannot be read. */
  public @Nullable String read(String absolute) {
    try {
      return Files.readString(file(absolute)).lines().findFirst().orElse("");
    } catch (IOException e) {
      return null;
    }
  }

  /** Returns the number in a file of the kernel, or the fallback. */
  public long number(String absolute, long fallback) {
    String text = read(absolute);
    try {
      return text == null ? fallback : Long.parseLong(text.strip());
    } catch (NumberFormatException e) {
      return fallback;
    }
  }

  /** Returns where the kernel's tracing files can be read, or null if they are nowhere mounted. */
  public @Nullable String tracefs() {
    for (String mount : new String[] {"/sys/kernel/tracing", "/sys/kernel/debug/tracing"}) {
      if (Files.isReadable(file(mount + "/events")) && Files.isDirectory(file(mount + "/events"))) {
        return mount;
      }
    }
    return null;
  }
}
