package io.godwit.smppserver;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lt;

import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.godwit.store.Deadline;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
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
 * How many sessions each account has in the whole cluster: a document an account in the control set, {@code {_id: account, n, by: {HOLDER: {inc, n}}}},
 * where a holder is one instance of this door in one life of its process. What the dead held is taken off by whoever looks. While the
 * control set does not answer, binds are counted here only. Confined to its context.
 */
final class Binds {
  static final String COLLECTION = "smpp_binds";
  private static final Logger log = LoggerFactory.getLogger(Binds.class);
  private static final long ANSWER_WITHIN_MS = 2_000;

  private final Context context;
  private final MongoSet control;
  private final String instance;
  /** What this instance holds, by account: sessions that are bound, or about to be. */
  private final Map<String, Integer> held = new HashMap<>();
  /** What all hold, by account, as it was last read. */
  private Map<String, Integer> everywhere = Map.of();

  /** @param instance unique in the process */
  Binds(Context context, MongoSet control, String instance) {
    this.context = context;
    this.control = control;
    this.instance = instance;
  }

  private MongoCollection<Document> counts() {
    return control.db().getCollection(COLLECTION);
  }

  /** Another one in each life of the process: the counts of the earlier are the dead's. */
  private String holder() {
    return control.incarnation().number() + "-" + instance;
  }

  /** Takes one of the account's binds, if one is free. */
  Future<Boolean> take(String account, int most) {
    if (here(account) >= most) return Future.succeededFuture(false);
    held.merge(account, 1, Integer::sum);
    return Deadline.within(ANSWER_WITHIN_MS, claim(account, most, true))
      .recover(failure -> {
        log.warn("binds of {} are counted on this node only: {}", account, failure.toString());
        return Future.succeededFuture(true);
      })
      .onSuccess(taken -> {
        if (!taken) forget(account);
      });
  }

  private Future<Boolean> claim(String account, int most, boolean again) {
    Bson one = Updates.combine(Updates.inc("n", 1), Updates.inc("by." + holder() + ".n", 1), Updates.set("by." + holder() + ".inc", control.incarnation().number()));
    return Mongo.first(context, counts().updateOne(eq("_id", account), Updates.setOnInsert("n", 0), new UpdateOptions().upsert(true)))
      .compose(v -> Mongo.first(context, counts().findOneAndUpdate(and(eq("_id", account), lt("n", most)), one)))
      .compose(before -> before != null ? Future.succeededFuture(true)
        : again ? sweep(List.of(account)).compose(swept -> claim(account, most, false)) : Future.succeededFuture(false));
  }

  /** A session of the account has ended. */
  void release(String account) {
    forget(account);
    refresh();
  }

  private void forget(String account) {
    held.merge(account, -1, Integer::sum);
  }

  int here(String account) {
    return held.getOrDefault(account, 0);
  }

  /**
   * This instance's part of what belongs to the account: its sessions here of those everywhere. Without any here, what the first will have: never 0, since
   * that of a rate would be no limit at all.
   */
  double share(String account) {
    int here = Math.max(1, here(account));
    return (double) here / Math.max(here, everywhere.getOrDefault(account, here));
  }

  /** Says what is held here, where the store thinks otherwise, and reads what others hold. Never fails. */
  Future<Void> refresh() {
    if (held.isEmpty()) return Future.succeededFuture();
    Set<String> accounts = Set.copyOf(held.keySet());
    return Deadline.within(ANSWER_WITHIN_MS, Mongo.all(context, counts().find(in("_id", accounts))).compose(found -> {
      List<Future<?>> corrections = new ArrayList<>();
      found.forEach(count -> corrections.add(correct(count)));
      return Future.join(corrections);
    }).compose(v -> sweep(accounts))).transform(done -> {
      if (done.failed() && !control.isClosed()) log.debug("binds are not compared with the store: {}", done.cause().toString());
      held.values().removeIf(count -> count <= 0);
      return Future.succeededFuture();
    });
  }

  private Future<?> correct(Document count) {
    String account = count.getString("_id");
    Document mine = count.get("by", new Document()).get(holder(), Document.class);
    int stored = mine == null ? 0 : mine.getInteger("n", 0);
    int actual = here(account);
    if (stored == actual) return Future.succeededFuture();
    String field = "by." + holder();
    Bson change = actual == 0 ? Updates.combine(Updates.inc("n", -stored), Updates.unset(field))
      : Updates.combine(Updates.inc("n", actual - stored), Updates.set(field, new Document("inc", control.incarnation().number()).append("n", actual)));
    Bson same = and(eq("_id", account), mine == null ? com.mongodb.client.model.Filters.exists(field, false) : eq(field + ".n", stored));
    return Mongo.first(context, counts().updateOne(same, change));
  }

  /** Takes off what holders hold whose processes are dead, and remembers the sums. */
  private Future<Void> sweep(Collection<String> accounts) {
    return Mongo.all(context, counts().find(in("_id", accounts))).compose(found -> living(found).compose(living -> {
      List<Future<Document>> swept = found.stream().map(count -> sweep(count, living)).toList();
      return Future.join(swept).map(v -> {
        Map<String, Integer> sums = new HashMap<>(everywhere);
        for (Future<Document> one : swept) if (one.result() != null) sums.put(one.result().getString("_id"), one.result().getInteger("n", 0));
        sums.keySet().retainAll(held.keySet());
        everywhere = sums;
        return null;
      });
    }));
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
