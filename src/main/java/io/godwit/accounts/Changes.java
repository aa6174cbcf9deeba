package io.godwit.accounts;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gte;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lt;

import com.mongodb.ErrorCategory;
import com.mongodb.MongoBulkWriteException;
import com.mongodb.ReadConcern;
import com.mongodb.client.model.Aggregates;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.ClientSession;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.godwit.store.CommitSlot;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.godwit.store.UnitOfWork;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.bson.codecs.DocumentCodec;
import org.bson.conversions.Bson;
import org.bson.types.ObjectId;

/**
 * Who changed what in the directory, and when: documents {@code {_id, account, kind, id, version, by: {account, key}, at, before, after}} of the
 * control set, each written in the transaction that makes the change and never changed. What is secret is left out of them.
 */
public final class Changes {
  static final String COLLECTION = "changes";
  /** Attempts at one change that take longer than a transaction lives, some five seconds each: after so many whoever asked for much still waits for an answer. */
  private static final int MOST_LATE = 3;
  private static final long LISTED_BYTES = 1_000_000;
  private static final DocumentCodec DOCUMENTS = new DocumentCodec();
  private static final Set<String> SECRET = Set.of("hash", "password");

  private final MongoSet control;

  /** @param version of the entry that it made; 0 = it removed it */
  public record Record(String id, Change change, long version, long at) { }

  public Changes(MongoSet control) {
    this.control = control;
  }

  public Future<Void> open(Context context) {
    return Mongo.first(context, control.db().getCollection(COLLECTION).createIndex(Indexes.descending("account", "_id"), new IndexOptions().name("by-account"))).mapEmpty();
  }

  /** See {@link Directory#change}. */
  Future<Void> make(Context context, Directory.Picture seen, List<Change> changes) {
    UnitOfWork work = new UnitOfWork();
    return context.executeBlocking(() -> {   // thousands of them take a while
      String first = into(work, seen, changes);
      work.update("counters", and(Readings.counter(), eq("value", seen.number())), Updates.inc("value", 1L));
      return first;
    }, false).compose(first -> commit(context, work, first));
  }

  private Future<Void> commit(Context context, UnitOfWork work, String first) {
    CommitSlot slot = control.slot("directory");
    return slot.run(work, MOST_LATE).andThen(done -> slot.close())
      .recover(failure -> failure instanceof CommitSlot.GivenUp late ? givenUp(context, late, first) : Future.failedFuture(isConflict(failure) ? new Directory.Outdated() : failure))
      .compose(v -> isStored(context, first))
      .compose(stored -> stored ? Future.succeededFuture() : Future.failedFuture(new Directory.Outdated()));
  }

  /** Succeeds when it took effect all the same. */
  private Future<Void> givenUp(Context context, CommitSlot.GivenUp late, String first) {
    if (!late.mayBeDone()) return Future.failedFuture(new Directory.TooSlow(false));
    return control.barrier(context).compose(v -> isStored(context, first))
      .transform(stored -> stored.succeeded() && stored.result() ? Future.succeededFuture() : Future.failedFuture(new Directory.TooSlow(stored.failed())));
  }

  /**
   * Adds the changes and their records; the id of the first record.
   *
   * @param seen by what they were judged
   */
  private String into(UnitOfWork work, Directory.Picture seen, List<Change> changes) {
    long number = seen.number() + 1;
    String attempt = new ObjectId().toHexString();
    for (int i = 0; i < changes.size(); i++) work.insert(COLLECTION, raw(record(id(number, i, attempt), seen, changes.get(i))));
    for (Change change : changes) write(work, seen, change);
    return id(number, 0, attempt);
  }

  /** In the order in which changes were made, and unique to this attempt at making them. */
  private static String id(long number, int index, String attempt) {
    return String.format("%s-%06d-%s", first(number), index, attempt);
  }

  /** With what the ids of the change's records begin, all of the same length. */
  private static String first(long number) {
    return String.format("%012d", number);
  }

  /**
   * The entries ({@code kind/id}) that were changed after that number, up to and with the other; null where records do not say it: there are more than so many, or not of all numbers. A number
   * is given once, in the transaction that writes its records, if it has some; so those of all numbers name all that was changed.
   */
  Future<Set<String>> named(Context context, ClientSession session, long after, long upTo, int most) {
    return Mongo.all(context, control.db().getCollection(COLLECTION).withReadConcern(ReadConcern.MAJORITY).find(session, and(gte("_id", first(after + 1)), lt("_id", first(upTo + 1))))
      .projection(Projections.include("kind", "id")).limit(most + 1)).map(records -> {
        Set<String> numbers = new HashSet<>();
        Set<String> named = new HashSet<>();
        for (Document record : records) {
          numbers.add(record.getString("_id").substring(0, first(upTo).length()));
          named.add(record.getString("kind") + "/" + record.getString("id"));
        }
        return records.size() <= most && numbers.size() == upTo - after ? named : null;
      });
  }

