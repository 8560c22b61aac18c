package dev.mmureplay.cli;

import dev.mmureplay.store.Store;
import java.util.List;
import picocli.CommandLine.Option;

/** The price list that costs are computed with. */
final class ProfileOption {
  @Option(
      names = "--profile",
      paramLabel = "NAME",
      defaultValue = "xen-modern",
      description = "Price list, see 'mmureplay list costs'; ${DEFAULT-VALUE} if not given.")
  private String profile = "xen-modern";

  /**
   * Returns the name of a price list that the result file has.
   *
   * @throws picocli.CommandLine.ParameterException if it has none of that name
   */
  String of(Store store, Verb verb) throws Exception {
    List<String> known = store.profiles();
    if (!known.contains(profile)) {
      throw verb.usage(unknown(profile, known));
    }
    return profile;
  }

  static String unknown(String profile, List<String> known) {
    return "expected a price list (" + String.join(", ", known) + ") but found \"" + profile + "\"";
  }
}
