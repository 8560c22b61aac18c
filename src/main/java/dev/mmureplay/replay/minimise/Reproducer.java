package dev.mmureplay.replay.minimise;

import static dev.mmureplay.event.EventSchema.UNKNOWN;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.event.EventSchema;
import dev.mmureplay.replay.Finding;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Writes a reduced trace as a C program that does the same on a real machine, over and over: the
 * same calls and accesses at the same addresses, in the same order and by as many threads; an
 * access that was inside a call of another thread runs at the same time as the call.
 *
 * <p>Afterwards the program asks {@code /proc/self/smaps} whether the page is dirty: the kernel's
 * own word for the D bit. It knows one process and the calls that change its memory at a place of
 * their own; how many events of each kind it leaves out stands in its first comment.
 */
public final class Reproducer {
  private static final String HEAD =
      """
      #define _GNU_SOURCE
      #include <pthread.h>
      #include <sched.h>
      #include <setjmp.h>
      #include <signal.h>
      #include <stdatomic.h>
      #include <stdio.h>
      #include <stdlib.h>
      #include <string.h>
      #include <sys/mman.h>

      static atomic_int step, done;
      static _Thread_local sigjmp_buf before;

      static void fault(int sig) { (void)sig; siglongjmp(before, 1); }
      static void begin(int s) { while (atomic_load(&step) < s) sched_yield(); }
      static void end(int s, int parts) {
        if (atomic_fetch_add(&done, 1) + 1 == parts) { atomic_store(&done, 0); atomic_store(&step, s + 1); }
      }
      static void expect(long result, long recorded, const char *call) {
        static atomic_int told;
        if (result != recorded && atomic_fetch_add(&told, 1) < 10)
          fprintf(stderr, "%s: recorded %lx, here %lx\\n", call, recorded, result);
      }
      /* An access that the protection forbids ends in a signal, and the program goes on. */
      #define TRY(access) do { if (!sigsetjmp(before, 1)) { access; } } while (0)
      #define READ(address) TRY((void)*(volatile char *)(address))
      #define WRITE(address) TRY(*(volatile char *)(address) = 1)

      /* Whether a WRITE went through: a new page holds zeros. */
      static int written(unsigned long address) {
        volatile int value = 0;
        TRY(value = *(volatile char *)address);
        return value == 1;
      }

      /* Kilobytes of that name in the VMA that holds the address. */
      static long smaps(unsigned long address, const char *name) {
        FILE *f = fopen("/proc/self/smaps", "r");
        char line[512], format[64];
        int inside = 0;
        long kb = -1;
        snprintf(format, sizeof format, "%s: %%ld", name);
        while (f && fgets(line, sizeof line, f)) {
          unsigned long from, to;
          if (sscanf(line, "%lx-%lx ", &from, &to) == 2) inside = from <= address && address < to;
          else if (inside && sscanf(line, format, &kb) == 1) break;
        }
        if (f) fclose(f);
        return kb;
      }
      """;

  private static final long MAP_SHARED = 0x1;

  private final List<EventRow> rows;
  private final Finding finding;
  private final int pid;
  private final Map<Integer, StringBuilder> threads = new TreeMap<>();

  private Reproducer(List<EventRow> rows, Finding finding) {
    this.rows = rows;
    this.finding = finding;
    this.pid = finding.pid();
  }

  /**
   * Writes the program.
   *
   * @param rows the events of a reduced trace
   * @param source the trace that was reduced, for the comment on top
   */
  public static void write(List<EventRow> rows, Finding finding, String source, Appendable out)
      throws IOException {
    new Reproducer(rows, finding).write(source, out);
  }

  private void write(String source, Appendable out) throws IOException {
    out.append("/*\n * Made by mmureplay from ").append(comment(source)).append(".\n");
    out.append(" * ").append(comment(finding.sentence())).append(".\n");
    leftOut(out);
    out.append(" * Build: cc -O1 -pthread FILE.c; run: ./a.out [ROUNDS].\n */\n").append(HEAD);
    statements();
    for (Map.Entry<Integer, StringBuilder> thread : threads.entrySet()) {
      out.append("\nstatic void *thread_").append(thread.getKey().toString());
      out.append("(void *unused) {\n  (void)unused;\n").append(thread.getValue());
      out.append("  return NULL;\n}\n");
    }
    main(out);
  }

  private void leftOut(Appendable out) throws IOException {
    Map<EventKind, Integer> kinds = new EnumMap<>(EventKind.class);
    for (EventRow row : rows) {
      if (row.pid != pid || statement(row).isEmpty()) {
        kinds.merge(row.kind, 1, Integer::sum);
      }
    }
    if (!kinds.isEmpty()) {
      String text =
          kinds.entrySet().stream()
              .map(each -> each.getValue() + " " + each.getKey().name().toLowerCase(Locale.ROOT))
              .collect(Collectors.joining(", "));
      out.append(" * Left out: ").append(text).append(".\n");
    }
  }

  private static String comment(String text) {
    return text.replace("*/", "* /").replace('\n', ' ');
  }

  /** Puts every event into its thread's function; events at the same time share a step. */
  private void statements() {
    int step = 0;
    int i = 0;
    while (i < rows.size()) {
      List<EventRow> together = together(i);
      i += together.size();
      together.removeIf(row -> row.pid != pid || statement(row).isEmpty());
      for (EventRow row : together) {
        thread(row.tid)
            .append("  begin(" + step + "); " + statement(row))
            .append(" end(" + step + ", " + together.size() + ");\n");
      }
      step += together.isEmpty() ? 0 : 1;
    }
  }

  private StringBuilder thread(int tid) {
    return threads.computeIfAbsent(tid, key -> new StringBuilder());
  }

