package dev.mmureplay.cli;

import com.sun.management.GarbageCollectionNotificationInfo;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.ListenerNotFoundException;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.openmbean.CompositeData;

/**
 * Asks for a full garbage collection over and over and keeps the largest heap that one of them
 * left: what was live, not what had not been collected yet.
 */
final class PeakLiveHeap extends Thread implements NotificationListener, AutoCloseable {
  private static final long PAUSE_MS = 100;
  private static final String FULL = "end of major GC";

  private final AtomicLong peak = new AtomicLong();
  private volatile boolean done;

  private PeakLiveHeap() {
    super("peak-live-heap");
    setDaemon(true);
  }

  static PeakLiveHeap watch() {
    PeakLiveHeap watcher = new PeakLiveHeap();
    for (GarbageCollectorMXBean bean : ManagementFactory.getGarbageCollectorMXBeans()) {
      ((NotificationEmitter) bean).addNotificationListener(watcher, null, null);
    }
    watcher.start();
    return watcher;
  }

  /** Returns bytes. */
  long bytes() {
    return peak.get();
  }

  @Override
  public void run() {
    try {
      while (!done) {
        System.gc();
        Thread.sleep(PAUSE_MS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void handleNotification(Notification notification, Object handback) {
    if (notification.getUserData() instanceof CompositeData data) {
      var info = GarbageCollectionNotificationInfo.from(data);
      if (info.getGcAction().equals(FULL)) {
        long left =
            info.getGcInfo().getMemoryUsageAfterGc().entrySet().stream()
                .filter(pool -> pool.getKey().matches("(Tenured Gen|Eden Space|Survivor Space)"))
                .map(pool -> pool.getValue())
                .mapToLong(MemoryUsage::getUsed)
                .sum();
        peak.accumulateAndGet(left, Math::max);
      }
    }
  }

  @Override
  public void close() {
    done = true;
    for (GarbageCollectorMXBean bean : ManagementFactory.getGarbageCollectorMXBeans()) {
      try {
        ((NotificationEmitter) bean).removeNotificationListener(this);
      } catch (ListenerNotFoundException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
