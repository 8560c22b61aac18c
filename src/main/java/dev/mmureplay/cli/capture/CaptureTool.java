package dev.mmureplay.cli.capture;

import dev.mmureplay.event.Fidelity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A way to record a command, and what its recordings can know. */
public interface CaptureTool {
  /**
   * What to record.
   *
   * @param command the command and its arguments
   * @param log the raw log to write
   * @param buffer MiB for each CPU, where the tool has buffers
   * @param stacks whether to record the call stack of each call, where the tool can
   */
  record Order(List<String> command, Path log, int buffer, boolean stacks) {
    public Order {
      command = List.copyOf(command);
    }
  }

  /** Returns the name on the command line. */
  String name();

  /** Returns the importer that reads the log. */
  String importer();

  /** Returns the programs that it needs. */
  List<String> programs();

  /** Returns what its recordings can know at best. */
  Fidelity fidelity();

  /** Returns one sentence: what it shows, and what it cannot. */
  String sees();

  /** Returns one sentence: how to get it. */
  String howToGet();

  /** Returns why it cannot record here, as a clause; null if it can. */
  @Nullable String obstacle(Host host);

  /**
   * Returns the steps of a recording, in order. A tool that is missing is called by its name.
   *
   * @throws IOException if the tool cannot record such a command
   */
  List<Step> steps(Host host, Order order) throws IOException;

  /** Returns the first of the programs that is missing, as a clause; null if none is. */
  default @Nullable String missingProgram(Host host) {
    for (String program : programs()) {
      if (host.program(program) == null) {
        return "there is no " + program + " on the PATH";
      }
    }
    return null;
  }
}
