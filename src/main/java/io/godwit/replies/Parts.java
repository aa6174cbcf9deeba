package io.godwit.replies;

import static com.mongodb.client.model.Filters.eq;

import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.godwit.message.Message;
import io.godwit.message.StoredText;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.godwit.store.Sets;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.bson.Document;

/**
 * Joins the parts of long messages, in whatever order and through whatever stages they come. One write tells each part how
 * things stand: the first that finds all parts there, or that finds the time over, is the winner and speaks for all of them.
 *
 * <p>A handset that uses the same reference again within twice the time that parts are waited for finds the earlier collection, also one that is complete: its parts go on as they come, and one
 * that says the same is taken for the carrier's repeat. A complete collection does not give way sooner: its winner may not have committed, and whoever is shown again would find himself spoken for.
 */
final class Parts {
  static final String COLLECTION = "mo_parts";
  private static final long KEPT_HOURS = 24;

  private final Sets sets;
  private final long waitMs;

  Parts(Sets sets, long waitMs) {
    this.sets = sets;
    this.waitMs = waitMs;
  }

  /** Creates collection and index where they are missing; before the first use of the set. */
  Future<Void> open(MongoSet set) {
    return set.ensureCollection(COLLECTION)
      .compose(v -> Mongo.first(set.here(), stored(set).createIndex(Indexes.ascending("at"), new IndexOptions().expireAfter(KEPT_HOURS, TimeUnit.HOURS))))
      .mapEmpty();
  }

  private static MongoCollection<Document> stored(MongoSet set) {
    return set.db().getCollection(COLLECTION);
  }

  /** What becomes of a part. */
  sealed interface Fate {
    /** It speaks for all that came: the whole message, what there is of it when the time was over, or itself when it came after that. */
    record Whole(String text, int parts) implements Fate { }

    /** It waits for the others until then, milliseconds since 1970. */
    record Waits(long until) implements Fate { }

    /** Another part speaks for it, or it is a repeat. */
    record Spoken() implements Fate { }
  }

  /** Adds the part to what is there, once. Shown again, it is told how things stand by then. */
  Future<Fate> add(Context context, Message message, Part part) {
    MongoSet home = Homes.of(sets, message.from());
    long now = home.clock().getAsLong();
    long until = message.acceptedAt() + waitMs;
    String key = String.join("/", message.from(), message.to(), part.reference(), String.valueOf(part.total()));
    return Homes.ask(home, () -> Mongo.first(context, stored(home).findOneAndUpdate(eq("_id", key), steps(message, part, now, now >= until),
        new FindOneAndUpdateOptions().upsert(true).returnDocument(ReturnDocument.AFTER))))
      .map(stored -> judge(message, part, stored, until));
  }

  /** References come round again: what is older than the time of waiting belongs to an earlier message, and gives way to a newer part. */
  private List<Document> steps(Message message, Part part, long now, boolean isOver) {
    Document current = new Document("$gt", List.of("$at", new Date(message.acceptedAt() - 2 * waitMs)));
    String place = "parts." + part.number();
    Document mine = new Document("id", message.id()).append("text", new Document("$literal", StoredText.value(message.text())));
    Document missing = new Document("$eq", List.of(new Document("$type", "$" + place), "missing"));
    Document count = new Document("$size", new Document("$objectToArray", "$parts"));
    Document undecided = new Document("$eq", List.of("$winner", ""));
    Object ends = isOver ? true : new Document("$gte", List.of(count, part.total()));
    Document win = new Document("$and", List.of(undecided, ends, new Document("$eq", List.of("$" + place + ".id", message.id()))));
    return List.of(
      new Document("$set", new Document("fresh", new Document("$not", List.of(current)))),
      new Document("$set", new Document("before", cond("$fresh", spoken(), "$before"))),
      new Document("$set", new Document("parts", cond("$fresh", new Document("$literal", new Document()), "$parts"))
        .append("winner", cond("$fresh", "", "$winner")).append("at", cond("$fresh", new Date(Math.max(now, message.acceptedAt())), "$at"))),
      new Document("$set", new Document(place, cond(new Document("$and", List.of(undecided, missing)), mine, "$" + place))),
      new Document("$set", new Document("winner", cond(win, message.id(), "$winner"))),
      new Document("$unset", "fresh"));
  }

  /** The ids of the parts that have been spoken for: one of them that waits may be shown once more, after the reference came round. */
  private static Document spoken() {
    Document parts = new Document("$objectToArray", new Document("$ifNull", List.of("$parts", new Document("$literal", new Document()))));
    Document decided = new Document("$gt", List.of("$winner", ""));
    return cond(decided, new Document("$map", new Document("input", parts).append("in", "$$this.v.id")), List.of());
  }

  private static Document cond(Object condition, Object then, Object otherwise) {
    return new Document("$cond", List.of(condition, then, otherwise));
  }

  private static Fate judge(Message message, Part part, Document stored, long until) {
    Document parts = stored.get("parts", Document.class);
    Document mine = parts.get(String.valueOf(part.number()), Document.class);
    if (stored.getList("before", String.class).contains(message.id())) return new Fate.Spoken();
    if (mine == null) return new Fate.Whole(message.text(), 1);   // too late: the others have been spoken for
    if (!message.id().equals(mine.getString("id"))) {
      return message.text().equals(StoredText.read(mine, "text")) ? new Fate.Spoken() : new Fate.Whole(message.text(), 1);
    }
    String winner = stored.getString("winner");
    if (winner.isEmpty()) return new Fate.Waits(until);
    return winner.equals(message.id()) ? new Fate.Whole(join(parts), parts.size()) : new Fate.Spoken();
  }

  private static String join(Document parts) {
    Map<Integer, String> inOrder = new TreeMap<>();
    parts.forEach((number, part) -> inOrder.put(Integer.parseInt(number), StoredText.read((Document) part, "text")));
    return String.join("", inOrder.values());
  }
}
