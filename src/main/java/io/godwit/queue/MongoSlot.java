package io.godwit.queue;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gte;
import static com.mongodb.client.model.Filters.in;

import com.mongodb.client.model.Updates;
import io.godwit.events.EventStream;
import io.godwit.message.Item;
import io.godwit.store.CommitSlot;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.godwit.store.UnitOfWork;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.bson.BsonWriter;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.bson.codecs.EncoderContext;
import org.bson.codecs.RawBsonDocumentCodec;
import org.bson.conversions.Bson;

/** Says a {@link Step} in MongoDB's words, commits it, and then tells this process what has changed. */
final class MongoSlot implements Slot {
  private final MongoSet set;
  private final EventStream events;
  private final Consumers consumers;
  private final Holdings holdings;
  private final CommitSlot slot;

  /** A parcel on its way into the queue: handed over in memory where {@code place} is not null. */
  private record Putting(Parcel parcel, Consumer.Place place) { }

  MongoSlot(MongoSet set, EventStream events, Consumers consumers, Holdings holdings, CommitSlot slot) {
    this.set = set;
    this.events = events;
    this.consumers = consumers;
    this.holdings = holdings;
    this.slot = slot;
  }

  @Override
  public String allotment() {
    return slot.allotment();
  }

  @Override
  public boolean isBusy() {
    return slot.isBusy();
  }

  @Override
  public void close() {
    slot.close();
  }

  @Override
  public Future<Void> commit(Step step) {
    UnitOfWork work = new UnitOfWork();
    List<Putting> puts = step.puts.stream().map(this::offer).toList();
    insert(work, puts);
    events.append(work, step.events);
    change(work, step);
    step.extras.forEach(extra -> extra.accept(work));
    return slot.run(work)
      .onSuccess(v -> apply(step, puts))
      .recover(failure -> {
        puts.forEach(this::withdraw);
        return failure instanceof UnitOfWork.Fenced ? explain(step, failure) : Future.failedFuture(failure);
      });
  }

  private Putting offer(Parcel parcel) {
    Consumer.Place place = parcel.at > set.clock().getAsLong() ? null : consumers.offer(parcel);
    parcel.token = set.incarnation().nextToken();
    if (place != null) {
      parcel.tried = place.tried();
      holdings.add(List.of(parcel));
    }
    return new Putting(parcel, place);
  }

  private void insert(UnitOfWork work, List<Putting> puts) {
    for (Putting put : puts) {
      Parcel parcel = put.parcel;
      String state = put.place != null ? "leased" : parcel.at > set.clock().getAsLong() ? "later" : "ready";
      work.insert(MongoQueue.COLLECTION, Mongo.encode(parcel.weight() + 256, writer -> {
        parcel.write(writer);
        writer.writeString("s", state);
        writer.writeInt32("by", put.place != null ? set.incarnation().number() : 0);
        writer.writeInt64("token", parcel.token);
        writer.writeInt32("tried", parcel.tried);
      }));
    }
  }

  private void change(UnitOfWork work, Step step) {
    Set<Parcel> finished = new HashSet<>(step.finished);
    step.settled.forEach((parcel, settlement) -> {
      if (settlement.positions().size() >= parcel.left()) finished.add(parcel);
      else work.update(MongoQueue.COLLECTION, same(parcel), Updates.combine(marks(settlement.positions()), Updates.set("tried", settlement.tried())));
    });
    step.returned.forEach((parcel, at) -> work.update(MongoQueue.COLLECTION, same(parcel), returned(at)));
    step.amended.forEach((parcel, amendment) -> amend(work, finished, parcel, amendment));
    if (!finished.isEmpty()) {
      work.delete(MongoQueue.COLLECTION, and(in("_id", finished.stream().map(p -> p.id).toList()), in("token", finished.stream().map(p -> p.token).toList())), finished.size());
    }
    if (!step.money.isEmpty()) work.update(MongoQueue.ALLOTMENTS, and(covers(step.money)), incs(step.money));
  }

  private static Bson same(Parcel parcel) {
    return and(eq("_id", parcel.id), eq("token", parcel.token));
  }

  private static Bson marks(Set<Integer> positions) {
    return Updates.combine(positions.stream().map(i -> Updates.set("m." + i + ".d", true)).toList());
  }

