package dev.mmureplay.cli.capture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;

/**
 * Keeps signals that would end this program away from it while a command runs. Ctrl-C on a terminal
 * goes to every process in the foreground, so to the command as well. What only this program is
 * sent is passed on to the command.
 */
final class Interrupts implements AutoCloseable {
  private static final Pattern BLANK = Pattern.compile(" ");

  private record Registered(String signal, @Nullable Object before) {}

  private final List<Registered> registered = new ArrayList<>();
  private @Nullable Process process;
  private boolean childIsCommand;
  private boolean pending;

  /** Begins to keep signals away. */
  Interrupts() {
    register("INT");
    register("TERM");
    register("HUP");
  }

  /**
   * Says which process runs the command; a signal that came before is passed on now.
   *
   * @param runsAsChild whether the command is a child of the process
   */
  synchronized void started(Process started, boolean runsAsChild) {
    process = started;
    childIsCommand = runsAsChild;
    if (pending) {
      terminate(started);
    }
  }

  private void register(String signal) {
    Object before = Signals.register(signal, () -> received(signal));
    registered.add(new Registered(signal, before));
  }

  private synchronized void received(String signal) {
    if (signal.equals("INT") && inForeground()) {
      return;
    }
    Process running = process;
    if (running == null) {
      pending = true;
    } else {
      terminate(running);
    }
  }

  private void terminate(Process running) {
    List<ProcessHandle> commands = childIsCommand ? running.children().toList() : List.of();
    if (commands.isEmpty()) {
      running.toHandle().destroy();
    }
    commands.forEach(ProcessHandle::destroy);
  }

  /** Returns whether this process is in the foreground of a terminal (proc(5), field tpgid). */
  private static boolean inForeground() {
    try {
      String stat = Files.readString(Path.of("/proc/self/stat"));
      // The second field, the name, may hold anything; the last parenthesis ends it.
      List<String> fields = BLANK.splitAsStream(stat.substring(stat.lastIndexOf(')') + 2)).toList();
      String group = fields.get(2);
      String foreground = fields.get(5);
      return group.equals(foreground);
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Waits until the signals that have arrived are handled. The one that ended the command may still
   * be on its way through the virtual machine, and would end this program once they are no longer
   * kept away. Signals are handled in the order of their numbers; CONT comes after those of here.
   */
  private static void settle() {
    CountDownLatch handled = new CountDownLatch(1);
    Object before = Signals.register("CONT", handled::countDown);
    try {
      Class<?> type = Class.forName("sun.misc.Signal");
      Object signal = type.getConstructor(String.class).newInstance("CONT");
      type.getMethod("raise", type).invoke(null, signal);
      handled.await();
    } catch (ReflectiveOperationException e) {
      return; // This virtual machine handles no signals.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      restore("CONT", before);
    }
  }

  @Override
  public void close() {
    settle();
    for (Registered each : registered) {
      restore(each.signal(), each.before());
    }
  }

  private static void restore(String signal, @Nullable Object before) {
    if (before != null) {
      Signals.unregister(signal, before);
    } else {
      Signals.registerDefault(signal);
    }
  }
}
