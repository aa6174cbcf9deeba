package io.godwit.reporting;

import com.mongodb.ReadConcern;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.Sorts;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.godwit.events.RecentPages;
import io.godwit.message.Event;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.bson.BsonTimestamp;
import org.bson.RawBsonDocument;

/**
 * Reads one set's pages as a majority has them. A look lists where pages are, from the index alone; only those that are not applied
 * are then fetched. A page is in the collection of the day by its writer's clock, while {@code ts} is by mongod's: they are taken
 * to be less than a day apart.
 */
final class PageReader {
  private static final String DAY_COLLECTION = "events_\\d{8}";
  private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("'events_'yyyyMMdd");
  private static final long DAY_SECONDS = 86_400;

  private final MongoSet set;
  private final RecentPages recent;
  private final Context context;

  PageReader(MongoSet set, Context context) {
    this.set = set;
    this.recent = RecentPages.of(set);
    this.context = context;
  }

  /** Looks at all pages from that {@code ts} on, until it has met at least {@code most} that are not applied. */
  Future<PageRef.Look> look(long from, Set<String> applied, int most) {
    return Mongo.all(context, set.db().listCollectionNames())
      .map(names -> names.stream().filter(n -> n.matches(DAY_COLLECTION) && begins(n) >= (from >>> 32) - 2 * DAY_SECONDS).sorted().toList())
      .compose(days -> look(days, from, applied, most, new Found()));
  }

  /** What the days looked at so far hold, up to the {@code ts} at which the first of them was cut off. */
  private static final class Found {
    final List<PageRef> pages = new ArrayList<>();
    long horizon = Long.MAX_VALUE;
  }

  private Future<PageRef.Look> look(List<String> days, long from, Set<String> applied, int most, Found found) {
    if (days.isEmpty() || begins(days.get(0)) - DAY_SECONDS > found.horizon >>> 32) return Future.succeededFuture(result(found, from, applied));
    int limit = applied.size() + most;
    return list(days.get(0), from, limit).compose(pages -> {
      found.pages.addAll(pages);
      if (pages.size() == limit) found.horizon = Math.min(found.horizon, pages.get(limit - 1).ts());
      return look(days.subList(1, days.size()), from, applied, most, found);
    });
  }

  private static PageRef.Look result(Found found, long from, Set<String> applied) {
    List<PageRef> whole = found.pages.stream().filter(page -> page.ts() <= found.horizon).toList();
    List<PageRef> fresh = whole.stream().filter(page -> !applied.contains(page.id())).sorted(Comparator.comparingLong(PageRef::ts)).toList();
    long highest = whole.stream().mapToLong(PageRef::ts).max().orElse(from);
    return new PageRef.Look(fresh, highest, found.horizon != Long.MAX_VALUE);
  }

  private Future<List<PageRef>> list(String day, long from, int limit) {
    return Mongo.all(context, pages(day).find(Filters.gte("ts", new BsonTimestamp(from)))
        .projection(Projections.include("_id", "ts")).sort(Sorts.ascending("ts")).limit(limit))
      .map(found -> found.stream().map(d -> new PageRef(day, d.getString("_id").getValue(), d.getTimestamp("ts").getValue())).toList());
  }

  /**
   * What pages hold.
   *
   * @param recent of those that this process wrote itself a moment ago, the events
   * @param stored the others, as mongod sent them, in no order
   */
  record Fetched(List<List<Event>> recent, List<RawBsonDocument> stored) { }

  /** Fails when one of them is not there. */
  Future<Fetched> fetch(List<PageRef> refs) {
    List<List<Event>> own = new ArrayList<>();
    List<PageRef> others = new ArrayList<>();
    long now = System.nanoTime();
    for (PageRef ref : refs) {
      List<Event> events = recent.take(ref.id(), now);
      if (events == null) others.add(ref);
      else own.add(events);
    }
    return read(others).map(stored -> new Fetched(own, stored));
  }

  private Future<List<RawBsonDocument>> read(List<PageRef> refs) {
    Map<String, List<PageRef>> byDay = refs.stream().collect(Collectors.groupingBy(PageRef::collection));
    List<Future<List<RawBsonDocument>>> reads = byDay.entrySet().stream()
      .map(day -> Mongo.all(context, pages(day.getKey()).find(Filters.in("_id", day.getValue().stream().map(PageRef::id).toList())))).toList();
    return Future.all(reads).compose(done -> {
      List<RawBsonDocument> found = reads.stream().flatMap(read -> read.result().stream()).toList();
      return found.size() == refs.size() ? Future.succeededFuture(found) : Future.failedFuture(
        new IllegalStateException(set + ": of " + refs.size() + " pages in " + byDay.keySet() + " only " + found.size() + " could be read"));
    });
  }

  private MongoCollection<RawBsonDocument> pages(String day) {
    return set.db().getCollection(day, RawBsonDocument.class).withReadConcern(ReadConcern.MAJORITY);
  }

  /** When the day begins, in seconds since 1970. */
  private static long begins(String day) {
    return LocalDate.parse(day, DAY).atStartOfDay(ZoneOffset.UTC).toEpochSecond();
  }
}