  /** The slot's allotment, open, and with all that is reserved from it: memory is believed only as far as the store agrees. */
  private List<Bson> covers(Map<String, Long> money) {
    List<Bson> filters = new ArrayList<>(List.of(eq("_id", slot.allotment()), eq("open", true)));
    money.forEach((account, amount) -> {
      if (amount < 0) filters.add(gte("a." + account, -amount));
    });
    return filters;
  }

  private static Bson incs(Map<String, Long> money) {
    return Updates.combine(money.entrySet().stream().map(e -> Updates.inc("a." + e.getKey(), e.getValue())).toList());
  }

  private Bson returned(long at) {
    long now = set.clock().getAsLong();
    return Updates.combine(Updates.set("s", at > now ? "later" : "ready"), Updates.set("by", 0), Updates.set("at", new java.util.Date(Math.max(at, 0))),
      Updates.set("tried", 0), Updates.set("token", set.incarnation().nextToken()));
  }

  /** Marks or replaces what the step says; rewritten without the marked ones once half have left. */
  private void amend(UnitOfWork work, Set<Parcel> finished, Parcel parcel, Step.Amendment amendment) {
    int left = parcel.left() - amendment.positions().size();
    if (left <= 0) {
      finished.add(parcel);
      return;
    }
    Bson fresh = Updates.set("token", set.incarnation().nextToken());
    Bson change = left * 2 <= parcel.size() ? rewritten(parcel, amendment) : marked(amendment);
    work.update(MongoQueue.COLLECTION, same(parcel), Updates.combine(change, fresh));
  }

  private static Bson marked(Step.Amendment amendment) {
    List<Bson> changes = new ArrayList<>();
    amendment.positions().forEach(i -> changes.add(Updates.set("m." + i + ".d", true)));
    amendment.changed().forEach((i, item) -> changes.add(Updates.set("m." + i, raw(item))));
    return Updates.combine(changes);
  }

  private static Bson rewritten(Parcel parcel, Step.Amendment amendment) {
    List<RawBsonDocument> items = new ArrayList<>();
    TreeSet<String> ids = new TreeSet<>();
    parcel.each(i -> {
      if (amendment.positions().contains(i)) return;
      Item item = amendment.changed().getOrDefault(i, parcel.items.get(i));
      items.add(raw(item));
      ids.add(item.id());
    });
    return Updates.combine(Updates.set("m", items), Updates.set("lo", ids.first()), Updates.set("hi", ids.last()));
  }

  private static RawBsonDocument raw(Item item) {
    return Mongo.encodeWhole(item::write);
  }

  private void apply(Step step, List<Putting> puts) {
    step.settled.forEach((parcel, settlement) -> {
      settlement.positions().forEach(parcel.gone::set);
      parcel.tried = settlement.tried();
      if (parcel.isEmpty()) holdings.remove(List.of(parcel));
    });
    holdings.remove(step.finished);
    holdings.remove(step.returned.keySet());
    for (Putting put : puts) {
      if (put.place != null) put.place.deliver(put.parcel);
      else if (put.parcel.at <= set.clock().getAsLong()) consumers.announce(put.parcel.queue);
    }
  }

  private void withdraw(Putting put) {
    if (put.place == null) return;
    holdings.remove(List.of(put.parcel));
    put.place.withdraw();
  }

  /** Finds out which of the step's parcels are no longer as we knew them. */
  private Future<Void> explain(Step step, Throwable failure) {
    Map<String, Parcel> known = new HashMap<>();
    for (Set<Parcel> some : List.of(step.finished, step.settled.keySet(), step.amended.keySet(), step.returned.keySet())) {
      some.forEach(parcel -> known.put(parcel.id, parcel));
    }
    return Mongo.all(slot.context(), set.db().getCollection(MongoQueue.COLLECTION).find(in("_id", known.keySet())).projection(new Document("token", 1)))
      .compose(stored -> {
        Set<Parcel> lost = new HashSet<>(known.values());
        for (Document d : stored) lost.removeIf(p -> p.id.equals(d.getString("_id")) && p.token == d.getLong("token"));
        holdings.remove(lost);
        return Future.failedFuture(lost.isEmpty() ? failure : new LeaseLost(lost));
      });
  }
}
