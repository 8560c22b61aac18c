package dev.mmureplay.recorded;

import java.util.ArrayList;
import java.util.List;

/**
 * The program whose calls were recorded one by one: what it maps, touches and protects, step by
 * step. Every step with a name is a case of the recorded tables.
 *
 * <p>Each group of cases maps into a fresh GiB, so that nothing of the groups before it is left. N
 * is a number of pages; {@code w2r} is from read-write to read-only and so on.
 */
final class MicroProgram {
  static final int NONE = 0;
  static final int R = 1;
  static final int RW = 3;
  static final int RX = 5;
  static final int RWX = 7;

  private static final long PAGE = 4096;
  private static final long GIB = 1L << 30;
  private static final int CHUNK = 512;
  private static final int[] DENSE = {
    1, 2, 3, 4, 8, 16, 30, 31, 32, 33, 61, 62, 63, 64, 65, 93, 94, 128, 256, 511, 512, 513, 1024,
    2048
  };
  private static final int[] FEW = {1, 8, 64};
  private static final int[] SOME = {1, 8, 32, 33, 64};

  /** What a step does. */
  enum Kind {
    /** mmap of private anonymous memory. */
    MAP,
    /** mmap of private anonymous memory that is not accounted (MAP_NORESERVE). */
    RESERVE,
    /** mmap of a file, private. */
    MAP_FILE,
    /** mmap of shared memory. */
    MAP_SHARED,
    UNMAP,
    /** madvise(MADV_HUGEPAGE). */
    HUGE_PAGES,
    /** madvise(MADV_NOHUGEPAGE). */
    SMALL_PAGES,
    /** One write to every stride-th page. */
    WRITE,
    /** One read of every stride-th page. */
    READ,
    PROTECT,
    /** A system call that does not concern memory. */
    OTHER_CALL
  }

  /**
   * One step.
   *
   * @param name the recorded case, empty for what only prepares one
   * @param length bytes
   * @param stride pages from one touched page to the next
   */
  record Step(String name, Kind kind, long address, long length, int protection, int stride) {}

  private final List<Step> steps = new ArrayList<>();
  private long slot = 0x1000_0000_0000L;

  private MicroProgram() {}

  /** Returns the whole program. */
  static List<Step> steps() {
    MicroProgram program = new MicroProgram();
    for (int i = 0; i < 3; i++) {
      program.add("null-syscall-getppid", Kind.OTHER_CALL, 0, 0, 0, 1);
    }
    program.dense();
    program.executable();
    program.inaccessible();
    program.untouched();
    program.sparse();
    program.zeroPage();
    program.clean();
    program.split();
    program.shared();
    program.files();
    program.hugePages();
    program.arena();
    program.faults();
    program.errors();
    return program.steps;
  }

  private void add(String name, Kind kind, long address, long length, int protection, int stride) {
    steps.add(new Step(name, kind, address, length, protection, stride));
  }

  /** Maps pages that begin {@code offset} pages behind a 2 MiB boundary; returns their address. */
  private long map(Kind kind, int pages, int offset, int protection) {
    long address = slot + offset * PAGE;
    slot += GIB;
    add("", kind, address, pages * PAGE, protection, 1);
    add("", Kind.SMALL_PAGES, address, pages * PAGE, 0, 1);
    return address;
  }

  private void touch(Kind kind, long address, int pages, int stride) {
    add("", kind, address, pages * PAGE, 0, stride);
  }

  private long mapAndWrite(int pages, int offset, int stride) {
    long address = map(Kind.MAP, pages, offset, RW);
    touch(Kind.WRITE, address, pages, stride);
    return address;
  }

  private void unmap(long address, int pages) {
    add("", Kind.UNMAP, address, pages * PAGE, 0, 1);
  }

  private void protect(String name, long address, int pages, int protection) {
    add(name, Kind.PROTECT, address, pages * PAGE, protection, 1);
  }

  private void dense() {
    for (int n : DENSE) {
      dense("aligned-N" + n, n, 0);
    }
    for (int n : DENSE) {
      if (n > 1) {
        dense("cross2M-N" + n, n, CHUNK - Math.min(n / 2, CHUNK));
      }
    }
    dense("cross2Mlate-N40", 40, CHUNK - 5);
    dense("cross2Mlate-N64", 64, CHUNK - 1);
  }