  /** Returns a call with the accesses in front of it that were made while it ran, or one event. */
  private List<EventRow> together(int from) {
    List<EventRow> together = new ArrayList<>();
    for (int i = from; i < rows.size(); i++) {
      EventRow row = rows.get(i);
      together.add(row);
      if (!row.kind.isAccess()) {
        boolean all = together.stream().allMatch(other -> other == row || inside(other, row));
        return all ? together : new ArrayList<>(rows.subList(from, from + 1));
      }
    }
    return new ArrayList<>(rows.subList(from, from + 1));
  }

  private static boolean inside(EventRow access, EventRow call) {
    if (access.tid == call.tid || access.pid != call.pid) {
      return false;
    }
    if (access.time != UNKNOWN && call.time != UNKNOWN && call.duration != UNKNOWN) {
      return access.time >= call.time && access.time <= call.time + call.duration;
    }
    return access.line != UNKNOWN && call.line != UNKNOWN && access.line > call.line;
  }

  private static String statement(EventRow row) {
    String address = hex(row.address);
    return switch (row.kind) {
      case READ, FETCH -> "READ(" + address + ");";
      case WRITE -> "WRITE(" + address + ");";
      case MMAP ->
          expect(
              row,
              "mmap",
              hex(row.result)
                  + ", "
                  + row.length
                  + ", "
                  + row.protection
                  + (row.flags != UNKNOWN && (row.flags & MAP_SHARED) != 0
                      ? ", MAP_SHARED"
                      : ", MAP_PRIVATE")
                  + " | MAP_ANONYMOUS | MAP_FIXED, -1, 0");
      case MUNMAP -> expect(row, "munmap", address + ", " + row.length);
      case MPROTECT, PKEY_MPROTECT ->
          expect(row, "mprotect", address + ", " + row.length + ", " + row.protection);
      case MADVISE -> expect(row, "madvise", address + ", " + row.length + ", " + row.flags);
      default -> "";
    };
  }

  private static String expect(EventRow row, String call, String arguments) {
    String invoked = call + "((void *)" + arguments + ")";
    if (row.result == UNKNOWN) {
      return invoked + ";";
    }
    long recorded = row.result < 0 && row.result >= -4095 ? -1 : row.result;
    return "expect((long)" + invoked + ", " + hex(recorded) + ", \"" + call + "\");";
  }

  private static String hex(long value) {
    return "0x" + Long.toHexString(value) + "UL";
  }

  /** Returns the ranges that are used before a call maps them, ascending and apart. */
  private List<long[]> unmapped() {
    NavigableSet<Long> pages = new TreeSet<>();
    Set<Long> mapped = new HashSet<>();
    for (EventRow row : rows) {
      if (row.pid != pid || statement(row).isEmpty()) {
        continue;
      }
      long start = (row.kind == EventKind.MMAP ? row.result : row.address) & -EventSchema.PAGE_SIZE;
      long length = row.kind.isAccess() || row.length == UNKNOWN ? 1 : row.length;
      for (long page = start; page < start + length; page += EventSchema.PAGE_SIZE) {
        if (row.kind == EventKind.MMAP) {
          mapped.add(page);
        } else if (!mapped.contains(page)) {
          pages.add(page);
        }
      }
    }
    List<long[]> ranges = new ArrayList<>();
    for (long page : pages) {
      long[] last = ranges.isEmpty() ? null : ranges.get(ranges.size() - 1);
      if (last != null && last[1] == page) {
        last[1] += EventSchema.PAGE_SIZE;
      } else {
        ranges.add(new long[] {page, page + EventSchema.PAGE_SIZE});
      }
    }
    return ranges;
  }

  private void main(Appendable out) throws IOException {
    Set<Long> written = new TreeSet<>();
    for (EventRow row : rows) {
      if (row.kind == EventKind.WRITE && row.pid == pid) {
        written.add(row.address & -EventSchema.PAGE_SIZE);
      }
    }
    out.append("\nint main(int argc, char **argv) {\n");
    out.append("  int rounds = argc > 1 ? atoi(argv[1]) : 1000;\n");
    out.append("  struct sigaction action = {.sa_handler = fault, .sa_flags = SA_NODEFER};\n");
    out.append("  sigaction(SIGSEGV, &action, NULL);\n  long clean = 0;\n");
    out.append("  for (int round = 0; round < rounds; round++) {\n");
    out.append("    pthread_t threads[" + Math.max(1, threads.size()) + "];\n    int n = 0;\n");
    out.append("    atomic_store(&step, 0);\n");
    for (long[] range : unmapped()) {
      // What the trace uses without showing how it was mapped permits everything.
      String arguments = hex(range[0]) + ", " + (range[1] - range[0]);
      out.append("    expect((long)mmap((void *)" + arguments + ",\n");
      out.append("        PROT_READ | PROT_WRITE | PROT_EXEC,");
      out.append(" MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0), ");
      out.append(hex(range[0]) + ", \"mmap\");\n");
    }
    for (Integer tid : threads.keySet()) {
      out.append("    pthread_create(&threads[n++], NULL, thread_" + tid + ", NULL);\n");
    }
    out.append("    while (n > 0) pthread_join(threads[--n], NULL);\n");
    for (long page : written) {
      String at = hex(page);
      out.append(
          "    clean += written(" + at + ") && smaps(" + at + ", \"Private_Dirty\") == 0;\n");
    }
    out.append("  }\n");
    out.append(
        "  printf(\"%d rounds, %ld times a written page was not dirty\\n\", rounds, clean);\n");
    out.append("  return clean > 0;\n}\n");
  }
}
