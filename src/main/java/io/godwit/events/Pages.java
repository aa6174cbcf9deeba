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
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.bson.Document;
import org.bson.conversions.Bson;

/** All events of one set, from the pages of all its live days, by when their messages were accepted. */
public final class Pages {
  private static final long DAY_MS = 86_400_000L;

  private final List<String> days;
  private final boolean archives;
  private final String archived;

  /** @param archived the last archived day; null when there is none */
  private Pages(List<String> days, boolean archives, String archived) {
    this.days = days;
    this.archives = archives;
    this.archived = archived;
  }

  public static Future<Pages> open(Context context, MongoSet set) {
    return Mongo.all(context, set.db().listCollectionNames()).compose(names -> {
      List<String> days = names.stream().filter(name -> name.startsWith(EventStream.PREFIX)).sorted().toList();
      return new ArchivedDays(context, set).last().map(last -> new Pages(days, names.contains(ArchivedDays.COLLECTION), last));
    });
  }

  /** The same as of that moment: which days are archived by then. */
  public Future<Pages> at(Snapshot snapshot) {
    if (!archives || days.isEmpty()) return Future.succeededFuture(this);
    Set<String> gone = new HashSet<>();
    return snapshot.each(ArchivedDays.COLLECTION, Filters.gte("_id", days.get(0)), day -> gone.add(day.getString("_id"))).map(v -> {
      String last = gone.stream().max(String::compareTo).orElse(archived);
      return new Pages(days.stream().filter(day -> !gone.contains(day)).toList(), true, last);
    });
  }

  /** Events that were written before are in the archive, and here only as copies; milliseconds since 1970, 0 when nothing is archived. */
  public long archivedBefore() {
    return archived == null ? 0 : EventStream.begins(archived) + DAY_MS;
  }

  /**
   * The first millisecond in which a message was accepted that has an event here.
   *
   * @param from the first that is of interest
   * @return {@link Long#MAX_VALUE} when there is none
   */
  public Future<Long> next(Snapshot snapshot, long from) {
    List<String> all = new ArrayList<>(days);
    if (archived != null) all.add(Carried.COLLECTION);
    List<Future<Document>> firsts = all.stream().map(day -> snapshot.first(day, Filters.gte("k", from), Indexes.ascending("k"))).toList();
    return Future.all(firsts).map(v -> firsts.stream().map(Future::result).filter(Objects::nonNull)
      .flatMap(page -> page.getList("k", Long.class).stream()).filter(k -> k >= from).min(Long::compare).orElse(Long.MAX_VALUE));
  }

  /** Visits every live event of the messages that were accepted in [from, to), in no particular order. */
  public Future<Void> each(Snapshot snapshot, long from, long to, Consumer<Event> visitor) {
    List<Future<Void>> visits = new ArrayList<>();
    for (String day : days) visits.add(snapshot.each(day, accepted(from, to), page -> visit(page, from, to, visitor)));
    return Future.all(visits).mapEmpty();
  }

  /** The same for the copies of archived events: all of a message that waits, perhaps some of others. */
  public Future<Void> eachCopy(Snapshot snapshot, long from, long to, Consumer<Event> visitor) {
    if (archived == null) return Future.succeededFuture();
    return snapshot.each(Carried.COLLECTION, Filters.and(accepted(from, to), Filters.lte("of", archived)), page -> visit(page, from, to, visitor));
  }

  private static Bson accepted(long from, long to) {
    return Filters.elemMatch("k", new Document("$gte", from).append("$lt", to));
  }

  private static void visit(Document page, long from, long to, Consumer<Event> visitor) {
    for (Document event : page.getList("e", Document.class)) {
      long accepted = MessageId.millis(event.getString("id"));
      if (accepted >= from && accepted < to) visitor.accept(Event.read(event));
    }
  }
}
