package dev.mmureplay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A backend in a jar of somebody else's, compiled against the public classes alone, is held to the
 * contract like a shipped one.
 */
class ForeignBackendTest {
  private static final String SERVICE = "META-INF/services/dev.mmureplay.mmu.MmuBackend";

  /** Two classes that know the public interfaces only; COMMIT is how one PTE goes in. */
  private static final String SOURCE =
      """
      package other;

      import dev.mmureplay.mmu.GuestPlatform;
      import dev.mmureplay.mmu.Mmu;
      import dev.mmureplay.mmu.MmuBackend;
      import dev.mmureplay.mmu.NativeBackend;
      import dev.mmureplay.mmu.Operation;
      import dev.mmureplay.mmu.OperationCounter;
      import dev.mmureplay.mmu.Pte;
      import dev.mmureplay.mmu.PtePage;

      public final class CompareAndSwap implements MmuBackend {
        public String name() { return "compare-and-swap"; }
        public String description() { return "one cmpxchg loop per PTE, no empty moment"; }
        public boolean underXen() { return false; }
        public Mmu create(GuestPlatform platform, OperationCounter counter) {
          Mmu rest = new NativeBackend().create(platform, counter);
          return new Mmu() {
            public void enterSyscall() { rest.enterSyscall(); }
            public void pageFault() { rest.pageFault(); }
            public void enterLazyMmu() { rest.enterLazyMmu(); }
            public void leaveLazyMmu() { rest.leaveLazyMmu(); }
            public long ptepModifyProtStart(PtePage page, int index) {
              counter.count(Operation.PTE_READ);
              return page.read(index);
            }
            public void ptepModifyProtCommit(PtePage page, int index, long old, long pte) {
              COMMIT
            }
            public void setPte(PtePage page, int index, long pte) { rest.setPte(page, index, pte); }
            public long ptepGetAndClear(PtePage page, int i) { return rest.ptepGetAndClear(page, i); }
            public long ptepGetAndClearFull(PtePage page, int i) {
              return rest.ptepGetAndClearFull(page, i);
            }
            public void ptepSetWrprotect(PtePage page, int i) { rest.ptepSetWrprotect(page, i); }
            public void flushTlbPages(long pages) { rest.flushTlbPages(pages); }
            public void flushTlbLocal() { rest.flushTlbLocal(); }
            public void flushTlbMulti(int cpus, long pages) { rest.flushTlbMulti(cpus, pages); }
          };
        }
      }
      """;

  private static final String LOOP =
      """
      long expected = old;
      while (true) {
        long wanted = pte | (expected & Pte.ACCESSED_DIRTY);
        counter.count(Operation.LOCKED_RMW);
        long found = page.compareExchange(index, expected, wanted);
        if (found == expected) return;
        expected = found;
      }
      """;

  private static final String ONE_ATTEMPT =
      """
      counter.count(Operation.LOCKED_RMW);
      if (page.compareExchange(index, old, pte) != old) page.store(index, pte);
      """;

  @TempDir Path directory;

  private Path jar(String commit) throws IOException {
    JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler());
    JavaFileObject source =
        new SimpleJavaFileObject(
            URI.create("string:///other/CompareAndSwap.java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return SOURCE.replace("COMMIT", commit);
          }
        };
    StringWriter complaints = new StringWriter();
    List<String> options = List.of("-proc:none", "-d", directory.toString(), "-cp", classPath());
    boolean compiled =
        compiler.getTask(complaints, null, null, options, null, List.of(source)).call();
    assertThat(compiled).as(complaints.toString()).isTrue();
    Path jar = directory.resolve("other.jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file)) {
      out.putNextEntry(new JarEntry(SERVICE));
      out.write("other.CompareAndSwap\n".getBytes(StandardCharsets.US_ASCII));
      try (var classes = Files.list(directory.resolve("other"))) {
        for (Path each : classes.toList()) {
          out.putNextEntry(new JarEntry("other/" + each.getFileName()));
          Files.copy(each, out);
        }
      }
    }
    return jar;
  }

  private static String classPath() {
    return System.getProperty("java.class.path");
  }

  private String check(String commit, int code) throws Exception {
    Path output = directory.resolve("check.txt");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-cp");
    command.add(classPath() + File.pathSeparator + jar(commit));
    command.addAll(List.of("dev.mmureplay.cli.Main", "check", "--kernel", "linux-6.1"));
    command.addAll(List.of("--backend", "compare-and-swap"));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    String text = Files.readString(output);
    assertThat(process.exitValue()).as(text).isEqualTo(code);
    return text;
  }

  @Test
  void oneThatKeepsWhatHardwareSetsIsCorrect() throws Exception {
    assertThat(check(LOOP, 0)).containsPattern("compare-and-swap +linux-6.1 .* correct");
  }

  @Test
  void oneThatGivesUpAfterAnAttemptIsBrokenAndTheOrderIsShown() throws Exception {
    assertThat(check(ONE_ATTEMPT, 1))
        .containsPattern("compare-and-swap +linux-6.1 .* I1 I9 +BROKEN")
        .contains("compare-and-swap, linux-6.1, I1: an A or D bit is lost")
        .contains("page 0 lost A");
  }
}
