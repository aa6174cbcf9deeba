package io.godwit.events;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Filters.lte;
import static com.mongodb.client.model.Filters.or;

import com.mongodb.MongoExecutionTimeoutException;
import com.mongodb.client.model.Indexes;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.bson.Document;
import org.bson.conversions.Bson;

/**
 * What carriers have taken over links, by the pages of the live days, the newest first. No index knows the names that carriers give: an index entry a message
 * would cost every message, and almost nobody asks. So the pages are read, for as long as there is time.
 */
public final class Sendings {
  private static final int PAGES = 256;
  /** What names messages: the latter those that were not sent as a whole, or not known to be. */
  private static final List<String> TYPES = List.of("SENT", "TAKEN");
  private static final Document SENT = new Document("$filter", new Document("input", "$e").append("cond", new Document("$in", List.of("$$this.type", TYPES))));
  private static final Document NAMES = new Document("$map", new Document("input", SENT)
    .append("in", new Document("id", "$$this.id").append("link", "$$this.link").append("carrierIds", "$$this.carrierIds")));

  private final Context context;
  private final MongoSet set;
  private final long deadline;
  private final Predicate<Sending> visitor;

  /**
   * One message that was sent, or of which a segment was.
   *
   * @param carrierIds as the carrier wrote them
   */
  public record Sending(String message, String link, List<String> carrierIds) { }

  private Sendings(Context context, MongoSet set, long millis, Predicate<Sending> visitor) {
    this.context = context;
    this.set = set;
    this.deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    this.visitor = visitor;
  }

  /**
   * Visits one after the other, the latest first, until the visitor has seen enough (false), all was read, or the time is over.
   *
   * @param millis how long the server may take for all of it
   */
  public static Future<Void> backwards(Context context, MongoSet set, long millis, Predicate<Sending> visitor) {
    Sendings sendings = new Sendings(context, set, millis, visitor);
    return Mongo.all(context, set.db().listCollectionNames())
      .map(names -> names.stream().filter(name -> name.startsWith(EventStream.PREFIX)).sorted(Comparator.reverseOrder()).toList())
      .compose(days -> sendings.read(days, null))
      .recover(failure -> failure instanceof MongoExecutionTimeoutException ? Future.succeededFuture() : Future.failedFuture(failure));
  }

  /** @param last the page behind which the first of these days is read; null from its end */
  private Future<Void> read(List<String> days, Document last) {
    long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
    if (days.isEmpty() || left <= 0) return Future.succeededFuture();
    Bson sent = in("e.type", TYPES);
    return Mongo.all(context, set.db().getCollection(days.get(0)).find(last == null ? sent : and(behind(last), sent)).sort(Indexes.descending("ts", "_id")).limit(PAGES)
        .projection(new Document("ts", 1).append("e", NAMES)).maxTime(left, TimeUnit.MILLISECONDS))
      .compose(pages -> {
        if (!visit(pages)) return Future.succeededFuture();
        boolean over = pages.size() < PAGES;
        return read(over ? days.subList(1, days.size()) : days, over ? null : pages.get(PAGES - 1));
      });
  }

  private static Bson behind(Document page) {
    return and(lte("ts", page.get("ts")), or(lt("ts", page.get("ts")), lt("_id", page.getString("_id"))));
  }

  private boolean visit(List<Document> pages) {
    for (Document page : pages) {
      for (Document sent : page.getList("e", Document.class)) {
        Sending sending = new Sending(sent.getString("id"), sent.getString("link"), sent.getList("carrierIds", String.class, List.of()));
        if (!visitor.test(sending)) return false;
      }
    }
    return true;
  }
}