  private void dense(String name, int n, int offset) {
    long a = mapAndWrite(n, offset, 1);
    protect(name + "-w2r", a, n, R);
    protect(name + "-r2w", a, n, RW);
    protect(name + "-w2w-noop", a, n, RW);
    protect(name + "-w2r-2", a, n, R);
    protect(name + "-r2w-2", a, n, RW);
    add(name + "-touch-after-r2w", Kind.WRITE, a, n * PAGE, RW, 1);
    protect(name + "-rw2none", a, n, NONE);
    protect(name + "-none2rw", a, n, RW);
    add(name + "-touch-after-none2rw", Kind.WRITE, a, n * PAGE, RW, 1);
    unmap(a, n);
  }

  private void executable() {
    for (int n : SOME) {
      String name = "exec-N" + n;
      long a = mapAndWrite(n, 0, 1);
      protect(name + "-rw2rx", a, n, RX);
      protect(name + "-rx2rw", a, n, RW);
      protect(name + "-rw2rwx", a, n, RWX);
      protect(name + "-rwx2rx", a, n, RX);
      protect(name + "-rx2r", a, n, R);
      protect(name + "-r2rx", a, n, RX);
      protect(name + "-rx2none", a, n, NONE);
      protect(name + "-none2rx", a, n, RX);
      protect(name + "-rx2rwx", a, n, RWX);
      protect(name + "-rwx2rw", a, n, RW);
      unmap(a, n);
    }
  }

  private void inaccessible() {
    for (int n : SOME) {
      String name = "none-N" + n;
      long a = mapAndWrite(n, 0, 1);
      protect(name + "-rw2none", a, n, NONE);
      protect(name + "-none2r", a, n, R);
      protect(name + "-r2none", a, n, NONE);
      protect(name + "-none2none-noop", a, n, NONE);
      protect(name + "-none2rw", a, n, RW);
      unmap(a, n);
    }
  }

  private void untouched() {
    for (int n : new int[] {1, 64, 512, 513, 1024, 16384}) {
      String name = "untouched-N" + n;
      long a = map(Kind.MAP, n, 0, RW);
      protect(name + "-rw2r", a, n, R);
      protect(name + "-r2rw", a, n, RW);
      unmap(a, n);
      a = map(Kind.RESERVE, n, 0, NONE);
      protect(name + "-none2rw", a, n, RW);
      unmap(a, n);
    }
    long a = map(Kind.MAP, 128, 0, RW);
    touch(Kind.WRITE, a, 1, 1);
    protect("untouched-ptexists-N64-rw2r", a + 32 * PAGE, 64, R);
    unmap(a, 128);
  }

  private void sparse() {
    int[][] sizesAndStrides = {
      {64, 2},
      {64, 8},
      {64, 63},
      {512, 2},
      {512, 8},
      {512, 16},
      {512, 511},
      {1024, 8},
      {1024, 512},
      {1024, 1023}
    };
    for (int[] s : sizesAndStrides) {
      String name = "sparse-N" + s[0] + "-every" + s[1];
      long a = mapAndWrite(s[0], 0, s[1]);
      protect(name + "-w2r", a, s[0], R);
      protect(name + "-r2w", a, s[0], RW);
      unmap(a, s[0]);
    }
  }

  private void zeroPage() {
    for (int n : FEW) {
      String name = "zero-N" + n;
      long a = map(Kind.MAP, n, 0, RW);
      touch(Kind.READ, a, n, 1);
      protect(name + "-w2r", a, n, R);
      protect(name + "-r2w", a, n, RW);
      protect(name + "-rw2none", a, n, NONE);
      protect(name + "-none2rw", a, n, RW);
      add(name + "-writetouch", Kind.WRITE, a, n * PAGE, RW, 1);
      unmap(a, n);
    }
  }

  private void clean() {
    long a = mapAndWrite(8, 0, 1);
    protect("clean-N8-w2r", a, 8, R);
    touch(Kind.READ, a, 8, 1);
    protect("clean-N8-r2w", a, 8, RW);
    protect("clean-N8-w2r-nowrite", a, 8, R);
    unmap(a, 8);
  }