  private Document record(String id, Directory.Picture seen, Change change) {
    return new Document("_id", id).append("account", change.account()).append("kind", change.kind()).append("id", change.id())
      .append("version", change.after() == null ? 0L : seen.next(change.kind(), change.id())).append("by", new Document("account", change.by().account()).append("key", change.by().key()))
      .append("at", new Date(control.clock().getAsLong())).append("before", told(change.before())).append("after", told(change.after()));
  }

  private static Document told(JsonObject body) {
    if (body == null) return null;
    return withoutSecrets(Document.parse(body.encode()));
  }

  /** At any depth. */
  private static Document withoutSecrets(Document told) {
    told.keySet().removeAll(SECRET);
    for (Object value : told.values()) if (value instanceof Document inner) withoutSecrets(inner);
    return told;
  }

  private static void write(UnitOfWork work, Directory.Picture seen, Change change) {
    String id = change.kind() + "/" + change.id();
    Bson same = and(eq("_id", id), eq("version", change.version()));
    if (change.version() == 0) work.insert(Directory.COLLECTION, raw(new Document("_id", id).append("kind", change.kind()).append("id", change.id())
      .append("version", seen.next(change.kind(), change.id())).append("body", Document.parse(change.after().encode()))));
    else if (change.after() == null) work.delete(Directory.COLLECTION, same, 1);
    else work.update(Directory.COLLECTION, same, Updates.combine(Updates.set("body", Document.parse(change.after().encode())), Updates.inc("version", 1)));
  }

  private static RawBsonDocument raw(Document document) {
    return new RawBsonDocument(document, DOCUMENTS);
  }

  /** Whether a unit of work failed for what somebody else has written. */
  private static boolean isConflict(Throwable failure) {
    return failure instanceof UnitOfWork.Fenced
      || failure instanceof MongoBulkWriteException e && e.getWriteErrors().stream().anyMatch(w -> w.getCategory() == ErrorCategory.DUPLICATE_KEY);
  }

  /** A commit slot takes a known id on a later try for its own commit; the record says whose it was. */
  private Future<Boolean> isStored(Context context, String id) {
    return Mongo.first(context, control.db().getCollection(COLLECTION).withReadConcern(ReadConcern.MAJORITY).find(eq("_id", id))).map(found -> found != null);
  }

  /** @param isAll whether none is left behind them */
  public record Listed(List<Record> records, boolean isAll) { }

  /** The newest first, those before that record (null = all): so many at most, and one, or what comes to {@value #LISTED_BYTES} bytes in the store. */
  public Future<Listed> list(Context context, String account, String before, int most) {
    Bson of = before == null ? eq("account", account) : and(eq("account", account), lt("_id", before));
    MongoCollection<Document> changes = control.db().getCollection(COLLECTION);
    return Mongo.all(context, changes.aggregate(List.of(Aggregates.match(of), Aggregates.sort(Sorts.descending("_id")), Aggregates.limit(most + 1),
      Aggregates.project(new Document("size", new Document("$bsonSize", "$$ROOT")))))).compose(sizes -> {
        List<String> ids = fitting(sizes, most);
        return Mongo.all(context, changes.find(in("_id", ids)).sort(Sorts.descending("_id")))
          .map(found -> new Listed(found.stream().map(Changes::record).toList(), ids.size() == sizes.size()));
      });
  }

  private static List<String> fitting(List<Document> sizes, int most) {
    List<String> ids = new ArrayList<>();
    long bytes = 0;
    for (Document one : sizes) {
      bytes += one.get("size", Number.class).longValue();
      if (ids.size() == most || !ids.isEmpty() && bytes > LISTED_BYTES) break;
      ids.add(one.getString("_id"));
    }
    return ids;
  }

  private static Record record(Document d) {
    Document by = d.get("by", Document.class);
    Change change = new Change(d.getString("kind"), d.getString("id"), 0, json(d, "before"), json(d, "after"), d.getString("account"), new Change.By(by.getString("account"), by.getString("key")));
    return new Record(d.getString("_id"), change, d.getLong("version"), d.getDate("at").getTime());
  }

  private static JsonObject json(Document d, String field) {
    Document body = d.get(field, Document.class);
    return body == null ? null : new JsonObject(body.toJson());
  }
}
