package dev.mmureplay.cli.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hazard: a tool is picked that cannot record here, or recorded with the wrong options. */
final class CaptureToolsTest {
  private static final int USER = 1000;

  @TempDir private Path root = Path.of("");

  private Host host(int uid, String... programs) throws IOException {
    Path bin = Files.createDirectories(root.resolve("bin"));
    for (String program : programs) {
      assertThat(Files.writeString(bin.resolve(program), "").toFile().setExecutable(true)).isTrue();
    }
    return new Host(root, bin.toString(), uid);
  }

  private void kernelFile(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static String lines(CaptureTool tool, Host host, String... command) throws IOException {
    var order = new CaptureTool.Order(List.of(command), Path.of("my log"), 32, false);
    return tool.steps(host, order).stream().map(Step::line).collect(Collectors.joining("\n"));
  }

  @Test
  void theBestToolIsTheMostFaithfulOneThatThisUserMayUse() throws IOException {
    assertThat(CaptureTools.best(host(USER))).isNull();
    assertThat(CaptureTools.best(host(USER, "valgrind"))).isSameAs(CaptureTools.named("lackey"));
    assertThat(CaptureTools.best(host(USER, "strace"))).isSameAs(CaptureTools.named("strace"));
    Host withPerf = host(USER, "perf");
    kernelFile("proc/sys/kernel/perf_event_paranoid", "2\n");
    assertThat(CaptureTools.best(withPerf)).isSameAs(CaptureTools.named("strace"));
    kernelFile("proc/sys/kernel/perf_event_paranoid", "-1\n");
    kernelFile("sys/kernel/tracing/events/header_page", "");
    assertThat(CaptureTools.best(withPerf)).isSameAs(CaptureTools.named("perf"));
    assertThat(CaptureTools.best(host(0, "perf"))).isSameAs(CaptureTools.named("perf"));
  }

  @Test
  void anObstacleSaysWhatIsMissing() throws IOException {
    kernelFile("proc/sys/kernel/perf_event_paranoid", "2\n");
    kernelFile("proc/sys/kernel/yama/ptrace_scope", "3\n");
    Host poor = host(USER, "sh", "setsid", "cat", "perf", "strace", "bpftrace", "qemu-x86_64");

    assertThat(CaptureTools.named("perf").obstacle(poor))
        .isEqualTo("tracepoints are for root only (kernel.perf_event_paranoid is 2)");
    assertThat(CaptureTools.named("strace").obstacle(poor)).contains("ptrace_scope is 3");
    assertThat(CaptureTools.named("bpftrace").obstacle(poor)).isEqualTo("BPF is for root only");
    assertThat(CaptureTools.named("ftrace").obstacle(poor))
        .isEqualTo("only root reads the tracefs");
    assertThat(CaptureTools.named("adplug").obstacle(poor)).isEqualTo("there is no cc on the PATH");
    assertThat(CaptureTools.named("lackey").obstacle(poor))
        .isEqualTo("there is no valgrind on the PATH");
    assertThat(KernelAbility.of(poor))
        .extracting(KernelAbility::name, KernelAbility::usable)
        .containsExactly(
            tuple("uid", false),
            tuple("tracefs", false),
            tuple("kernel.perf_event_paranoid", false),
            tuple("kernel.yama.ptrace_scope", false),
            tuple("btf", false),
            tuple("trace-cmd", false));
  }

  @Test
  void linesForAShellAreQuoted() throws IOException {
    assertThat(lines(CaptureTools.named("strace"), host(USER), "./de mo", "it's", "$HOME", ""))
        .isEqualTo(
            "strace -f -ttt -T -y -o 'my log' -e"
                + " trace=mmap,munmap,mprotect,pkey_mprotect,mremap,brk,madvise,clone,clone3,fork,"
                + "vfork,execve,execveat,exit,exit_group,shmat,shmdt,rt_sigreturn --"
                + " './de mo' 'it'\\''s' '$HOME' ''");
    assertThat(lines(CaptureTools.named("lackey"), host(USER), "demo"))
        .isEqualTo(
            "valgrind --tool=lackey --fair-sched=yes --trace-mem=yes --trace-syscalls=yes"
                + " --trace-sched=yes --basic-counts=no '--log-file=my log.%p' -- demo");
  }

  @Test
  void onlyTracepointsThatTheKernelHasAreAskedFor() throws IOException {
    kernelFile("sys/kernel/tracing/events/syscalls/sys_enter_mprotect/id", "1");
    kernelFile("sys/kernel/tracing/events/tlb/tlb_flush/id", "2");

    assertThat(lines(CaptureTools.named("perf"), host(0), "demo"))
        .isEqualTo(
            "perf record -q -d -k CLOCK_MONOTONIC -c 1 -m 32M -o 'my log.data'"
                + " -e syscalls:sys_enter_mprotect -e tlb:tlb_flush -- demo\n"
                + "perf script -i 'my log.data' --ns -F comm,pid,tid,cpu,time,event,trace"
                + " --show-mmap-events --show-task-events --show-lost-events >'my log'\n"
                + "rm 'my log.data'");
    kernelFile("sys/kernel/tracing/events/xen/enable", "0");
    assertThat(lines(CaptureTools.named("ftrace"), host(0), "demo", "a b"))
        .contains(
            "mkdir " + root.resolve("sys/kernel/tracing/instances/mmureplay"),
            "echo 'syscalls:sys_enter_mprotect tlb:tlb_flush xen:*' >",
            "/options/hash-ptr",
            " demo 'a b'\n",
            "rmdir ");
  }

  @Test
  void bpftraceIsToldTheNameOfTheCommandAndWhereTheKernelMapsItsMemory() throws IOException {
    Host host = host(0, "cat");
    String name = "record" + ProcessHandle.current().pid();
    CaptureTool tool = CaptureTools.named("bpftrace");

    assertThat(lines(tool, host, "demo", "a b", ""))
        .contains(
            "cat >'my log.adsnap.bt' <<'END_OF_FILE'\n#!/usr/bin/env bpftrace\n",
            "setsid --wait env BPFTRACE_PERF_RB_PAGES=8192 bpftrace --no-warnings -B full"
                + " -o 'my log' -c "
                + root.resolve("bin/cat")
                + " 'my log.adsnap.bt' "
                + name
                + " 0xffff888000000 <",
            " " + name + " demo 'a b' ''\n");
    Files.write(Files.createDirectories(root.resolve("proc")).resolve("kcore"), kcore());
    assertThat(lines(tool, host, "demo")).contains(" " + name + " 0xffff8b1240000 <");
    Files.write(root.resolve("proc/kcore"), Arrays.copyOf(kcore(), 100));
    assertThat(lines(tool, host, "demo")).contains(" " + name + " 0xffff888000000 <");
  }

  /** The headers of a kernel's memory: its image, its other mappings, and the direct map. */
  private static byte[] kcore() {
    ByteBuffer elf = ByteBuffer.allocate(64 + 4 * 56).order(ByteOrder.LITTLE_ENDIAN);
    elf.putLong(32, 64).putShort(56, (short) 4);
    program(elf, 0, 4, 0, 0);
    program(elf, 1, 1, 0xffffffff9de00000L, 0x11ce00000L);
    program(elf, 2, 1, 0xffffa4e580000000L, -1);
    program(elf, 3, 1, 0xffff8b1240001000L, 0x1000);
    return elf.array();
  }

  private static void program(ByteBuffer elf, int i, int type, long virtual, long physical) {
    int at = 64 + i * 56;
    elf.putInt(at, type).putLong(at + 16, virtual).putLong(at + 24, physical);
  }
}
