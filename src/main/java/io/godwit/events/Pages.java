package io.godwit.events;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Indexes;
import io.godwit.message.Event;
import io.godwit.message.MessageId;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.godwit.store.Snapshot;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.bson.Document;
import org.bson.conversions.Bson;

/** All events of one set, from the pages of all its live days, by when their messages were accepted. */
public final class Pages {
  private final List<String> days;

  private Pages(List<String> days) {
    this.days = days;
  }

  public static Future<Pages> open(Context context, MongoSet set) {
    return Mongo.all(context, set.db().listCollectionNames())
      .map(names -> new Pages(names.stream().filter(name -> name.startsWith(EventStream.PREFIX)).sorted().toList()));
  }

  /**
   * The first millisecond in which a message was accepted that has an event here.
   *
   * @param from the first that is of interest
   * @return {@link Long#MAX_VALUE} when there is none
   */
  public Future<Long> next(Snapshot snapshot, long from) {
    List<Future<Document>> firsts = days.stream().map(day -> snapshot.first(day, Filters.gte("k", from), Indexes.ascending("k"))).toList();
    return Future.all(firsts).map(all -> firsts.stream().map(Future::result).filter(Objects::nonNull)
      .flatMap(page -> page.getList("k", Long.class).stream()).filter(k -> k >= from).min(Long::compare).orElse(Long.MAX_VALUE));
  }

  /** Visits every event of the messages that were accepted in [from, to), in no particular order. */
  public Future<Void> each(Snapshot snapshot, long from, long to, Consumer<Event> visitor) {
    Bson some = Filters.elemMatch("k", new Document("$gte", from).append("$lt", to));
    List<Future<Void>> visits = new ArrayList<>();
    for (String day : days) visits.add(snapshot.each(day, some, page -> visit(page, from, to, visitor)));
    return Future.all(visits).mapEmpty();
  }

  private static void visit(Document page, long from, long to, Consumer<Event> visitor) {
    for (Document event : page.getList("e", Document.class)) {
      long accepted = MessageId.millis(event.getString("id"));
      if (accepted >= from && accepted < to) visitor.accept(Event.read(event));
    }
  }
}
