package io.godwit.events;

import com.mongodb.client.model.Indexes;
import io.godwit.message.Event;
import io.godwit.message.Limits;
import io.godwit.message.MessageId;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.godwit.store.UnitOfWork;
import io.vertx.core.Future;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.bson.BsonTimestamp;
import org.bson.BsonWriter;
import org.bson.RawBsonDocument;

/**
 * The append-only stream of one set's events: many events are written as one document, a page
 * {@code {_id, ts, at, by, k: […], e: […]}}, into the collection of the UTC day of writing. {@code ts} is filled by mongod when
 * the page is inserted; {@code k} holds the distinct milliseconds of the ids in the page, which is what a look-up matches
 * first. A page never changes. The projection lists pages from the index {@code ts, _id} alone, without touching them.
 */
public final class EventStream {
  static final String PREFIX = "events_";
  private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("'" + PREFIX + "'yyyyMMdd").withZone(ZoneOffset.UTC);
  private static final BsonTimestamp FILLED_BY_MONGOD = new BsonTimestamp(0);

  private final MongoSet set;
  private final RecentPages recent;

  public EventStream(MongoSet set) {
    this.set = set;
    this.recent = RecentPages.of(set);
  }

  /** The name of the collection that takes the events written on that day. */
  public static String collection(LocalDate day) {
    return DAY.format(day.atStartOfDay(ZoneOffset.UTC));
  }

  /** When the day of that collection begins, milliseconds since 1970. */
  static long begins(String collection) {
    return LocalDate.parse(collection, DAY).atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
  }

  /** The UTC day of a moment, milliseconds since 1970. */
  public static LocalDate day(long millis) {
    return LocalDate.ofInstant(Instant.ofEpochMilli(millis), ZoneOffset.UTC);
  }

  /** Creates today's collection and those of the next two days with their indexes, and what the archive needs: never inside a unit of work. */
  public Future<Void> prepareDays() {
    LocalDate today = day(set.clock().getAsLong());
    Future<Void> done = set.ensureCollection(ArchivedDays.COLLECTION).compose(v -> new Carried(set.here(), set).prepare());
    for (int ahead = 0; ahead <= 2; ahead++) {
      String name = collection(today.plusDays(ahead));
      done = done.compose(v -> prepare(name));
    }
    return done;
  }

  private Future<Void> prepare(String name) {
    return set.ensureCollection(name)
      .compose(v -> Mongo.first(set.here(), set.db().getCollection(name).createIndex(Indexes.ascending("k"))))
      .compose(v -> Mongo.first(set.here(), set.db().getCollection(name).createIndex(Indexes.ascending("ts", "_id"))))
      .mapEmpty();
  }

  /** Adds the events to the unit of work, in pages whose ids stay the same on every attempt. */
  public void append(UnitOfWork work, List<Event> events) {
    long now = set.clock().getAsLong();
    String collection = collection(day(now));
    for (int from = 0; from < events.size(); from += Limits.PAGE_EVENTS) {
      work.insert(collection, page(now, events.subList(from, Math.min(events.size(), from + Limits.PAGE_EVENTS))));
    }
  }

  private RawBsonDocument page(long now, List<Event> events) {
    String id = set.incarnation().ids().next();
    recent.add(id, events, System.nanoTime());
    return Mongo.encode(256 * events.size() + 128, writer -> {
      writer.writeString("_id", id);
      writer.writeInt32("v", 1);
      writer.writeTimestamp("ts", FILLED_BY_MONGOD);
      writer.writeDateTime("at", now);
      writer.writeInt32("by", set.incarnation().number());
      writeKeys(writer, events);
      writer.writeStartArray("e");
      for (Event event : events) event.write(writer);
      writer.writeEndArray();
    });
  }

  private static void writeKeys(BsonWriter writer, List<Event> events) {
    writer.writeStartArray("k");
    events.stream().mapToLong(e -> MessageId.millis(e.id())).distinct().forEach(writer::writeInt64);
    writer.writeEndArray();
  }
}
