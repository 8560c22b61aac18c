package dev.mmureplay.importer;

import static dev.mmureplay.importer.LineScanner.NONE;

import java.util.Map;
import java.util.TreeMap;

/**
 * The kernel's names of flags, error numbers and signals, with their values on x86-64, and the
 * expressions that tracing tools write with them.
 *
 * <p>From Linux' {@code include/uapi/asm-generic/} ({@code mman-common.h}, {@code errno.h}), {@code
 * include/uapi/linux/sched.h} and {@code arch/x86/include/uapi/asm/}.
 */
public final class KernelNames {
  /**
   * The number of the first real-time signal; strace calls the following ones SIGRT_1 and so on.
   */
  public static final int SIGRTMIN = 32;

  private static final String FLAG_NAMES =
      """
      PROT_NONE 0 PROT_READ 1 PROT_WRITE 2 PROT_EXEC 4 PROT_SEM 8
      PROT_GROWSDOWN 0x1000000 PROT_GROWSUP 0x2000000
      MAP_FILE 0 MAP_SHARED 1 MAP_PRIVATE 2 MAP_SHARED_VALIDATE 3 MAP_FIXED 0x10 MAP_ANONYMOUS 0x20
      MAP_ANON 0x20 MAP_32BIT 0x40 MAP_ABOVE4G 0x80 MAP_GROWSDOWN 0x100 MAP_DENYWRITE 0x800
      MAP_EXECUTABLE 0x1000 MAP_LOCKED 0x2000 MAP_NORESERVE 0x4000 MAP_POPULATE 0x8000
      MAP_NONBLOCK 0x10000 MAP_STACK 0x20000 MAP_HUGETLB 0x40000 MAP_SYNC 0x80000
      MAP_FIXED_NOREPLACE 0x100000 MAP_UNINITIALIZED 0x4000000 MAP_DROPPABLE 8 MAP_HUGE_SHIFT 26
      MREMAP_MAYMOVE 1 MREMAP_FIXED 2 MREMAP_DONTUNMAP 4
      MADV_NORMAL 0 MADV_RANDOM 1 MADV_SEQUENTIAL 2 MADV_WILLNEED 3 MADV_DONTNEED 4 MADV_FREE 8
      MADV_REMOVE 9 MADV_DONTFORK 10 MADV_DOFORK 11 MADV_MERGEABLE 12 MADV_UNMERGEABLE 13
      MADV_HUGEPAGE 14 MADV_NOHUGEPAGE 15 MADV_DONTDUMP 16 MADV_DODUMP 17 MADV_WIPEONFORK 18
      MADV_KEEPONFORK 19 MADV_COLD 20 MADV_PAGEOUT 21 MADV_POPULATE_READ 22
      MADV_POPULATE_WRITE 23 MADV_DONTNEED_LOCKED 24 MADV_COLLAPSE 25 MADV_HWPOISON 100
      MADV_SOFT_OFFLINE 101 MADV_GUARD_INSTALL 102 MADV_GUARD_REMOVE 103
      CLONE_NEWTIME 0x80 CLONE_VM 0x100 CLONE_FS 0x200 CLONE_FILES 0x400 CLONE_SIGHAND 0x800
      CLONE_PIDFD 0x1000 CLONE_PTRACE 0x2000 CLONE_VFORK 0x4000 CLONE_PARENT 0x8000
      CLONE_THREAD 0x10000 CLONE_NEWNS 0x20000 CLONE_SYSVSEM 0x40000 CLONE_SETTLS 0x80000
      CLONE_PARENT_SETTID 0x100000 CLONE_CHILD_CLEARTID 0x200000 CLONE_DETACHED 0x400000
      CLONE_UNTRACED 0x800000 CLONE_CHILD_SETTID 0x1000000 CLONE_NEWCGROUP 0x2000000
      CLONE_NEWUTS 0x4000000 CLONE_NEWIPC 0x8000000 CLONE_NEWUSER 0x10000000
      CLONE_NEWPID 0x20000000 CLONE_NEWNET 0x40000000 CLONE_IO 0x80000000
      CLONE_CLEAR_SIGHAND 0x100000000 CLONE_INTO_CGROUP 0x200000000
      """;

