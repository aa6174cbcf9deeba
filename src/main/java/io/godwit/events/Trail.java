package io.godwit.events;

import com.mongodb.ReadConcern;
import com.mongodb.client.model.Filters;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import io.godwit.message.Event;
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
import java.util.Set;
import java.util.stream.Collectors;
import org.bson.Document;

/** Reads the events of messages back: from the day of the id forward, one index probe a live day. */
public final class Trail {
  /** Main chain in order of {@code n}; side events where their time puts them. */
  private static final Comparator<Event> ORDER = Comparator.comparingLong(Event::at).thenComparingInt(Event::n);

  /** So many probes cost less than to ask which days there are. */
  private static final int FEW_DAYS = 5;
  /** Ids of one probe: mongod compares each with every event of a page that has one of them. */
  private static final int PROBE_IDS = 16;

  private Trail() {
  }

  /** The events of the message in order; empty when the set knows no such message. */
  public static Future<List<Event>> of(Context context, MongoSet set, String id) {
    return documents(context, set, id).map(found -> inOrder(found.stream().map(Event::read).toList()));
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
      found.add(documents(context, set, db, byTime.subList(from, Math.min(byTime.size(), from + PROBE_IDS))));
    }
    return Future.all(found).map(all -> {
      Map<String, List<Event>> trails = found.stream().flatMap(some -> some.result().stream()).map(Event::read).collect(Collectors.groupingBy(Event::id));
      trails.replaceAll((id, events) -> inOrder(events));
      return trails;
    });
  }

  /** The same as plain documents, as they stand in the pages. */
  public static Future<List<Document>> documents(Context context, MongoSet set, String id) {
    return documents(context, set, set.db(), List.of(id));
  }

  private static Future<List<Document>> documents(Context context, MongoSet set, MongoDatabase db, Collection<String> ids) {
    long first = ids.stream().mapToLong(MessageId::millis).min().getAsLong();
    return days(context, set, EventStream.day(first).minusDays(1)).compose(live -> {
      List<Future<List<Document>>> found = live.stream().map(day -> ofDay(context, db.getCollection(day), ids)).toList();
      return Future.all(found).map(all -> found.stream().flatMap(d -> d.result().stream()).toList());
    });
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
    Set<Long> millis = ids.stream().map(MessageId::millis).collect(Collectors.toSet());
    Document theirs = new Document("$filter", new Document("input", "$e").append("cond", new Document("$in", List.of("$$this.id", ids))));
    var pages = day.find(Filters.and(Filters.in("k", millis), Filters.in("e.id", ids))).projection(new Document("e", theirs));
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
