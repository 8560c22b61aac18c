package dev.mmureplay.cli.capture;

import java.nio.file.Files;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that tracing needs of the kernel or the user.
 *
 * @param name its name, that of the kernel's setting where it is one
 * @param usable whether it is there
 * @param value what was found
 * @param meaning one sentence: what follows from the value, and how to change it
 */
public record KernelAbility(String name, boolean usable, String value, String meaning) {
  private static final String PARANOID = "/proc/sys/kernel/perf_event_paranoid";
  private static final String PTRACE_SCOPE = "/proc/sys/kernel/yama/ptrace_scope";
  private static final String BTF = "/sys/kernel/btf/vmlinux";

  /** Looks at everything that the tools of {@link CaptureTools} depend on. */
  public static List<KernelAbility> of(Host host) {
    return List.of(
        user(host), tracefs(host), paranoid(host), ptraceScope(host), btf(host), traceCmd(host));
  }

  private static KernelAbility user(Host host) {
    return new KernelAbility(
        "uid",
        host.isRoot(),
        Integer.toString(host.uid()),
        host.isRoot()
            ? "root: all tools may trace"
            : "not root: strace, lackey and adplug may trace; perf, ftrace and bpftrace need root");
  }

  private static KernelAbility tracefs(Host host) {
    String mount = host.tracefs();
    if (mount != null) {
      boolean xen = Files.exists(host.file(mount + "/events/xen"));
      return new KernelAbility(
          "tracefs",
          true,
          mount,
          xen
              ? "tracepoints can be read, those of Xen too"
              : "tracepoints can be read; none of Xen, so this is no Xen guest's kernel");
    }
    return new KernelAbility(
        "tracefs",
        false,
        "none",
        host.isRoot()
            ? "ftrace needs it: mount -t tracefs nodev /sys/kernel/tracing (perf mounts it itself)"
            : "not readable for this user, or not mounted: perf and ftrace need it");
  }

  private static KernelAbility paranoid(Host host) {
    String text = host.read(PARANOID);
    boolean open = host.isRoot() || host.number(PARANOID, 2) <= -1;
    return new KernelAbility(
        "kernel.perf_event_paranoid",
        text != null && open,
        found(text),
        text == null
            ? "the kernel has no perf events"
            : open
                ? "perf may record tracepoints"
                : "perf may not record tracepoints: as root, sysctl kernel.perf_event_paranoid=-1");
  }

  private static KernelAbility ptraceScope(Host host) {
    String text = host.read(PTRACE_SCOPE);
    long scope = host.number(PTRACE_SCOPE, 0);
    boolean usable = scope < 3 && (scope < 2 || host.isRoot());
    return new KernelAbility(
        "kernel.yama.ptrace_scope",
        usable,
        found(text),
        usable
            ? "strace may trace the commands that it starts"
            : "strace may trace nothing"
                + (scope == 2 ? " unless root runs it" : " until the next boot"));
  }

  private static KernelAbility btf(Host host) {
    boolean there = Files.exists(host.file(BTF));
    return new KernelAbility(
        "btf",
        there,
        there ? BTF : "none",
        there
            ? "bpftrace can look into the kernel's structures"
            : "bpftrace cannot read page tables: the kernel lacks CONFIG_DEBUG_INFO_BTF");
  }

  private static KernelAbility traceCmd(Host host) {
    var program = host.program("trace-cmd");
    return new KernelAbility(
        "trace-cmd",
        program != null,
        program == null ? "none" : program.toString(),
        "not needed to record; its reports can be imported");
  }

  private static String found(@Nullable String text) {
    return text == null ? "none" : text.strip();
  }
}
