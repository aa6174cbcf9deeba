package io.godwit.queue;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gte;
import static com.mongodb.client.model.Filters.in;

import com.mongodb.client.model.Updates;
import io.godwit.events.EventStream;
import io.godwit.store.CommitSlot;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.godwit.store.UnitOfWork;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Commits a {@link Step} as one unit of work, and then tells this process what has changed. */
final class MongoSlot implements Slot {
  private static final Logger log = LoggerFactory.getLogger(MongoSlot.class);
  /** So often MongoDB is asked for a parcel that others have changed before it counts as lost. */
  private static final int TAKINGS = 5;

  private final MongoQueue queue;
  private final MongoSet set;
  private final EventStream events;
  private final Consumers consumers;
  private final Holdings holdings;
  private final Parcels parcels;
  private final CommitSlot slot;
  private final QueueMeters.Slots meters;
  /** Until the outcome is told: longer than the unit of work itself, since a failure is explained first. */
  private boolean busy;
  private long commits;
  /** Null while nobody waits for the present step to end. */
  private Promise<Void> idle;

  /** A parcel on its way into the queue: handed over in memory where {@code place} is not null. */
  private record Putting(Parcel parcel, Consumer.Place place) { }

  MongoSlot(MongoQueue queue, MongoSet set, EventStream events, Consumers consumers, Holdings holdings, Parcels parcels, CommitSlot slot, QueueMeters.Slots meters) {
    this.queue = queue;
    this.set = set;
    this.events = events;
    this.consumers = consumers;
    this.holdings = holdings;
    this.parcels = parcels;
    this.slot = slot;
    this.meters = meters;
  }

  @Override
  public String allotment() {
    return slot.allotment();
  }

  @Override
  public void changeAllotment(String id) {
    slot.changeAllotment(id);
  }

  @Override
  public boolean isBusy() {
    return busy;
  }

  @Override
  public Future<Void> idle() {
    if (!busy) return Future.succeededFuture();
    if (idle == null) idle = Promise.promise();
    return idle.future();
  }

  @Override
  public long commits() {
    return commits;
  }

