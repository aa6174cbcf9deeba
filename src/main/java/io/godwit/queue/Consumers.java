package io.godwit.queue;

import io.godwit.message.Lane;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The stages of this process, and the hints to those of others. The event bus carries hints only: a lost one costs the wait
 * until the next poll. Thread-safe.
 */
final class Consumers {
  private static final long ANNOUNCE_EVERY_NS = 5_000_000;

  private final Vertx vertx;
  private final int set;
  private final Map<String, List<Consumer>> byQueue = new ConcurrentHashMap<>();
  private final Map<String, MessageConsumer<Object>> hints = new ConcurrentHashMap<>();
  private final Map<Hint, Long> announced = new ConcurrentHashMap<>();
  private final Set<Hint> pending = ConcurrentHashMap.newKeySet();
  private final List<Endings> followers = new CopyOnWriteArrayList<>();
  private final AtomicInteger turn = new AtomicInteger();

  private record Hint(String queue, Lane lane) { }

  Consumers(Vertx vertx, int set) {
    this.vertx = vertx;
    this.set = set;
  }

  void add(Consumer consumer) {
    byQueue.computeIfAbsent(consumer.queue(), q -> new CopyOnWriteArrayList<>()).add(consumer);
    hints.computeIfAbsent(consumer.queue(), q -> vertx.eventBus().consumer(address(q), hint -> heard(q, hint.body())));
  }

  void remove(Consumer consumer) {
    List<Consumer> of = byQueue.getOrDefault(consumer.queue(), List.of());
    of.remove(consumer);
    if (!of.isEmpty()) return;
    MessageConsumer<Object> hint = hints.remove(consumer.queue());
    if (hint != null) hint.unregister();
  }

  void follow(Endings endings) {
    followers.add(endings);
  }

  void ended(List<Endings.Ending> endings) {
    if (!endings.isEmpty()) followers.forEach(follower -> follower.ended(endings));
  }

  /** Asks the queue's stages here in turn for room. */
  Consumer.Place offer(Parcel parcel) {
    List<Consumer> of = byQueue.getOrDefault(parcel.queue, List.of());
    int size = of.size();
    int first = size > 1 ? Math.floorMod(turn.getAndIncrement(), size) : 0;
    for (int i = 0; i < size; i++) {
      Consumer.Place place = of.get((first + i) % size).offer(parcel);
      if (place != null) return place;
    }
    return null;
  }

  /** Null unless all that the step puts is due, and for one stage here that takes it. */
  Future<Void> absorb(Step step, long now) {
    List<String> queues = step.puts.stream().map(parcel -> parcel.queue).distinct().toList();
    if (queues.size() != 1 || step.puts.stream().anyMatch(parcel -> parcel.at > now)) return null;
    for (Consumer consumer : byQueue.getOrDefault(queues.get(0), List.of())) {
      Future<Void> done = consumer.absorb(step);
      if (done != null) return done;
    }
    return null;
  }

  void wake(String queue) {
    byQueue.getOrDefault(queue, List.of()).forEach(Consumer::wake);
  }

  /** Hints of an earlier release name no lane. */
  private void heard(String queue, Object hint) {
    if (!(hint instanceof Integer lane)) wake(queue);
    else byQueue.getOrDefault(queue, List.of()).forEach(consumer -> consumer.wake(Lane.of(lane)));
  }

  Set<String> queues() {
    return byQueue.keySet();
  }

  void dropAll() {
    byQueue.values().forEach(of -> of.forEach(Consumer::dropAll));
  }

  /** Tells one consumer, here or on another node, that a parcel is ready; at most once in 5 ms a queue and lane, and after the last. */
  void announce(String queue, Lane lane) {
    Hint hint = new Hint(queue, lane);
    Long last = announced.get(hint);
    long wait = last == null ? 0 : ANNOUNCE_EVERY_NS - (System.nanoTime() - last);
    if (wait <= 0) send(hint);
    else if (pending.add(hint)) vertx.setTimer(1 + wait / 1_000_000, t -> send(hint));
  }

  private void send(Hint hint) {
    pending.remove(hint);
    announced.put(hint, System.nanoTime());
    vertx.eventBus().send(address(hint.queue), hint.lane.number());
  }

  void close() {
    hints.values().forEach(MessageConsumer::unregister);
  }

  private String address(String queue) {
    return "godwit.wake." + set + "." + queue;
  }
}
