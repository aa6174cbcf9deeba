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
import java.util.Collection;
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

  private final Context context;
  private final MongoSet control;
  private final String instance;
  private final Soon soon;
  /** What this instance holds, by account. */
  private final Map<String, Count> held = new HashMap<>();
  /** How many sessions that may submit all hold, by account, as it was last read. */
  private Map<String, Integer> everywhere = Map.of();
  /** The comparison that is under way, and the one that was asked for meanwhile; else null. Neither fails. */
  private Future<Void> comparing;
  private Future<Void> next;

  /** Of one account. */
  private static final class Count {
    /** Sessions that are bound, or about to be. */
    int binds;
    /** Those of them that may submit. */
    int senders;
    /** Claims that have not ended, also where they are not waited for any more: the store may count them already, or not yet. */
    int claims;
    /** Whether it was changed since it was last compared. */
    boolean isChanged;

    boolean isNothing() {
      return binds <= 0 && claims == 0;
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
    mine.claims++;
    return Deadline.within(ANSWER_WITHIN_MS, claim(account, most, transmits, true).andThen(ended -> mine.claims--))
      .recover(failure -> {
        log.warn("binds of {} are counted on this node only: {}", account, failure.toString());
        return Future.succeededFuture(true);
      })
      .onSuccess(taken -> {
        if (!taken) change(account, -1, transmits);
      });
  }

  private Future<Boolean> claim(String account, int most, boolean transmits, boolean again) {
    String mine = "by." + holder();
    Bson one = Updates.combine(Updates.inc("n", 1), Updates.inc(mine + ".n", 1), Updates.inc(mine + ".t", transmits ? 1 : 0), Updates.set(mine + ".inc", control.incarnation().number()));
    return Mongo.first(context, counts().updateOne(eq("_id", account), Updates.setOnInsert("n", 0), new UpdateOptions().upsert(true)))
      .compose(v -> Mongo.first(context, counts().findOneAndUpdate(and(eq("_id", account), lt("n", most)), one)))
      .compose(before -> before != null ? Future.succeededFuture(true)
        : again ? sweep(List.of(account)).compose(swept -> claim(account, most, transmits, false)) : Future.succeededFuture(false));
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
    compare().onComplete(done -> {
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
    return Mongo.all(context, counts().find(in("_id", accounts))).compose(found -> Future.all(found.stream().map(this::correct).toList()))
      .compose(corrected -> {
        held.values().removeIf(mine -> mine.isNothing() && !mine.isChanged);
        return sweep(accounts);
      });
  }

  /** Not while a claim is under way: whether it is in what was read is not known. Each correction is of what was read, and nothing else. */
  private Future<?> correct(Document count) {
    String account = count.getString("_id");
    Count mine = held.get(account);
    if (mine == null || mine.claims > 0) return Future.succeededFuture();
    Document stored = count.get("by", new Document()).get(holder(), Document.class);
    int n = stored == null ? 0 : stored.getInteger("n", 0);
    if (n == mine.binds && (stored == null || stored.getInteger("t", 0) == mine.senders)) return Future.succeededFuture();
    String field = "by." + holder();
    Bson change = mine.binds == 0 ? Updates.unset(field)
      : Updates.set(field, new Document("inc", control.incarnation().number()).append("n", mine.binds).append("t", mine.senders));
    Bson same = and(eq("_id", account), stored == null ? exists(field, false) : eq(field, stored));
    return Mongo.first(context, counts().updateOne(same, Updates.combine(Updates.inc("n", mine.binds - n), change)));
  }

  /** Takes off what holders hold whose processes are dead, and remembers the sums. */
  private Future<Void> sweep(Collection<String> accounts) {
    return Mongo.all(context, counts().find(in("_id", accounts))).compose(found -> living(found).compose(living -> {
      List<Future<Document>> swept = found.stream().map(count -> sweep(count, living)).toList();
      return Future.join(swept).map(v -> {
        Map<String, Integer> sums = new HashMap<>(everywhere);
        for (Future<Document> one : swept) if (one.result() != null) sums.put(one.result().getString("_id"), senders(one.result()));
        sums.keySet().retainAll(held.keySet());
        everywhere = sums;
        return null;
      });
    }));
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
      now = now.compose(before -> Mongo.first(context, counts().findOneAndUpdate(
        and(eq("_id", count.getString("_id")), eq(field + ".n", theirs.getInteger("n"))),
        Updates.combine(Updates.inc("n", -theirs.getInteger("n", 0)), Updates.unset(field)), new FindOneAndUpdateOptions().returnDocument(ReturnDocument.AFTER)))
        .map(after -> after == null ? before : after));
    }
    return now;
  }
}
