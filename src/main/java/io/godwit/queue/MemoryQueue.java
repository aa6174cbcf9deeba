package io.godwit.queue;

import io.godwit.message.Event;
import io.godwit.message.Lane;
import io.godwit.message.Message;
import io.godwit.message.MessageId;
import io.godwit.message.Segment;
import io.godwit.queue.MemoryParcel.State;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A queue that forgets everything with its process: for tests of stages and handlers that want neither a mongod nor to wait.
 * Everything happens at once and by the given clock; what becomes due is found by {@link #claim} and by {@link #poll}.
 * Events and allotments stay readable. Thread-safe.
 */
public final class MemoryQueue implements MessageQueue {
  private final int set;
  private final LongSupplier clock;
  private final MessageId.Generator ids;
  final Consumers consumers;
  final Map<String, MemoryParcel> parcels = new LinkedHashMap<>();
  final List<Event> events = new ArrayList<>();
  final List<DeadLetter> dead = new ArrayList<>();
  private int slots;
  final Map<String, Map<String, Long>> allotments = new HashMap<>();
  private long tokens;

  public MemoryQueue(Vertx vertx, int set, LongSupplier clock) {
    this.set = set;
    this.clock = clock;
    this.ids = new MessageId.Generator(set, 1, clock);
    this.consumers = new Consumers(vertx, set);
  }

  /** The events of a message in the order in which they were committed; of all messages when the id is null. */
  public synchronized List<Event> events(String id) {
    return events.stream().filter(e -> id == null || e.id().equals(id)).toList();
  }

  /** What was given up, in the order in which it was. */
  public synchronized List<DeadLetter> deadLetters() {
    return List.copyOf(dead);
  }

  /** Lets steps of that slot change money, see {@link Step#money}. */
  public synchronized void openAllotment(String allotment) {
    allotments.put(allotment, new TreeMap<>());
  }

  /** What an open allotment holds by account. */
  public synchronized Map<String, Long> allotment(String allotment) {
    return Map.copyOf(allotments.get(allotment));
  }

  /** Wakes the stages of all queues that have something ready. */
  public void poll() {
    ready().stream().map(MemoryParcel::queue).distinct().forEach(consumers::wake);
  }

  private synchronized List<MemoryParcel> ready() {
    long now = now();
    for (MemoryParcel parcel : parcels.values()) if (parcel.state == State.LATER && parcel.at <= now) parcel.state = State.READY;
    return parcels.values().stream().filter(p -> p.state == State.READY).sorted(MemoryParcel.ORDER).toList();
  }

  long nextToken() {
    return ++tokens;
  }

  @Override
  public int set() {
    return set;
  }

  @Override
  public long now() {
    return clock.getAsLong();
  }

  @Override
  public String newId() {
    return ids.next();
  }

  @Override
  public boolean isTrusted() {
    return true;
  }

  @Override
  public boolean isTrusted(Parcel parcel) {
    return holds(parcel);
  }

  @Override
  public synchronized boolean holds(Parcel parcel) {
    MemoryParcel stored = parcels.get(parcel.id);
    return stored != null && stored.token == parcel.token;
  }

  @Override
  public synchronized Slot openSlot(String kind) {
    return new MemorySlot(this, "1/" + kind + "-" + ++slots);
  }

  @Override
  public void attach(Consumer consumer) {
    consumers.add(consumer);
  }

  @Override
  public void detach(Consumer consumer) {
    consumers.remove(consumer);
  }

  @Override
  public void follow(Endings endings) {
    consumers.follow(endings);
  }

  @Override
  public Future<Void> absorb(Step step) {
    return consumers.absorb(step, now());
  }

  @Override
  public synchronized Future<List<Parcel>> claim(String queue, Lane last, int most, int tryable) {
    return Future.succeededFuture(ready().stream().filter(p -> p.queue().equals(queue) && p.lane().compareTo(last) <= 0).limit(most).map(p -> p.lease(nextToken(), tryable)).toList());
  }

  @Override
  public synchronized Future<List<Parcel>> claimExpired(int most) {
    return Future.succeededFuture(ready().stream().filter(p -> Parcel.isBeforeTheCarrier(p.queue()) || Parcel.isOfNotices(p.queue()))
      .filter(p -> p.read().validUntil() <= now()).limit(most).map(p -> p.lease(nextToken(), 0)).toList());
  }

  @Override
  public synchronized Future<List<Parcel>> waiting(Context context, String queue, Lane lane, long from, Collection<String> except, int most) {
    return Future.succeededFuture(ready(queue, lane).filter(p -> p.rank() >= from && !except.contains(p.id())).limit(most).toList());
  }

  @Override
  public synchronized long lag(String queue, Lane lane) {
    return ready(queue, lane).findFirst().map(front -> Math.max(0, now() - front.rank())).orElse(0L);
  }

  private Stream<Parcel> ready(String queue, Lane lane) {
    return ready().stream().filter(p -> p.queue().equals(queue) && p.lane() == lane).map(MemoryParcel::read);
  }

  @Override
  public Future<Void> giveBack(Collection<Parcel> held, boolean submitted) {
    synchronized (this) {
      for (Parcel parcel : held) {
        if (!holds(parcel)) continue;
        MemoryParcel stored = parcels.get(parcel.id);
        stored.release(nextToken(), submitted ? stored.tried() : parcel.triedBefore);
      }
    }
    held.stream().map(Parcel::queue).distinct().forEach(consumers::wake);
    return Future.succeededFuture();
  }

  @Override
  public Future<List<Parcel>> awaiting(Context context, Collection<Long> keys) {
    return Future.succeededFuture(find(parcel -> has(parcel, keys)));
  }

  private static boolean has(Parcel parcel, Collection<Long> keys) {
    return parcel.items.stream().anyMatch(item -> item instanceof Message m && m.parts().stream().map(Segment::keys).flatMap(List::stream).anyMatch(keys::contains));
  }

  @Override
  public Future<Parcel> holding(Context context, String messageId) {
    return Future.succeededFuture(find(parcel -> parcel.holds(messageId)).stream().findFirst().orElse(null));
  }

  @Override
  public Future<List<Parcel>> ofBatch(Context context, String batch, String after, int most) {
    return Future.succeededFuture(find(parcel -> parcel.id().compareTo(after) > 0 && Parcel.isBeforeTheCarrier(parcel.queue()) && holdsOf(parcel, batch)).stream()
      .sorted(Comparator.comparing(Parcel::id)).limit(most).toList());
  }

  private static boolean holdsOf(Parcel parcel, String batch) {
    return parcel.messages().stream().anyMatch(m -> batch.equals(m.origin().batch()));
  }

  private synchronized List<Parcel> find(Predicate<Parcel> wanted) {
    return parcels.values().stream().map(MemoryParcel::read).filter(wanted).toList();
  }

  @Override
  public synchronized List<String> ready(String prefix) {
    return ready().stream().map(MemoryParcel::queue).distinct().filter(name -> name.startsWith(prefix)).map(name -> name.substring(prefix.length())).toList();
  }

  @Override
  public synchronized Future<List<Depth>> depths(Context context) {
    Map<String, Depth> depths = new TreeMap<>();
    for (MemoryParcel stored : parcels.values()) {
      Parcel parcel = stored.read();
      String lowest = parcel.items.stream().map(item -> item.id()).min(String::compareTo).orElseThrow();
      depths.merge(parcel.queue + "/" + stored.state, new Depth(parcel.queue, stored.state.name().toLowerCase(java.util.Locale.ROOT), 1, parcel.left(), lowest),
        (a, b) -> new Depth(a.queue(), a.state(), a.parcels() + 1, a.messages() + b.messages(), a.oldest().compareTo(b.oldest()) < 0 ? a.oldest() : b.oldest()));
    }
    return Future.succeededFuture(List.copyOf(depths.values()));
  }

  @Override
  public Future<Void> close() {
    consumers.close();
    return Future.succeededFuture();
  }
}
