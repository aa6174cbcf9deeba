package io.godwit.events;

import com.mongodb.ReadConcern;
import com.mongodb.client.model.Filters;
import com.mongodb.reactivestreams.client.FindPublisher;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import io.godwit.message.Event;
import io.godwit.message.Limits;
import io.godwit.message.MessageId;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the events of messages back: from the day of the id forward, one index probe a live day. Days that are archived are read from their
 * files where these are at hand, else from the copies of what still waits.
 */
public final class Trail {
  /** Main chain in order of {@code n}; side events where their time puts them. */
  private static final Comparator<Event> ORDER = Comparator.comparingLong(Event::at).thenComparingInt(Event::n);

  /** So many probes cost less than to ask which days there are. */
  private static final int FEW_DAYS = 5;
  /** Ids of one probe: mongod compares each with every event of a page that has one of them. */
  private static final int PROBE_IDS = 16;
  /** Side events come within days of the end: replies, late receipts. */
  private static final int DAYS_AFTER_END = 4;

  private static final Logger log = LoggerFactory.getLogger(Trail.class);

  private Trail() {
  }

  /** The events of the message in order; empty when the set knows no such message. */
  public static Future<List<Event>> of(Context context, MongoSet set, String id) {
    return of(context, set, null, id);
  }

  /** @param folder where archived days are; null when that is not known here */
  public static Future<List<Event>> of(Context context, MongoSet set, ArchiveFolder folder, String id) {
    return documents(context, set, folder, id).map(found -> inOrder(found.stream().map(Event::read).toList()));
  }

  /**
   * The same for many messages at once, by id, as a majority of the set knows them: nothing of it will be undone. What the set does not
   * know is absent.
   */
  public static Future<Map<String, List<Event>>> of(Context context, MongoSet set, Collection<String> ids) {
    MongoDatabase db = set.db().withReadConcern(ReadConcern.MAJORITY);
    List<String> byTime = ids.stream().sorted().toList();
    List<Future<List<Document>>> found = new ArrayList<>();
    for (int from = 0; from < byTime.size(); from += PROBE_IDS) {
      found.add(documents(context, set, db, null, byTime.subList(from, Math.min(byTime.size(), from + PROBE_IDS))));
    }
    return Future.all(found).map(all -> {
      Map<String, List<Event>> trails = found.stream().flatMap(some -> some.result().stream()).map(Event::read).collect(Collectors.groupingBy(Event::id));
      trails.replaceAll((id, events) -> inOrder(events));
      return trails;
    });
  }

  /** The account of a batch; null when no live day knows the batch. */
  public static Future<String> accountOfBatch(Context context, MongoSet set, String batch) {
    List<Future<Document>> pages = pagesOfBatch(set, batch).map(some -> Mongo.first(context, some.projection(new Document("e", ofBatch(batch))).limit(1))).toList();
    return Future.all(pages).map(all -> pages.stream().map(Future::result).filter(Objects::nonNull).findFirst()
      .map(page -> MessageState.of(List.of(Event.read(page.getList("e", Document.class).get(0)))).message().account()).orElse(null));
  }

  /** The ids of a batch's messages, in order; none when no live day knows the batch. */
  public static Future<List<String>> idsOfBatch(Context context, MongoSet set, String batch) {
    Document ids = new Document("$map", new Document("input", ofBatch(batch)).append("in", "$$this.id"));
    List<Future<List<Document>>> pages = pagesOfBatch(set, batch).map(some -> Mongo.all(context, some.projection(new Document("e", ids)))).toList();
    return Future.all(pages).map(all -> pages.stream().flatMap(some -> some.result().stream()).flatMap(page -> page.getList("e", String.class).stream()).distinct().sorted().toList());
  }

  /** One query a day. */
  private static Stream<FindPublisher<Document>> pagesOfBatch(MongoSet set, String batch) {
    long made = MessageId.millis(batch);
    Bson theirs = Filters.and(Filters.elemMatch("k", new Document("$gte", made).append("$lt", made + Limits.BATCH_SPREAD)), Filters.eq("e.o.batch", batch));
    return Stream.of(made, made + Limits.BATCH_SPREAD).map(EventStream::day).distinct().map(day -> set.db().getCollection(EventStream.collection(day)).find(theirs));
  }

  /** The batch's events of a page: of each message the first. */
  private static Document ofBatch(String batch) {
    return new Document("$filter", new Document("input", "$e").append("cond", new Document("$eq", List.of("$$this.o.batch", batch))));
  }

  /** The same as plain documents, as they stand in the pages. */
  public static Future<List<Document>> documents(Context context, MongoSet set, ArchiveFolder folder, String id) {
    return documents(context, set, set.db(), folder, List.of(id));
  }

