package io.godwit.queue;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A stage that takes what it has room for and remembers what it was told. */
final class TestStage implements Consumer {
  final List<Parcel> delivered = new CopyOnWriteArrayList<>();
  final AtomicInteger room;
  final AtomicInteger withdrawn = new AtomicInteger();
  final AtomicInteger wakes = new AtomicInteger();
  final AtomicInteger drops = new AtomicInteger();
  private final String queue;
  private final int tried;

  TestStage(String queue, int room, int tried) {
    this.queue = queue;
    this.room = new AtomicInteger(room);
    this.tried = tried;
  }

  @Override
  public String queue() {
    return queue;
  }

  @Override
  public Place offer(Parcel parcel) {
    if (room.getAndUpdate(r -> Math.max(0, r - 1)) == 0) return null;
    return new Place() {
      @Override
      public int tried() {
        return tried;
      }

      @Override
      public void deliver(Parcel parcel) {
        delivered.add(parcel);
      }

      @Override
      public void withdraw() {
        withdrawn.incrementAndGet();
      }
    };
  }

  @Override
  public void wake(io.godwit.message.Lane lane) {
    wakes.incrementAndGet();
  }

  @Override
  public void dropAll() {
    drops.incrementAndGet();
  }
}
