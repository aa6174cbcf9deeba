package io.godwit.events;

import com.mongodb.client.model.Filters;
import io.godwit.message.Event;
import io.godwit.message.MessageId;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.bson.Document;

/** Reads the events of one message back: from the day of its id forward, one index probe a live day. */
public final class Trail {
  /** Main chain in order of {@code n}; side events where their time puts them. */
  private static final Comparator<Event> ORDER = Comparator.comparingLong(Event::at).thenComparingInt(Event::n);

  private static final int FEW_DAYS = 7;

  private Trail() {
  }

  /** The events of the message in order; empty when the set knows no such message. */
  public static Future<List<Event>> of(Context context, MongoSet set, String id) {
    return documents(context, set, id).map(found -> inOrder(found.stream().map(Event::read).toList()));
  }

  /** The same as plain documents, as they stand in the pages. */
  public static Future<List<Document>> documents(Context context, MongoSet set, String id) {
    long millis = MessageId.millis(id);
    LocalDate first = EventStream.day(millis).minusDays(1);
    LocalDate last = EventStream.day(set.clock().getAsLong()).plusDays(1);
    return live(context, set, first, last).compose(names -> {
      List<Future<List<Document>>> days = names.stream().map(name -> ofDay(context, set, name, millis, id)).toList();
      return Future.all(days).map(all -> days.stream().flatMap(d -> d.result().stream()).toList());
    });
  }

  /** The collections from one day to another: as many as there are days when those are few, else those that exist, since an id may claim to be years old. */
  private static Future<List<String>> live(Context context, MongoSet set, LocalDate first, LocalDate last) {
    if (first.isAfter(last)) return Future.succeededFuture(List.of());
    if (last.isBefore(first.plusDays(FEW_DAYS))) {
      return Future.succeededFuture(first.datesUntil(last.plusDays(1)).map(EventStream::collection).toList());
    }
    String from = EventStream.collection(first);
    String to = EventStream.collection(last);
    return Mongo.all(context, set.db().listCollectionNames().filter(Filters.and(Filters.gte("name", from), Filters.lte("name", to))));
  }

  private static Future<List<Document>> ofDay(Context context, MongoSet set, String day, long millis, String id) {
    var pages = set.db().getCollection(day)
      .find(Filters.and(Filters.eq("k", millis), Filters.eq("e.id", id))).projection(new Document("e", 1));
    return Mongo.all(context, pages).map(found -> found.stream()
      .flatMap(page -> page.getList("e", Document.class).stream()).filter(e -> id.equals(e.getString("id"))).toList());
  }

  static List<Event> inOrder(List<Event> events) {
    List<Event> main = new ArrayList<>(events.stream().filter(e -> e.n() > 0).sorted(Comparator.comparingInt(Event::n)).toList());
    for (Event side : events.stream().filter(e -> e.n() == 0).sorted(ORDER).toList()) {
      int place = 0;
      while (place < main.size() && main.get(place).at() <= side.at()) place++;
      main.add(place, side);
    }
    return main;
  }
}
