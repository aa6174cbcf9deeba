package io.godwit.simulator;

import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Does things later: a ring of buckets, one a tick, turned by one periodic timer that runs only while something waits. A million
 * waiting receipts cost two array slots each and no timer. Event loop only.
 */
final class TimerWheel {
  private static final int TICK_MILLIS = 5;
  private static final int BUCKETS = 4096;

  private final Vertx vertx;
  private final Bucket[] buckets = new Bucket[BUCKETS];
  private long timer = -1;
  private long origin;
  /** The tick that was done last. */
  private long now;
  private int waiting;

  /** What is due at one place of the ring, in this turn or a later one. */
  private static final class Bucket {
    private Runnable[] tasks = new Runnable[8];
    private long[] ticks = new long[8];
    private int size;

    void add(Runnable task, long tick) {
      if (size == tasks.length) {
        tasks = Arrays.copyOf(tasks, size * 2);
        ticks = Arrays.copyOf(ticks, size * 2);
      }
      tasks[size] = task;
      ticks[size++] = tick;
    }
  }

  TimerWheel(Vertx vertx) {
    this.vertx = vertx;
  }

  int waiting() {
    return waiting;
  }

  /** Runs a task after so many milliseconds, at the next tick at the earliest. */
  void after(long millis, Runnable task) {
    if (timer < 0) {
      origin = System.nanoTime();
      now = 0;
      timer = vertx.setPeriodic(TICK_MILLIS, id -> turn());
    }
    long elapsedMillis = (System.nanoTime() - origin) / 1_000_000;
    add(task, Math.max(now + 1, (elapsedMillis + millis + TICK_MILLIS - 1) / TICK_MILLIS));
    waiting++;
  }

  private void add(Runnable task, long tick) {
    int place = (int) (tick % BUCKETS);
    if (buckets[place] == null) {
      buckets[place] = new Bucket();
    }
    buckets[place].add(task, tick);
  }

  /** Forgets everything that waits, and returns it. */
  List<Runnable> clear() {
    List<Runnable> dropped = new ArrayList<>(waiting);
    for (Bucket bucket : buckets) {
      if (bucket != null) dropped.addAll(Arrays.asList(bucket.tasks).subList(0, bucket.size));
    }
    Arrays.fill(buckets, null);
    waiting = 0;
    stop();
    return dropped;
  }

  private void stop() {
    if (timer >= 0) {
      vertx.cancelTimer(timer);
      timer = -1;
    }
  }

  private void turn() {
    long until = (System.nanoTime() - origin) / 1_000_000 / TICK_MILLIS;
    // A tick at a time: a task may add another, and may clear the wheel.
    while (timer >= 0 && now < until) {
      now++;
      empty((int) (now % BUCKETS));
    }
    if (waiting == 0) {
      stop();
    }
  }

  private void empty(int place) {
    Bucket bucket = buckets[place];
    if (bucket == null) {
      return;
    }
    buckets[place] = null;
    for (int i = 0; i < bucket.size; i++) {
      if (bucket.ticks[i] <= now) {
        waiting--;
        bucket.tasks[i].run();
      } else {
        add(bucket.tasks[i], bucket.ticks[i]);
      }
    }
  }
}
