package dev.mmureplay.event;

/** The version of this program, as it goes into the files that it writes. */
public final class EngineVersion {
  /** What a program that was not packaged as a jar calls itself. */
  public static final String UNPACKAGED = "dev";

  private EngineVersion() {}

  /** Returns the {@code Implementation-Version} of the jar, or {@link #UNPACKAGED} without one. */
  public static String current() {
    String version = EngineVersion.class.getPackage().getImplementationVersion();
    return version == null ? UNPACKAGED : version;
  }
}