  private void split() {
    long a = mapAndWrite(16, 0, 1);
    protect("split-mid4of16-w2r", a + 6 * PAGE, 4, R);
    protect("split-mid4of16-r2w-merge", a + 6 * PAGE, 4, RW);
    protect("split-head4of16-w2r", a, 4, R);
    protect("split-tail4of16-w2r", a + 12 * PAGE, 4, R);
    protect("multivma-16over3-r", a, 16, R);
    protect("multivma-16-rw", a, 16, RW);
    unmap(a, 16);
    a = mapAndWrite(48, 0, 1);
    protect("split-prep-mid16-none", a + 16 * PAGE, 16, NONE);
    protect("multivma-3x16-to-r", a, 48, R);
    protect("multivma-3x16-to-rw", a, 48, RW);
    unmap(a, 48);
  }

  private void shared() {
    for (int n : FEW) {
      long a = map(Kind.MAP_SHARED, n, 0, RW);
      touch(Kind.WRITE, a, n, 1);
      protect("shmem-N" + n + "-w2r", a, n, R);
      protect("shmem-N" + n + "-r2w", a, n, RW);
      add("shmem-N" + n + "-touch", Kind.WRITE, a, n * PAGE, RW, 1);
      unmap(a, n);
    }
  }

  /**
   * The recorded system's root file system lies in memory and does no dirty accounting: a shared
   * mapping of one of its files is as one of shared memory.
   */
  private void files() {
    for (int n : FEW) {
      long a = map(Kind.MAP_FILE, n, 0, R);
      touch(Kind.READ, a, n, 1);
      protect("filepriv-N" + n + "-r2rw", a, n, RW);
      add("filepriv-N" + n + "-cowtouch", Kind.WRITE, a, n * PAGE, RW, 1);
      protect("filepriv-N" + n + "-rw2r-relro", a, n, R);
      protect("filepriv-N" + n + "-r2rx", a, n, RX);
      unmap(a, n);
      a = map(Kind.MAP_SHARED, n, 0, RW);
      touch(Kind.WRITE, a, n, 1);
      protect("fileshared-N" + n + "-w2r", a, n, R);
      protect("fileshared-N" + n + "-r2w", a, n, RW);
      unmap(a, n);
    }
  }

  private void hugePages() {
    long a = slot;
    slot += GIB;
    add("", Kind.MAP, a, CHUNK * PAGE, RW, 1);
    add("", Kind.HUGE_PAGES, a, CHUNK * PAGE, 0, 1);
    add("thp-firsttouch", Kind.WRITE, a, PAGE, RW, 1);
    add("thp-secondtouch", Kind.WRITE, a + PAGE, PAGE, RW, 1);
    touch(Kind.WRITE, a, CHUNK, 1);
    protect("thp-512-w2r", a, CHUNK, R);
    protect("thp-512-r2w", a, CHUNK, RW);
    protect("thp-partial8-w2r", a + 8 * PAGE, 8, R);
    unmap(a, CHUNK);
  }

  private void arena() {
    long a = map(Kind.RESERVE, 16384, 0, NONE);
    protect("arena-33-none2rw", a, 33, RW);
    touch(Kind.WRITE, a, 2, 1);
    protect("arena-grow1", a + 33 * PAGE, 1, RW);
    protect("arena-grow1b", a + 34 * PAGE, 1, RW);
    protect("arena-grow16", a + 35 * PAGE, 16, RW);
    unmap(a, 16384);
    a = map(Kind.RESERVE, 2049, 0, NONE);
    protect("stack-guard-none2rw", a + PAGE, 2048, RW);
    unmap(a, 2049);
  }

  private void faults() {
    long a = map(Kind.MAP, 64, 0, RW);
    add("fault-write-fresh-N1", Kind.WRITE, a, PAGE, RW, 1);
    add("fault-write-N1", Kind.WRITE, a + PAGE, PAGE, RW, 1);
    add("fault-write-N8", Kind.WRITE, a + 8 * PAGE, 8 * PAGE, RW, 1);
    add("fault-read-N1", Kind.READ, a + 32 * PAGE, PAGE, R, 1);
    add("fault-write-after-read-N1", Kind.WRITE, a + 32 * PAGE, PAGE, RW, 1);
    unmap(a, 64);
  }

  private void errors() {
    long a = mapAndWrite(4, 0, 1);
    unmap(a + 2 * PAGE, 1);
    protect("err-hole-4-r", a, 4, R);
    protect("err-unaligned", a + 1, 1, R);
    protect("err-zero-len", a, 0, R);
    unmap(a, 4);
  }
}
