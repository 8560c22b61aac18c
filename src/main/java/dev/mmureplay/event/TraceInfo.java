package dev.mmureplay.event;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What an event file knows about its own origin.
 *
 * @param importer the importer's name
 * @param importerVersion the version of the program that imported
 * @param source the trace's file name, as in messages
 * @param sha256 checksum of the source's bytes as stored (compressed if it was), lower-case hex
 * @param command the traced command line, where the trace shows it
 * @param folding {@code accesses} if repeated accesses were folded, {@code none} if not
 * @param events number of events in the file
 * @param kinds number of events by kind, in name order
 * @param fidelity what the capture can know
 * @param ledger the account of the source's lines
 * @param markers the texts of the markers; {@code result} of a {@link EventKind#MARKER} is a
 *     position in it
 * @param sites the places that change protections, most calls first; empty without call stacks
 * @param clockOrigin the tracer's clock in ns at time 0, or {@link EventSchema#UNKNOWN} without one
 */
public record TraceInfo(
    String importer,
    String importerVersion,
    String source,
    String sha256,
    @Nullable String command,
    String folding,
    long events,
    Map<EventKind, Long> kinds,
    Fidelity fidelity,
    Ledger ledger,
    List<String> markers,
    List<CallSite> sites,
    long clockOrigin) {

  private static final String KIND = "count.";
  private static final String IGNORED = "ledger.ignored.";
  private static final String REJECTED = "ledger.rejected.";
  private static final String REJECTION = "ledger.rejection.";
  private static final String MARKER = "marker.";
  private static final String SITE = "site.";
  private static final String CLOCK_ORIGIN = "clock.origin";

  public TraceInfo {
    requireNonNull(importer, "importer");
    requireNonNull(fidelity, "fidelity");
    requireNonNull(ledger, "ledger");
    markers = List.copyOf(markers);
    sites = List.copyOf(sites);
  }

  /** Makes the origin of an event file without markers and call stacks. */
  public TraceInfo(
      String importer,
      String importerVersion,
      String source,
      String sha256,
      @Nullable String command,
      String folding,
      long events,
      Map<EventKind, Long> kinds,
      Fidelity fidelity,
      Ledger ledger) {
    this(
        importer,
        importerVersion,
        source,
        sha256,
        command,
        folding,
        events,
        kinds,
        fidelity,
        ledger,
        List.of(),
        List.of(),
        EventSchema.UNKNOWN);
  }

  /** Returns this as the key and value pairs of an event file's footer. */
  Map<String, String> toMap() {
    Map<String, String> map = new LinkedHashMap<>();
    map.put("importer", importer);
    map.put("importer.version", importerVersion);
    map.put("source", source);
    map.put("sha256", sha256);
    if (command != null) {
      map.put("command", command);
    }
    map.put("folding", folding);
    map.put("page.size", Integer.toString(EventSchema.PAGE_SIZE));
    map.put("events", Long.toString(events));
    kinds.forEach((kind, n) -> map.put(KIND + kind.name(), Long.toString(n)));
    if (clockOrigin != EventSchema.UNKNOWN) {
      map.put(CLOCK_ORIGIN, Long.toString(clockOrigin));
    }
    map.putAll(fidelity.toMap());
    map.put("ledger.lines", Long.toString(ledger.lines()));
    map.put("ledger.parsed", Long.toString(ledger.parsedCount()));
    ledger.ignoredByRule().forEach((rule, n) -> map.put(IGNORED + rule, Long.toString(n)));
    ledger.rejectedByReason().forEach((reason, n) -> map.put(REJECTED + reason, Long.toString(n)));
    int i = 0;
    for (Ledger.Rejection rejection : ledger.rejections()) {
      map.put(
          String.format(REJECTION + "%06d", i++),
          rejection.line() + "\t" + rejection.reason() + "\t" + rejection.text());
    }
    for (int n = 0; n < markers.size(); n++) {
      map.put(String.format(MARKER + "%06d", n), markers.get(n));
    }
    for (int n = 0; n < sites.size(); n++) {
      CallSite site = sites.get(n);
      map.put(
          String.format(SITE + "%06d", n),
          site.calls() + "\t" + site.pages() + "\t" + site.stack());
    }
    return map;
  }

  /**
   * The inverse of {@link #toMap}.
   *
   * @throws IllegalArgumentException if a key is missing or has no sensible value
   */
  static TraceInfo ofMap(Map<String, String> map) {
    Map<EventKind, Long> kinds = new TreeMap<>();
    Map<String, Long> ignored = new TreeMap<>();
    Map<String, Long> rejected = new TreeMap<>();
    Map<String, Ledger.Rejection> rejections = new TreeMap<>();
    Map<String, String> markers = new TreeMap<>();
    Map<String, CallSite> sites = new TreeMap<>();
    map.forEach(
        (key, value) -> {
          if (key.startsWith(KIND)) {
            kinds.put(EventKind.valueOf(key.substring(KIND.length())), Long.valueOf(value));
          } else if (key.startsWith(IGNORED)) {
            ignored.put(key.substring(IGNORED.length()), Long.valueOf(value));
          } else if (key.startsWith(REJECTED)) {
            rejected.put(key.substring(REJECTED.length()), Long.valueOf(value));
          } else if (key.startsWith(REJECTION)) {
            rejections.put(key, rejection(value));
          } else if (key.startsWith(MARKER)) {
            markers.put(key, value);
          } else if (key.startsWith(SITE)) {
            sites.put(key, site(value));
          }
        });
    Ledger ledger =
        Ledger.restore(
            Long.parseLong(value(map, "ledger.lines")),
            Long.parseLong(value(map, "ledger.parsed")),
            ignored,
            rejected,
            new ArrayList<>(rejections.values()));
    return new TraceInfo(
        value(map, "importer"),
        value(map, "importer.version"),
        value(map, "source"),
        value(map, "sha256"),
        map.get("command"),
        value(map, "folding"),
        Long.parseLong(value(map, "events")),
        kinds,
        Fidelity.ofMap(map),
        ledger,
        new ArrayList<>(markers.values()),
        new ArrayList<>(sites.values()),
        map.containsKey(CLOCK_ORIGIN)
            ? Long.parseLong(value(map, CLOCK_ORIGIN))
            : EventSchema.UNKNOWN);
  }

  private static Ledger.Rejection rejection(String value) {
    List<String> parts = List.of(value.split("\t", 3));
    return new Ledger.Rejection(Long.parseLong(parts.get(0)), parts.get(1), parts.get(2));
  }

  private static CallSite site(String value) {
    List<String> parts = List.of(value.split("\t", 3));
    return new CallSite(parts.get(2), Long.parseLong(parts.get(0)), Long.parseLong(parts.get(1)));
  }

  private static String value(Map<String, String> map, String key) {
    String value = map.get(key);
    if (value == null) {
      throw new IllegalArgumentException(
          "expected the metadata key \"" + key + "\" but found none");
    }
    return value;
  }
}
