package dev.mmureplay.cli.capture;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The tools that a command can be recorded with. */
public final class CaptureTools {
  /** Best first: what is seen most faithfully without much slowing the command down. */
  private static final List<CaptureTool> ALL =
      List.of(
          new PerfTool(),
          new FtraceTool(),
          new StraceTool(),
          new LackeyTool(),
          new BpftraceTool(),
          new AdplugTool());

  /** How many of them may be picked when the user names none. */
  private static final int PICKED = 4;

  private CaptureTools() {}

  /** Returns every tool, best first. */
  public static List<CaptureTool> all() {
    return ALL;
  }

  /**
   * Returns the tool with the given name.
   *
   * @throws IllegalArgumentException naming the known ones, if there is none
   */
  public static CaptureTool named(String name) {
    return ALL.stream()
        .filter(tool -> tool.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "expected a tool ("
                        + String.join(", ", ALL.stream().map(CaptureTool::name).toList())
                        + ") but found \""
                        + name
                        + "\""));
  }

  /** Returns the best tool that can record on this host, or null if none can. */
  public static @Nullable CaptureTool best(Host host) {
    return ALL.stream()
        .limit(PICKED)
        .filter(tool -> tool.obstacle(host) == null)
        .findFirst()
        .orElse(null);
  }
}
