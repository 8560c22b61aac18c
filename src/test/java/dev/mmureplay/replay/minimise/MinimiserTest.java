package dev.mmureplay.replay.minimise;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventReader;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.event.EventText;
import dev.mmureplay.importer.ImportOptions;
import dev.mmureplay.importer.TraceImport;
import dev.mmureplay.importer.TraceSource;
import dev.mmureplay.mmu.Backends;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.GuestPlatform;
import dev.mmureplay.mmu.Mmu;
import dev.mmureplay.mmu.MmuBackend;
import dev.mmureplay.mmu.NativeBackend;
import dev.mmureplay.mmu.OperationCounter;
import dev.mmureplay.mmu.Pte;
import dev.mmureplay.mmu.PtePage;
import dev.mmureplay.replay.Finding;
import dev.mmureplay.replay.ReplayOptions;
import dev.mmureplay.replay.race.Interleaving;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MinimiserTest {
  private static final String HEADER = "# mmureplay-events 1\n";

  @TempDir private Path directory;

  /** A native MMU whose commit drops D when a page becomes read-only. */
  private static final class ForgetsDirty implements MmuBackend {
    @Override
    public String name() {
      return "forgets-dirty";
    }

    @Override
    public String description() {
      return "drops D of a page that becomes read-only";
    }

    @Override
    public boolean underXen() {
      return false;
    }

    @Override
    public Mmu create(GuestPlatform platform, OperationCounter counter) {
      Mmu mmu = new NativeBackend().create(platform, counter);
      return (Mmu)
          Proxy.newProxyInstance(
              Mmu.class.getClassLoader(),
              new Class<?>[] {Mmu.class},
              (proxy, method, arguments) -> {
                if (method.getName().equals("ptepModifyProtCommit")) {
                  long pte = (long) arguments[3];
                  boolean forgets = Pte.isPresent(pte) && !Pte.isWritable(pte);
                  mmu.ptepModifyProtCommit(
                      (PtePage) arguments[0],
                      (int) arguments[1],
                      (long) arguments[2],
                      forgets ? pte & ~Pte.DIRTY : pte);
                  return null;
                }
                return method.invoke(mmu, arguments);
              });
    }
  }

  private static final ReplayOptions OPTIONS =
      new ReplayOptions(
          new GuestPlatform(GuestKernel.LINUX_6_1, true), List.of(new ForgetsDirty()), null, 1);

  /** Two processes busy with 64 pages each; in the end one makes one of its pages read-only. */
  private static String busy() {
    StringBuilder text = new StringBuilder(HEADER);
    for (int pid = 10; pid <= 11; pid++) {
      text.append(pid + "/" + pid + " mmap length=262144 protection=rw- flags=0x22 = 0x700000\n");
      for (int page = 0; page < 64; page++) {
        text.append(pid + "/" + pid + " write 0x" + Integer.toHexString(0x700000 + page * 4096));
        text.append('\n');
      }
      text.append(pid + "/" + pid + " madvise 0x700000 length=4096 flags=0x1 = 0\n");
    }
    return text + "11/11 mprotect 0x720000 length=8192 protection=r-- = 0\n";
  }

  private Path events(String text) throws IOException {
    Path file = directory.resolve("events.arrow");
    try (TraceSource source = TraceSource.of("events.txt", text.getBytes(StandardCharsets.UTF_8))) {
      TraceImport.importTo(source, null, ImportOptions.DEFAULT, true, file);
    }
    return file;
  }

  private Minimiser.@Nullable Witness minimise(String text, Path target) throws IOException {
    return Minimiser.minimise(events(text), OPTIONS, finding -> true, target, replays -> {});
  }

  @Test
  void leavesOnlyWhatShowsTheFinding() throws IOException {
    Path target = directory.resolve("small.arrow");
    Minimiser.Witness witness = requireNonNull(minimise(busy(), target));
    assertThat(witness.finding().invariant()).isEqualTo("I1");
    assertThat(witness.eventsBefore()).isEqualTo(133);
    StringBuilder text = new StringBuilder();
    try (EventReader reader = EventReader.open(target)) {
      EventText.write(reader, text);
    }
    // The mmap is not needed: a page that is written was mapped, and the model deduces that.
    assertThat(text.toString().lines().filter(line -> !line.startsWith("#")))
        .containsExactly(
            "11/11 write 0x720000 line=101",
            "11/11 mprotect 0x720000 length=4096 protection=r-- line=134 = 0");
  }

  @Test
  void aTraceWithoutAFindingIsLeftAlone() throws IOException {
    Path target = directory.resolve("small.arrow");
    assertThat(minimise(HEADER + "10/10 read 0x700000\n", target)).isNull();
    assertThat(target).doesNotExist();
  }

  private static EventRow row(EventKind kind, int tid, long line) {
    EventRow row = new EventRow().reset(kind, 10, tid);
    row.line = line;
    row.address = 0x700000;
    return row;
  }

  private static List<EventRow> race() {
    EventRow mmap = row(EventKind.MMAP, 10, 1);
    mmap.length = 4096;
    mmap.protection = 3;
    mmap.result = 0x700000;
    EventRow write = row(EventKind.WRITE, 11, 3);
    EventRow mprotect = row(EventKind.MPROTECT, 10, 2);
    mprotect.length = 4096;
    mprotect.protection = 1;
    mprotect.result = 0;
    return List.of(mmap, write, mprotect);
  }

  private static String program() throws IOException {
    StringBuilder program = new StringBuilder();
    Finding finding = new Finding("naive", "I1", 10, 0x700000, Finding.Place.END, "D was lost");
    Reproducer.write(race(), finding, "trace.txt", program);
    return program.toString();
  }

  @Test
  void anAccessInsideACallSharesItsStepInTheProgram() throws IOException {
    assertThat(program())
        .contains(
            "begin(0); expect((long)mmap((void *)0x700000UL, 4096, 3, MAP_PRIVATE | MAP_ANONYMOUS"
                + " | MAP_FIXED, -1, 0), 0x700000UL, \"mmap\"); end(0, 1);")
        .contains(
            "begin(1); expect((long)mprotect((void *)0x700000UL, 4096, 1), 0x0UL, \"mprotect\");"
                + " end(1, 2);")
        .contains("begin(1); WRITE(0x700000UL); end(1, 2);")
        .contains("naive breaks I1: D was lost.");
  }

  @Test
  void theProgramCompilesAndRunsWhereThereIsACompiler() throws Exception {
    Path binary = compiled(program());
    assertThat(exit(binary.toString(), "20")).isZero();
  }

  /** The whole way, from a log of real threads to a program that does what they did. */
  @Test
  void aRealRaceShrinksToFourEventsAndAProgramThatMapsWhatItUses() throws Exception {
    Path whole = directory.resolve("whole.arrow");
    try (TraceSource source = TraceSource.open("traces/adv-ad/adv-ad-free.adplug.txt.zst")) {
      TraceImport.importTo(source, null, ImportOptions.DEFAULT, true, whole);
    }
    ReplayOptions every =
        new ReplayOptions(
            new GuestPlatform(GuestKernel.LINUX_6_1, true),
            Backends.named("naive"),
            null,
            16,
            Interleaving.parse("exhaustive"));
    Path target = directory.resolve("small.arrow");
    Minimiser.Witness witness =
        requireNonNull(Minimiser.minimise(whole, every, finding -> true, target, replays -> {}));

    assertThat(witness.eventsBefore()).isEqualTo(21_489);
    assertThat(witness.rows())
        .extracting(row -> row.kind)
        .containsExactly(EventKind.WRITE, EventKind.MADVISE, EventKind.READ, EventKind.MPROTECT);
    assertThat(witness.finding().invariant()).isEqualTo("I1");
    StringBuilder text = new StringBuilder();
    Reproducer.write(witness.rows(), witness.finding(), "adv-ad-free", text);
    assertThat(text)
        .containsOnlyOnce("mmap((void *)")
        .contains("madvise((void *)", ", 8)", "mprotect((void *)")
        .doesNotContain("Left out");

    Path binary = compiled(text);
    Path complaints = directory.resolve("complaints.txt");
    Process run =
        new ProcessBuilder(binary.toString(), "50").redirectError(complaints.toFile()).start();
    assertThat(run.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(complaints).isEmptyFile();
  }

  /** Compiles where there is a compiler; elsewhere the test ends here. */
  private Path compiled(CharSequence program) throws IOException, InterruptedException {
    Path compiler = Path.of("/usr/bin/cc");
    Assumptions.assumeTrue(Files.isExecutable(compiler));
    Path source = Files.writeString(directory.resolve("race.c"), program);
    Path binary = directory.resolve("race");
    String flags = "-Wall -Wextra -Werror -O1 -pthread";
    List<String> command = new ArrayList<>(List.of(compiler.toString()));
    command.addAll(List.of(flags.split(" ", -1)));
    command.addAll(List.of(source.toString(), "-o", binary.toString()));
    assertThat(exit(command.toArray(String[]::new))).isZero();
    return binary;
  }

  private static int exit(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }
}