  private static final String SIGNAL_NAMES =
      """
      SIGHUP 1 SIGINT 2 SIGQUIT 3 SIGILL 4 SIGTRAP 5 SIGABRT 6 SIGIOT 6 SIGBUS 7 SIGFPE 8 SIGKILL 9
      SIGUSR1 10 SIGSEGV 11 SIGUSR2 12 SIGPIPE 13 SIGALRM 14 SIGTERM 15 SIGSTKFLT 16 SIGCHLD 17
      SIGCONT 18 SIGSTOP 19 SIGTSTP 20 SIGTTIN 21 SIGTTOU 22 SIGURG 23 SIGXCPU 24 SIGXFSZ 25
      SIGVTALRM 26 SIGPROF 27 SIGWINCH 28 SIGIO 29 SIGPOLL 29 SIGPWR 30 SIGSYS 31 SIGRTMIN 32
      """;

  private static final String ERROR_NAMES =
      """
      EPERM 1 ENOENT 2 ESRCH 3 EINTR 4 EIO 5 ENXIO 6 E2BIG 7 ENOEXEC 8 EBADF 9 ECHILD 10 EAGAIN 11
      EWOULDBLOCK 11 ENOMEM 12 EACCES 13 EFAULT 14 ENOTBLK 15 EBUSY 16 EEXIST 17 EXDEV 18 ENODEV 19
      ENOTDIR 20 EISDIR 21 EINVAL 22 ENFILE 23 EMFILE 24 ENOTTY 25 ETXTBSY 26 EFBIG 27 ENOSPC 28
      ESPIPE 29 EROFS 30 EMLINK 31 EPIPE 32 EDOM 33 ERANGE 34 EDEADLK 35 EDEADLOCK 35
      ENAMETOOLONG 36 ENOLCK 37 ENOSYS 38 ENOTEMPTY 39 ELOOP 40 ENOMSG 42 EIDRM 43 ECHRNG 44
      EL2NSYNC 45 EL3HLT 46 EL3RST 47 ELNRNG 48 EUNATCH 49 ENOCSI 50 EL2HLT 51 EBADE 52 EBADR 53
      EXFULL 54 ENOANO 55 EBADRQC 56 EBADSLT 57 EBFONT 59 ENOSTR 60 ENODATA 61 ETIME 62 ENOSR 63
      ENONET 64 ENOPKG 65 EREMOTE 66 ENOLINK 67 EADV 68 ESRMNT 69 ECOMM 70 EPROTO 71 EMULTIHOP 72
      EDOTDOT 73 EBADMSG 74 EOVERFLOW 75 ENOTUNIQ 76 EBADFD 77 EREMCHG 78 ELIBACC 79 ELIBBAD 80
      ELIBSCN 81 ELIBMAX 82 ELIBEXEC 83 EILSEQ 84 ERESTART 85 ESTRPIPE 86 EUSERS 87 ENOTSOCK 88
      EDESTADDRREQ 89 EMSGSIZE 90 EPROTOTYPE 91 ENOPROTOOPT 92 EPROTONOSUPPORT 93
      ESOCKTNOSUPPORT 94 EOPNOTSUPP 95 ENOTSUP 95 EPFNOSUPPORT 96 EAFNOSUPPORT 97 EADDRINUSE 98
      EADDRNOTAVAIL 99 ENETDOWN 100 ENETUNREACH 101 ENETRESET 102 ECONNABORTED 103 ECONNRESET 104
      ENOBUFS 105 EISCONN 106 ENOTCONN 107 ESHUTDOWN 108 ETOOMANYREFS 109 ETIMEDOUT 110
      ECONNREFUSED 111 EHOSTDOWN 112 EHOSTUNREACH 113 EALREADY 114 EINPROGRESS 115 ESTALE 116
      EUCLEAN 117 ENOTNAM 118 ENAVAIL 119 EISNAM 120 EREMOTEIO 121 EDQUOT 122 ENOMEDIUM 123
      EMEDIUMTYPE 124 ECANCELED 125 ENOKEY 126 EKEYEXPIRED 127 EKEYREVOKED 128 EKEYREJECTED 129
      EOWNERDEAD 130 ENOTRECOVERABLE 131 ERFKILL 132 EHWPOISON 133
      ERESTARTSYS 512 ERESTARTNOINTR 513 ERESTARTNOHAND 514 ENOIOCTLCMD 515 ERESTART_RESTARTBLOCK 516
      ENOTSUPP 524
      """;

