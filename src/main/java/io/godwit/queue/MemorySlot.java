package io.godwit.queue;

import io.godwit.queue.MemoryParcel.State;
import io.godwit.store.UnitOfWork;
import io.vertx.core.Future;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes steps true in a {@link MemoryQueue}: checks all of one, then changes all. */
final class MemorySlot implements Slot {
  private final MemoryQueue queue;
  private final String allotment;
  private long commits;

  /** A parcel on its way into the queue, see {@link MongoSlot}. */
  private record Putting(Parcel parcel, Consumer.Place place) { }

  MemorySlot(MemoryQueue queue, String allotment) {
    this.queue = queue;
    this.allotment = allotment;
  }

  @Override
  public String allotment() {
    return allotment;
  }

  @Override
  public boolean isBusy() {
    return false;
  }

  @Override
  public Future<Void> idle() {
    return Future.succeededFuture();
  }

  @Override
  public long commits() {
    return commits;
  }

  @Override
  public Future<Void> close() {
    // holds nothing
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> commit(Step step) {
    long now = queue.now();
    step.pack(queue);
    List<Putting> puts = step.puts.stream().map(parcel -> new Putting(parcel, parcel.at > now ? null : queue.consumers.offer(parcel))).toList();
    RuntimeException failure;
    synchronized (queue) {
      failure = check(step);
      if (failure == null) apply(step, puts, now);
    }
    for (Putting put : puts) {
      if (put.place == null) continue;
      if (failure == null) put.place.deliver(put.parcel);
      else put.place.withdraw();
    }
    commits++;
    if (failure != null) return Future.failedFuture(failure);
    queue.consumers.ended(step.endings);
    puts.stream().filter(put -> put.place == null && put.parcel.at <= now).forEach(put -> queue.consumers.wake(put.parcel.queue));
    return Future.succeededFuture();
  }

  private RuntimeException check(Step step) {
    if (!step.extras.isEmpty()) return new UnsupportedOperationException("documents beside the queue need a MongoQueue");
    Set<Parcel> lost = new HashSet<>();
    Set<Parcel> changed = new HashSet<>();
    for (Parcel parcel : step.held()) if (!queue.holds(parcel)) (readAgain(parcel) ? changed : lost).add(parcel);
    for (Parcel parcel : step.amended.keySet()) if (!queue.holds(parcel)) lost.add(parcel);
    if (!lost.isEmpty() || !changed.isEmpty()) return new LeaseLost(lost, changed);
    return isCovered(step.money) ? null : new UnitOfWork.Fenced("the allotment " + allotment + " is not open, or holds less than is reserved");
  }

  private boolean isCovered(Map<String, Long> money) {
    Map<String, Long> held = queue.allotments.get(allotment);
    return money.isEmpty() || held != null && money.entrySet().stream().allMatch(e -> e.getValue() >= 0 || held.getOrDefault(e.getKey(), 0L) + e.getValue() >= 0);
  }

  /** What was changed while we held it is still ours. */
  private boolean readAgain(Parcel parcel) {
    MemoryParcel stored = queue.parcels.get(parcel.id);
    if (stored == null || stored.state != State.LEASED || !stored.isAmended()) return false;
    stored.show(parcel, queue.nextToken());
    return true;
  }

  private void apply(Step step, List<Putting> puts, long now) {
    step.finished.forEach(parcel -> queue.parcels.remove(parcel.id));
    step.settled.forEach(this::settle);
    step.returned.forEach((parcel, at) -> giveBack(parcel, at, now));
    step.amended.forEach((parcel, amendment) -> {
      MemoryParcel stored = queue.parcels.get(parcel.id);
      stored.amend(amendment, queue.nextToken());
      if (stored.state != State.LEASED) stored.become(parcel);
      if (stored.isEmpty()) queue.parcels.remove(parcel.id);
    });
    step.money.forEach((account, amount) -> queue.allotments.get(allotment).merge(account, amount, Long::sum));
    queue.events.addAll(step.events);
    queue.dead.addAll(step.dead);
    puts.forEach(put -> put(put, now));
  }

  private void settle(Parcel parcel, Step.Settlement settlement) {
    MemoryParcel stored = queue.parcels.get(parcel.id);
    stored.settle(settlement, queue.nextToken());
    settlement.positions().forEach(parcel.gone::set);
    parcel.tried = settlement.tried();
    parcel.token = stored.token;
    if (stored.isEmpty()) queue.parcels.remove(parcel.id);
  }

  private void giveBack(Parcel parcel, long at, long now) {
    MemoryParcel stored = queue.parcels.get(parcel.id);
    stored.release(queue.nextToken(), parcel.triedBefore);
    stored.at = Math.max(at, 0);
    if (at > now) stored.state = State.LATER;
  }

  private void put(Putting put, long now) {
    Parcel parcel = put.parcel;
    parcel.token = queue.nextToken();
    if (put.place != null) parcel.tried = Math.min(parcel.size(), put.place.tried());
    queue.parcels.put(parcel.id, new MemoryParcel(parcel, put.place != null ? State.LEASED : parcel.at > now ? State.LATER : State.READY));
  }
}
