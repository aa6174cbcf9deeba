package io.godwit.smppserver;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.exists;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lt;

import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.godwit.queue.Soon;
import io.godwit.store.Deadline;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many sessions each account has in the whole cluster: a document an account in the control set, {@code {_id: account, n, by: {HOLDER: {inc, n, t}}}},
 * where a holder is one instance of this door in one life of its process, {@code n} counts sessions and {@code t} those of them that may submit. What the
 * dead held is taken off by whoever looks. While the control set does not answer, binds are counted here only. Confined to its context.
 */
final class Binds {
  static final String COLLECTION = "smpp_binds";
  private static final Logger log = LoggerFactory.getLogger(Binds.class);
  private static final long ANSWER_WITHIN_MS = 2_000;
  private static final FindOneAndUpdateOptions AFTERWARDS = new FindOneAndUpdateOptions().returnDocument(ReturnDocument.AFTER);

  private final Context context;
  private final MongoSet control;
  private final String instance;
  private final Soon soon;
  /** What this instance holds, by account. */
  private final Map<String, Count> held = new HashMap<>();
  /** How many sessions that may submit all hold, by account, as it was last read or claimed. */
  private Map<String, Integer> everywhere = new HashMap<>();
  /** The comparison that is under way, and the one that was asked for meanwhile; else null. Neither fails. */
  private Future<Void> comparing;
  private Future<Void> next;

  /** Of one account. */
  private static final class Count {
    /** Sessions that are bound, or about to be. */
    int binds;
    /** Those of them that may submit. */
    int senders;
    /** Claims at the store, also those that are not waited for any more: it may count them already, or not yet. */
    int claims;
    /** Of the sessions, those that the store has refused and will be asked for once more, and those of them that may submit. */
    int refused;
    int refusedSenders;
    /** Whether it was changed since it was last compared. */
    boolean isChanged;
    /** Whether it was not compared since a claim was under way. */
    boolean isSkipped;

    boolean isNothing() {
      return binds <= 0 && claims == 0 && refused == 0;
    }

    /** What the store must know of while no claim is there. */
    int storedBinds() {
      return Math.max(0, binds - refused);
    }

    int storedSenders() {
      return Math.max(0, senders - refusedSenders);
    }

    void refuse(int by, boolean transmits) {
      refused += by;
      if (transmits) refusedSenders += by;
    }
  }

  /** @param instance unique in the process */
  Binds(Context context, MongoSet control, String instance) {
    this.context = context;
    this.control = control;
    this.instance = instance;
    this.soon = new Soon(context, this::refresh);
  }

  private MongoCollection<Document> counts() {
    return control.db().getCollection(COLLECTION);
  }

  /** Another one in each life of the process: the counts of the earlier are the dead's. */
  private String holder() {
    return control.incarnation().number() + "-" + instance;
  }

  /**
   * Takes one of the account's binds, if one is free.
   *
   * @param transmits whether the session may submit
   */
  Future<Boolean> take(String account, int most, boolean transmits) {
    if (here(account) >= most) return Future.succeededFuture(false);
    Count mine = change(account, 1, transmits);
    return Deadline.within(ANSWER_WITHIN_MS, claim(mine, account, most, transmits).compose(taken -> taken ? Future.succeededFuture(true) : again(mine, account, most, transmits)))
      .recover(failure -> {
        log.warn("binds of {} are counted on this node only: {}", account, failure.toString());
        return Future.succeededFuture(true);
      })
      .onSuccess(taken -> {
        if (!taken) change(account, -1, transmits);
      });
  }

  private Future<Boolean> claim(Count mine, String account, int most, boolean transmits) {
    String field = "by." + holder();
    Bson one = Updates.combine(Updates.inc("n", 1), Updates.inc(field + ".n", 1), Updates.inc(field + ".t", transmits ? 1 : 0), Updates.set(field + ".inc", control.incarnation().number()));
    mine.claims++;
    return Mongo.first(context, counts().updateOne(eq("_id", account), Updates.setOnInsert("n", 0), new UpdateOptions().upsert(true)))
      .compose(v -> Mongo.first(context, counts().findOneAndUpdate(and(eq("_id", account), lt("n", most)), one, AFTERWARDS)))
      .map(after -> {
        if (after != null) everywhere.put(account, senders(after));
        return after != null;
      })
      .andThen(ended -> {
        mine.claims--;
        if (mine.isSkipped) soon.ask();
      });
  }

  /** What stands there may be the dead's, or of sessions of ours that have just ended. */
  private Future<Boolean> again(Count mine, String account, int most, boolean transmits) {
    mine.refuse(1, transmits);
    return refresh().compose(v -> {
      mine.refuse(-1, transmits);
      return claim(mine, account, most, transmits);
    });
  }

  /** A session of the account has ended. The store hears of all that end together at once. */
  void release(String account, boolean transmits) {
    change(account, -1, transmits);
    soon.ask();
  }

  private Count change(String account, int by, boolean transmits) {
    Count mine = held.computeIfAbsent(account, a -> new Count());
    mine.binds += by;
    if (transmits) mine.senders += by;
    mine.isChanged = true;
    return mine;
  }

  int here(String account) {
    Count mine = held.get(account);
    return mine == null ? 0 : mine.binds;
  }

