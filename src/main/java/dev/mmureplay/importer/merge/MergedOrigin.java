package dev.mmureplay.importer.merge;

import dev.mmureplay.event.EngineVersion;
import dev.mmureplay.event.EventReader;
import dev.mmureplay.event.EventWriter;
import dev.mmureplay.event.Fidelity;
import dev.mmureplay.event.Ledger;
import dev.mmureplay.event.TraceInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/** What a merged event file knows about its origin: that of its inputs, put together. */
final class MergedOrigin {
  private static final String IMPORTER = "merge";

  private MergedOrigin() {}

  static List<TraceInfo> read(List<Path> eventFiles) throws IOException {
    List<TraceInfo> infos = new ArrayList<>();
    for (Path file : eventFiles) {
      try (EventReader reader = EventReader.open(file)) {
        infos.add(reader.info());
      }
    }
    return infos;
  }

  /** Returns for each input how many lines the inputs before it have. */
  static List<Long> linesBefore(List<TraceInfo> infos) {
    List<Long> before = new ArrayList<>();
    long lines = 0;
    for (TraceInfo info : infos) {
      before.add(lines);
      lines += info.ledger().lines();
    }
    return before;
  }

  /** Finishes the merged file. Its checksum is that of the checksums of its inputs. */
  static TraceInfo finish(
      EventWriter writer, List<TraceInfo> infos, Fidelity fidelity, List<String> markers)
      throws IOException {
    Ledger ledger = new Ledger();
    infos.forEach(info -> ledger.add(info.ledger()));
    return writer.finish(
        IMPORTER,
        EngineVersion.current(),
        String.join(" + ", infos.stream().map(TraceInfo::source).toList()),
        checksum(infos),
        infos.stream().map(TraceInfo::command).filter(Objects::nonNull).findFirst().orElse(null),
        infos.stream().anyMatch(info -> info.folding().equals("accesses")) ? "accesses" : "none",
        fidelity,
        ledger,
        markers,
        infos.get(0).sites());
  }

  /** Adds numbers of lost events, of which -1 is one that nobody knows. */
  static long addLost(long a, long b) {
    return a < 0 || b < 0 ? -1 : a + b;
  }

  private static String checksum(List<TraceInfo> infos) {
    String sums = String.join("\n", infos.stream().map(TraceInfo::sha256).toList());
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(sums.getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
