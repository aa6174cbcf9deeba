package io.godwit.billing;

import static com.mongodb.client.model.Filters.eq;

import com.mongodb.client.model.Aggregates;
import io.godwit.queue.Slot;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.godwit.store.Sets;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.bson.Document;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A slot's allotment keeps an amount and a mark of every account that it ever served: when it has become large the slot goes on with a new one, and leaves the old one.
 *
 * <p>No mark is taken from an allotment that is open: whoever slept in the middle of a draw would apply it again. The old one is closed instead, which is for ever, so that a draw
 * turns round that has not arrived, and it keeps its marks until {@link OldAllotments} forgets it. Each write stands for itself: who dies before the old one is closed leaves two
 * open allotments of a dead incarnation, who dies after that a closed one, and {@link Treasury} empties both kinds; the step under way is the old one's and ends before. Confined
 * to the purse's context.
 */
final class Renewal {
  /** A quarter of what a document may hold, bytes: the amounts and marks of some 90,000 accounts. */
  static final int LARGE = 4 << 20;
  /** So many accounts come, or come again, between two looks: they add half a megabyte at most. */
  static final int LOOK_AFTER = 4_000;
  private static final Logger log = LoggerFactory.getLogger(Renewal.class);
  private static final String NUMBER = "+";

  private final Context context;
  private final Sets sets;
  private final MongoSet set;
  private final Slot slot;
  /** Allotments that were left and are not known to be closed. */
  private final Set<String> left = new LinkedHashSet<>();
  private int come;
  private int number;
  /** It exists; null while the present one is not large. */
  private String next;

  Renewal(Context context, Sets sets, MongoSet set, Slot slot) {
    this.context = context;
    this.sets = sets;
    this.set = set;
    this.slot = slot;
  }

  /** Of an account that comes into the allotment. */
  Pocket pocket() {
    come++;
    return new Pocket();
  }

  /** Not with an allotment of an earlier life. */
  boolean isDue() {
    return next != null && next.startsWith(first() + NUMBER);
  }

  private String first() {
    return slot.allotment().split("\\" + NUMBER)[0];
  }

  /** The allotment with which the slot goes on from now on; not asked of the slot, which may begin a new life at any moment. */
  String goOn(String old) {
    String name = next;
    next = null;
    slot.changeAllotment(name);
    left.add(old);
    log.info("allotment {} in {} has become large: the slot goes on with {}", old, set, name);
    return name;
  }

  /** Closes what was left, and creates the next allotment when the present one is large. */
  Future<Void> prepare() {
    return closeLeft().compose(v -> come < LOOK_AFTER || isDue() ? Future.succeededFuture() : look());
  }

  private Future<Void> look() {
    String present = slot.allotment();
    String after = first() + NUMBER + (number + 1);
    int seen = come;
    return Mongo.first(context, Allotments.in(set).aggregate(List.of(Aggregates.match(eq("_id", present)), Aggregates.project(new Document("bytes", new Document("$bsonSize", "$$ROOT"))))))
      .compose(size -> size == null || size.getInteger("bytes") < LARGE ? Future.succeededFuture() : Allotments.open(context, set, after).onSuccess(v -> {
        number++;
        next = after;
      })).onSuccess(v -> come -= seen);
  }

  /** It is closed, and what is in it goes home; so is the next one, if there is one already. */
  Future<Void> leave(String allotment) {
    left.add(allotment);
    if (isDue()) left.add(next);
    return closeLeft();
  }

  private Future<Void> closeLeft() {
    Future<Void> done = Future.succeededFuture();
    for (String one : List.copyOf(left)) {
      done = done.compose(v -> Allotments.close(context, set, one)).onSuccess(v -> left.remove(one)).compose(v -> Drain.of(context, sets, set, one));
    }
    return done;
  }
}
