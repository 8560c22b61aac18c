package dev.mmureplay.mmu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** Finds backends through {@link ServiceLoader}. */
public final class Backends {
  /** The name that stands for all of them. */
  public static final String ALL = "all";

  private Backends() {}

  /**
   * Returns every backend on the class path: the shipped ones in their own order, then others by
   * name.
   */
  public static List<MmuBackend> all() {
    List<MmuBackend> backends = new ArrayList<>();
    ServiceLoader.load(MmuBackend.class).forEach(backends::add);
    return backends;
  }

  /**
   * Returns the backends of a comma-separated list of names, or all for {@link #ALL}.
   *
   * @throws IllegalArgumentException naming the known ones, if one is unknown or named twice
   */
  public static List<MmuBackend> named(String names) {
    if (names.equals(ALL)) {
      return all();
    }
    List<MmuBackend> known = all();
    List<MmuBackend> backends = new ArrayList<>();
    for (String name : Arrays.asList(names.split(",", -1))) {
      MmuBackend backend =
          known.stream()
              .filter(each -> each.name().equals(name.trim()))
              .findFirst()
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "expected a backend (all, "
                              + known.stream()
                                  .map(MmuBackend::name)
                                  .collect(Collectors.joining(", "))
                              + ") but found \""
                              + name.trim()
                              + "\""));
      if (backends.contains(backend)) {
        throw new IllegalArgumentException(
            "expected each backend once but found \"" + name.trim() + "\" twice");
      }
      backends.add(backend);
    }
    return backends;
  }
}
