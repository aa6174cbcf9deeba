package io.godwit.queue;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;

import com.mongodb.client.model.Updates;
import io.godwit.message.Item;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.godwit.store.UnitOfWork;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.bson.RawBsonDocument;
import org.bson.conversions.Bson;

/**
 * What a {@link Step} changes among the parcels, in MongoDB's words. Each change of a stored parcel matches the token under
 * which it was read, and gives it another: whoever knew an earlier version fails.
 */
final class Draft {
  /** The tokens under which settled parcels stay leased to us. */
  final Map<Parcel, Long> renewed = new HashMap<>();
  /** What shows those who amended parcels what these have become. */
  final List<Runnable> views = new ArrayList<>();
  private final MongoSet set;
  private final long now;
  private final UnitOfWork work;

  Draft(MongoSet set, long now, UnitOfWork work) {
    this.set = set;
    this.now = now;
    this.work = work;
  }

  /**
   * Stores a new parcel.
   *
   * @param leased whether it is ours from the first moment
   */
  void put(Parcel parcel, boolean leased) {
    String state = leased ? "leased" : parcel.at > now ? "later" : "ready";
    work.insert(Parcels.COLLECTION, Mongo.encode(parcel.weight() + 256, writer -> {
      parcel.write(writer);
      writer.writeString("s", state);
      writer.writeInt32("by", leased ? set.incarnation().number() : 0);
      writer.writeInt64("token", parcel.token);
      writer.writeInt32("tried", parcel.tried);
    }));
  }

  void change(Step step) {
    Set<Parcel> leaving = new HashSet<>(step.finished);
    step.settled.forEach((parcel, settlement) -> settle(leaving, parcel, settlement));
    step.returned.forEach((parcel, at) -> work.update(Parcels.COLLECTION, same(parcel), returned(parcel, at)));
    step.amended.forEach((parcel, amendment) -> amend(leaving, parcel, amendment));
    if (leaving.isEmpty()) return;
    work.delete(Parcels.COLLECTION, and(in("_id", leaving.stream().map(p -> p.id).toList()), in("token", leaving.stream().map(p -> p.token).toList())), leaving.size());
  }

  private static Bson same(Parcel parcel) {
    return and(eq("_id", parcel.id), eq("token", parcel.token));
  }

  private void settle(Set<Parcel> leaving, Parcel parcel, Step.Settlement settlement) {
    if (settlement.positions().stream().filter(i -> !parcel.isGone(i)).count() == parcel.left()) {
      leaving.add(parcel);
      return;
    }
    long token = set.incarnation().nextToken();
    renewed.put(parcel, token);
    work.update(Parcels.COLLECTION, same(parcel), Updates.combine(marks(settlement.positions()), Updates.set("tried", settlement.tried()), Updates.set("token", token)));
  }

  private static Bson marks(Set<Integer> positions) {
    return Updates.combine(positions.stream().map(i -> Updates.set("m." + i + ".d", true)).toList());
  }

  /** What an earlier holder may have submitted stays unknown. */
  private Bson returned(Parcel parcel, long at) {
    return Updates.combine(Updates.set("s", at > now ? "later" : "ready"), Updates.set("by", 0), Updates.set("at", new Date(Math.max(at, 0))),
      Updates.set("tried", parcel.triedBefore), fresh());
  }

  private Bson fresh() {
    return Updates.set("token", set.incarnation().nextToken());
  }

  /** Marks or replaces what the step says; rewritten without the marked ones once half have left, unless somebody holds it. */
  private void amend(Set<Parcel> leaving, Parcel parcel, Step.Amendment amendment) {
    long left = parcel.left() - amendment.positions().stream().filter(i -> !parcel.isGone(i)).count();
    if (left == 0) {
      leaving.add(parcel);
      views.add(() -> amendment.positions().forEach(parcel.gone::set));
      return;
    }
    long token = set.incarnation().nextToken();
    Bson change = !parcel.leased && left * 2 <= parcel.size() ? rewritten(parcel, amendment, token) : marked(parcel, amendment, token);
    work.update(Parcels.COLLECTION, same(parcel), Updates.combine(change, Updates.set("token", token)));
  }

  private Bson marked(Parcel parcel, Step.Amendment amendment, long token) {
    List<Bson> changes = new ArrayList<>();
    List<Item> items = new ArrayList<>(parcel.items);
    BitSet gone = (BitSet) parcel.gone.clone();
    amendment.changed().forEach((i, item) -> {
      changes.add(Updates.set("m." + i, raw(item)));
      items.set(i, item);
    });
    amendment.positions().forEach(i -> {
      changes.add(Updates.set("m." + i + ".d", true));
      gone.set(i);
    });
    if (!parcel.leased) views.add(() -> parcel.become(items, gone, parcel.tried, token));
    return Updates.combine(changes);
  }

  private Bson rewritten(Parcel parcel, Step.Amendment amendment, long token) {
    List<Item> items = new ArrayList<>();
    TreeSet<String> ids = new TreeSet<>();
    int[] tried = {0};
    parcel.each(i -> {
      if (amendment.positions().contains(i)) return;
      Item item = amendment.changed().getOrDefault(i, parcel.items.get(i));
      items.add(item);
      ids.add(item.id());
      if (i < parcel.tried) tried[0]++;
    });
    views.add(() -> parcel.become(items, new BitSet(), tried[0], token));
    return Updates.combine(Updates.set("m", items.stream().map(Draft::raw).toList()), Updates.set("lo", ids.first()), Updates.set("hi", ids.last()),
      Updates.set("tried", tried[0]));
  }

  private static RawBsonDocument raw(Item item) {
    return Mongo.encodeWhole(item::write);
  }
}