  private static Future<List<Document>> documents(Context context, MongoSet set, MongoDatabase db, ArchiveFolder folder, Collection<String> ids) {
    LocalDate first = EventStream.day(ids.stream().mapToLong(MessageId::millis).min().getAsLong()).minusDays(1);
    boolean allLive = !first.isBefore(EventStream.day(set.clock().getAsLong()).minusDays(Archive.LEAST_LIVE_DAYS));
    if (allLive) return live(context, set, db, first, ids);
    return new ArchivedDays(context, set).names(EventStream.collection(first)).compose(archived -> {
      if (archived.isEmpty()) return live(context, set, db, first, ids);
      LocalDate then = EventStream.day(EventStream.begins(archived.get(archived.size() - 1))).plusDays(1);
      return archived(context, set, folder, archived, ids, List.of())
        .compose(old -> live(context, set, db, then, ids).map(live -> Stream.concat(old.stream(), live.stream()).toList()));
    });
  }

  private static Future<List<Document>> live(Context context, MongoSet set, MongoDatabase db, LocalDate first, Collection<String> ids) {
    return days(context, set, first).compose(live -> {
      List<Future<List<Document>>> found = live.stream().map(day -> ofDay(context, db.getCollection(day), ids)).toList();
      return Future.all(found).map(all -> found.stream().flatMap(d -> d.result().stream()).toList());
    });
  }

  /** Day by day, until the messages have ended and their side events have come. */
  private static Future<List<Document>> archived(Context context, MongoSet set, ArchiveFolder folder, List<String> days, Collection<String> ids, List<Document> sofar) {
    if (days.isEmpty() || folder != null && isOver(sofar, ids, EventStream.begins(days.get(0)))) return Future.succeededFuture(sofar);
    Bson ofDay = Filters.in("of", folder == null ? days : days.subList(0, 1));
    MongoCollection<Document> carried = set.db().getCollection(Carried.COLLECTION);
    Future<List<Document>> found = folder == null ? ofDay(context, carried, ids, ofDay) : folder.events(set.index(), days.get(0), ids).recover(e -> {
      log.warn("{}: {} is archived, and its files cannot be read here: {}", set, days.get(0), e.toString());
      return ofDay(context, carried, ids, ofDay);
    });
    return found.compose(some -> archived(context, set, folder, folder == null ? List.of() : days.subList(1, days.size()), ids, Stream.concat(sofar.stream(), some.stream()).toList()));
  }

  private static boolean isOver(List<Document> events, Collection<String> ids, long day) {
    long before = day - DAYS_AFTER_END * 86_400_000L;
    return events.stream().filter(e -> e.getDate("at").getTime() < before && isFinal(e)).map(e -> e.getString("id")).distinct().count() == Set.copyOf(ids).size();
  }

  /** What a later release has brought is none. */
  private static boolean isFinal(Document event) {
    try {
      return Event.read(new Document(event)).isFinal();
    } catch (RuntimeException e) {
      return false;
    }
  }

  /** The days' collections from the first day on: those that exist, when that may be fewer than there were days. */
  private static Future<List<String>> days(Context context, MongoSet set, LocalDate first) {
    LocalDate last = EventStream.day(set.clock().getAsLong()).plusDays(1);
    if (first.isAfter(last)) return Future.succeededFuture(List.of());
    if (first.plusDays(FEW_DAYS).isAfter(last)) return Future.succeededFuture(first.datesUntil(last.plusDays(1)).map(EventStream::collection).toList());
    String oldest = EventStream.collection(first);
    return Mongo.all(context, set.db().listCollectionNames())
      .map(names -> names.stream().filter(name -> name.startsWith(EventStream.PREFIX) && name.compareTo(oldest) >= 0).toList());
  }

  private static Future<List<Document>> ofDay(Context context, MongoCollection<Document> day, Collection<String> ids) {
    return ofDay(context, day, ids, Filters.empty());
  }

  private static Future<List<Document>> ofDay(Context context, MongoCollection<Document> day, Collection<String> ids, Bson which) {
    Set<Long> millis = ids.stream().map(MessageId::millis).collect(Collectors.toSet());
    Document theirs = new Document("$filter", new Document("input", "$e").append("cond", new Document("$in", List.of("$$this.id", ids))));
    var pages = day.find(Filters.and(Filters.in("k", millis), Filters.in("e.id", ids), which)).projection(new Document("e", theirs));
    return Mongo.all(context, pages).map(found -> found.stream().flatMap(page -> page.getList("e", Document.class).stream()).toList());
  }

  /** Main chain by {@code n}, side events where their time puts them. */
  public static List<Event> inOrder(List<Event> events) {
    List<Event> main = new ArrayList<>(events.stream().filter(e -> e.n() > 0).sorted(Comparator.comparingInt(Event::n)).toList());
    for (Event side : events.stream().filter(e -> e.n() == 0).sorted(ORDER).toList()) {
      int place = 0;
      while (place < main.size() && main.get(place).at() <= side.at()) place++;
      main.add(place, side);
    }
    return main;
  }
}