  @Override
  public Future<Void> close() {
    slot.close();
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> commit(Step step) {
    long now = set.clock().getAsLong();
    long began = System.nanoTime();
    if (busy) return Future.failedFuture(new IllegalStateException("slot " + slot.allotment() + " is busy with another step"));
    busy = true;
    UnitOfWork work = new UnitOfWork();
    Draft draft = new Draft(set, now, work);
    List<Putting> puts = new ArrayList<>();
    return Future.<Void>succeededFuture().compose(v -> {
      step.pack(queue);
      step.puts.forEach(parcel -> puts.add(offer(parcel, now)));
      try {
        write(step, draft, puts, work);
      } catch (RuntimeException e) {
        return Future.failedFuture(new Unwritable(e));
      }
      return slot.run(work);
    }).onSuccess(v -> {
      apply(step, draft, puts, now);
      meters.committed(step, puts.stream().map(put -> way(put, now)).toList(), step.messages(), System.nanoTime() - began);
    }).recover(failure -> {
      draft.renewed.values().forEach(holdings::forget);
      puts.forEach(this::withdraw);
      return failure instanceof UnitOfWork.Fenced ? explain(step, failure) : Future.failedFuture(failure);
    }).andThen(done -> ended());
  }

  private void ended() {
    busy = false;
    commits++;
    Promise<Void> waiting = idle;
    idle = null;
    if (waiting != null) waiting.complete();
  }

  private void write(Step step, Draft draft, List<Putting> puts, UnitOfWork work) {
    puts.forEach(put -> draft.put(put.parcel, put.place != null));
    events.append(work, step.events);
    draft.change(step);
    draft.renewed.values().forEach(holdings::expect);
    if (!step.money.isEmpty()) work.update(MongoQueue.ALLOTMENTS, covers(step.money), sums(step.money));
    step.dead.forEach(letter -> work.insert(DeadLetters.COLLECTION, letter.document()));
    step.extras.forEach(extra -> extra.accept(work));
  }

  private static QueueMeters.Way way(Putting put, long now) {
    return put.place != null ? QueueMeters.Way.HANDED : put.parcel.at <= now ? QueueMeters.Way.READY : QueueMeters.Way.LATER;
  }

  private Putting offer(Parcel parcel, long now) {
    Consumer.Place place = parcel.at > now ? null : consumers.offer(parcel);
    parcel.token = set.incarnation().nextToken();
    if (place != null) {
      parcel.tried = Math.min(parcel.size(), place.tried());
      holdings.expect(parcel.token);
    }
    return new Putting(parcel, place);
  }

  /** The slot's allotment, open, and with all that is reserved from it: memory is believed only as far as the store agrees. */
  private Bson covers(Map<String, Long> money) {
    List<Bson> filters = new ArrayList<>(List.of(eq("_id", slot.allotment()), eq("open", true)));
    money.forEach((account, amount) -> {
      if (amount < 0) filters.add(gte("a." + account, -amount));
    });
    return and(filters);
  }

  private static Bson sums(Map<String, Long> money) {
    return Updates.combine(money.entrySet().stream().map(e -> Updates.inc("a." + e.getKey(), e.getValue())).toList());
  }

  private void apply(Step step, Draft draft, List<Putting> puts, long now) {
    holdings.forget(step.finished);
    holdings.forget(step.returned.keySet());
    step.settled.forEach((parcel, settlement) -> {
      holdings.forget(parcel.token);
      settlement.positions().forEach(parcel.gone::set);
      parcel.tried = settlement.tried();
      parcel.token = draft.renewed.getOrDefault(parcel, parcel.token);
    });
    draft.views.forEach(Runnable::run);
    consumers.ended(step.endings);
    for (Putting put : puts) {
      if (put.place != null) deliver(put);
      else if (put.parcel.at <= now) consumers.announce(put.parcel.queue, put.parcel.lane);
    }
  }

  /** Unless this process was found dead meanwhile: then it is not ours any more. */
  private void deliver(Putting put) {
    if (!holdings.knows(put.parcel.token)) {
      put.place.withdraw();
      return;
    }
    try {
      put.place.deliver(put.parcel);
    } catch (RuntimeException e) {
      log.error("a stage did not take {}; it is returned by the sweep", put.parcel, e);
      holdings.forget(put.parcel.token);
    }
  }

  private void withdraw(Putting put) {
    if (put.place == null) return;
    holdings.forget(put.parcel.token);
    put.place.withdraw();
  }

  /**
   * Finds out which of the step's parcels are no longer as we knew them; all of them, if that cannot be found out. What was
   * changed while we held it is still ours, once it has a token that we know.
   */
  private Future<Void> explain(Step step, Throwable failure) {
    Map<String, Parcel> known = new HashMap<>();
    step.held().forEach(parcel -> known.put(parcel.id, parcel));
    step.amended.keySet().forEach(parcel -> known.put(parcel.id, parcel));
    return Mongo.all(slot.context(), parcels.all().find(in("_id", known.keySet())))
      .otherwise(List.of())
      .compose(stored -> {
        Set<Parcel> lost = new HashSet<>(known.values());
        for (Document d : stored) lost.removeIf(p -> p.id.equals(d.getString("_id")) && p.token == d.getLong("token"));
        return readAgain(stored, lost, step.held()).transform(changed -> {
          holdings.forget(lost);
          return Future.failedFuture(lost.isEmpty() && changed.result().isEmpty() ? failure : new LeaseLost(lost, changed.result()));
        });
      });
  }

  /**
   * Moves what is still leased to us, though under a token that nobody here knows, from the lost to the changed ones. Meanwhile their old
   * tokens are known on: a holder who looked then would take them for lost, and nobody would ever settle them.
   */
  private Future<Set<Parcel>> readAgain(List<Document> stored, Set<Parcel> lost, Set<Parcel> held) {
    Set<Parcel> changed = new HashSet<>();
    List<Future<Void>> takings = new ArrayList<>();
    for (Document d : stored) {
      int self = d.getInteger("by");
      if (self != set.incarnation().number() || holdings.knows(d.getLong("token"))) continue;
      lost.stream().filter(p -> p.id.equals(d.getString("_id")) && held.contains(p)).findFirst().ifPresent(parcel -> {
        long token = set.incarnation().nextToken();
        holdings.expect(token);
        takings.add(take(parcel, self, token, TAKINGS).onSuccess(v -> changed.add(parcel)).onFailure(e -> holdings.forget(token)));
      });
    }
    return Future.join(takings).transform(done -> {
      lost.removeAll(changed);
      return Future.succeededFuture(changed);
    });
  }

  /**
   * Under a token that we know, whatever others change meanwhile: it is ours as long as it is leased to us. Unless the sweep returned it and
   * another stage of this process has claimed it since: that one meets our token, and takes it back like this.
   *
   * @param self the incarnation to which it was leased when it was read
   * @param token known from before the first attempt
   */
  private Future<Void> take(Parcel parcel, int self, long token, int attempts) {
    return parcels.retake(slot.context(), parcel.id, self, token).compose(found -> {
      long was = found == null ? 0 : found.getInt64("token").getValue();
      if (found == null || was != token && holdings.knows(was)) return Future.succeededFuture(false);
      Parcel now = Parcel.read(found);
      long before = parcel.token;
      parcel.see(now.items, now.gone, token);
      holdings.forget(before);
      return Future.succeededFuture(true);
    }).compose(taken -> taken ? Future.<Void>succeededFuture() : Future.failedFuture(parcel + " is somebody else's"),
      e -> attempts > 1 ? take(parcel, self, token, attempts - 1) : Future.failedFuture(e));
  }
}