  /**
   * This instance's part of what belongs to the account's senders: those here of those everywhere. Without any here, what the first will have: never 0, since
   * that of a rate would be no limit at all.
   */
  double share(String account) {
    Count mine = held.get(account);
    int here = mine == null ? 1 : Math.max(1, mine.senders);
    return (double) here / Math.max(here, everywhere.getOrDefault(account, here));
  }

  // ---- what the store thinks

  /** Says what is held here, where the store thinks otherwise, and reads what others hold: all of this moment, one such comparison at a time. Never fails. */
  Future<Void> refresh() {
    if (comparing == null) return begin();
    if (next == null) {
      next = comparing.compose(v -> {
        next = null;
        return begin();
      });
    }
    return Deadline.within(ANSWER_WITHIN_MS, next).otherwiseEmpty();
  }

  private Future<Void> begin() {
    Promise<Void> over = Promise.promise();
    comparing = over.future();
    Future.<Void>succeededFuture().compose(v -> compare()).onComplete(done -> {
      if (done.failed() && !control.isClosed()) log.debug("binds are not compared with the store: {}", done.cause().toString());
      comparing = null;
      over.complete();
    });
    return Deadline.within(ANSWER_WITHIN_MS, over.future()).otherwiseEmpty();
  }

  private Future<Void> compare() {
    if (held.isEmpty()) return Future.succeededFuture();
    Set<String> accounts = Set.copyOf(held.keySet());
    held.values().forEach(mine -> mine.isChanged = false);
    return Mongo.all(context, counts().find(in("_id", accounts))).compose(found -> all(found.stream().map(this::correct).toList()))
      .compose(corrected -> {
        held.values().removeIf(mine -> mine.isNothing() && !mine.isChanged);
        return sweep(corrected);
      });
  }

  private static <T> Future<List<T>> all(List<Future<T>> futures) {
    return Future.all(futures).map(done -> futures.stream().map(Future::result).toList());
  }

  /**
   * What then stands there. Not while a claim is under way: whether it is in what was read is not known. Each correction is of what was read, and nothing else.
   */
  private Future<Document> correct(Document count) {
    String account = count.getString("_id");
    Count mine = held.get(account);
    if (mine == null) return Future.succeededFuture(count);
    mine.isSkipped = mine.claims > 0;
    if (mine.isSkipped) return Future.succeededFuture(count);
    Document stored = count.get("by", new Document()).get(holder(), Document.class);
    int n = stored == null ? 0 : stored.getInteger("n", 0);
    int binds = mine.storedBinds();
    int senders = mine.storedSenders();
    if (n == binds && (stored == null || stored.getInteger("t", 0) == senders)) return Future.succeededFuture(count);
    String field = "by." + holder();
    Bson change = binds == 0 ? Updates.unset(field) : Updates.set(field, new Document("inc", control.incarnation().number()).append("n", binds).append("t", senders));
    Bson same = and(eq("_id", account), stored == null ? exists(field, false) : eq(field, stored));
    return changed(count, same, Updates.combine(Updates.inc("n", binds - n), change));
  }

  /** What stands there afterwards; what was read where it is not the same any more. */
  private Future<Document> changed(Document before, Bson same, Bson change) {
    return Mongo.first(context, counts().findOneAndUpdate(same, change, AFTERWARDS))
      .map(after -> after == null ? before : after);
  }

  /** Takes off what holders hold whose processes are dead, and remembers the sums: not those that were read while a claim was under way, which knows better. */
  private Future<Void> sweep(List<Document> found) {
    return living(found).compose(living -> all(found.stream().map(count -> sweep(count, living)).toList())).map(swept -> {
      Map<String, Integer> sums = new HashMap<>(everywhere);
      for (Document count : swept) {
        Count mine = held.get(count.getString("_id"));
        if (mine != null && !mine.isSkipped) sums.put(count.getString("_id"), senders(count));
      }
      sums.keySet().retainAll(held.keySet());
      everywhere = sums;
      return null;
    });
  }

  /** Earlier releases count sessions only. */
  private static int senders(Document count) {
    return count.get("by", new Document()).values().stream().map(by -> (Document) by).mapToInt(by -> by.getInteger("t", by.getInteger("n", 0))).sum();
  }

  private Future<Set<Integer>> living(List<Document> counts) {
    Set<Integer> holders = counts.stream().flatMap(count -> count.get("by", new Document()).values().stream())
      .map(by -> ((Document) by).getInteger("inc")).collect(Collectors.toSet());
    return Mongo.all(context, control.db().getCollection("incarnations").find(and(in("_id", holders), eq("alive", true))).projection(new Document("_id", 1)))
      .map(alive -> alive.stream().map(d -> d.getInteger("_id")).collect(Collectors.toSet()));
  }

  private Future<Document> sweep(Document count, Set<Integer> living) {
    Future<Document> now = Future.succeededFuture(count);
    for (var by : count.get("by", new Document()).entrySet()) {
      Document theirs = (Document) by.getValue();
      if (living.contains(theirs.getInteger("inc"))) continue;
      String field = "by." + by.getKey();
      now = now.compose(before -> changed(before, and(eq("_id", count.getString("_id")), eq(field + ".n", theirs.getInteger("n"))),
        Updates.combine(Updates.inc("n", -theirs.getInteger("n", 0)), Updates.unset(field))));
    }
    return now;
  }
}