  /**
   * Flags of mmap, mprotect, mremap, madvise and clone, and signals, which clone's flags end in.
   */
  public static final NameTable FLAGS = table(FLAG_NAMES + SIGNAL_NAMES);

  public static final NameTable SIGNALS = table(SIGNAL_NAMES);
  private static final NameTable ERRORS = table(ERROR_NAMES);

  private KernelNames() {}

  /**
   * Returns the numbers of the flags whose names begin with a prefix, without it and, for the
   * signals that clone's flags may end in, with theirs.
   */
  public static NameTable flagsWithout(String prefix) {
    Map<String, Long> numbers = numbers(SIGNAL_NAMES);
    numbers(FLAG_NAMES)
        .forEach(
            (name, number) -> {
              numbers.put(name, number);
              if (name.startsWith(prefix)) {
                numbers.put(name.substring(prefix.length()), number);
              }
            });
    return new NameTable(numbers);
  }

  /**
   * Reads numbers and names joined by {@code |}, each perhaps shifted, with comments between:
   * {@code MAP_PRIVATE|2<<MAP_HUGE_SHIFT}, {@code 0x10 /* PROT_??? *}{@code /}, {@code NULL}.
   *
   * @param names the numbers of the names
   * @return {@link LineScanner#NONE} if there is something else at the position
   */
  public static long expression(LineScanner line, NameTable names) {
    long value = 0;
    do {
      long term = term(line, names);
      if (term == NONE) {
        return NONE;
      }
      if (line.skip("<<")) {
        long shift = term(line, names);
        if (shift < 0 || shift > 63) {
          return NONE;
        }
        term <<= shift;
      }
      value |= term;
      skipComment(line);
    } while (line.skip('|'));
    return value;
  }

  /** Reads the name of an error; {@link LineScanner#NONE} if it is none. */
  public static long error(LineScanner line) {
    int from = line.position();
    while (LineScanner.isWordByte(line.peek())) {
      line.advance();
    }
    return ERRORS.get(line.hash(from, line.position()));
  }

  private static long term(LineScanner line, NameTable names) {
    int first = line.peek();
    if (first >= '0' && first <= '9') {
      return line.number();
    }
    if (line.skip('-')) {
      long value = line.decimal();
      return value == NONE ? NONE : -value;
    }
    int from = line.position();
    while (LineScanner.isWordByte(line.peek())) {
      line.advance();
    }
    if (line.position() == from) {
      return NONE;
    }
    if (line.position() == from + 4 && line.byteAt(from) == 'N' && line.byteAt(from + 1) == 'U') {
      return 0;
    }
    return names.get(line.hash(from, line.position()));
  }

  private static void skipComment(LineScanner line) {
    int before = line.position();
    line.skipBlanks();
    if (!line.skip("/*") || !line.skipTo("*/")) {
      line.position(before);
    }
  }

  private static NameTable table(String text) {
    return new NameTable(numbers(text));
  }

  private static Map<String, Long> numbers(String text) {
    Map<String, Long> numbers = new TreeMap<>();
    String[] words = text.strip().split("\\s+", -1);
    for (int i = 0; i < words.length; i += 2) {
      numbers.put(words[i], Long.decode(words[i + 1]));
    }
    return numbers;
  }
}
