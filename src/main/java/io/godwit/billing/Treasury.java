package io.godwit.billing;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.ne;

import com.mongodb.ReadConcern;
import com.mongodb.client.model.Projections;
import io.godwit.message.Limits;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.godwit.store.OneByOne;
import io.godwit.store.Sets;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bson.Document;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings home what the dead left: closes the allotments of incarnations that live no more, returns what is in them, and
 * finishes every transfer that somebody left open. What is long empty is forgotten. Everything it does may be repeated, or be done by several at once.
 *
 * <p>Deployed once a process by the worker; {@link #sweep} may also be called by hand.
 */
public final class Treasury extends VerticleBase {
  private static final Logger log = LoggerFactory.getLogger(Treasury.class);
  /** A living slot finishes its own draws; one that is older has been forgotten by it. Half a minute of clocks going wrong does no harm. */
  private static final long FORGOTTEN_MS = 60_000;

  private final Sets sets;
  private long timer;
  private boolean sweeping;

  public Treasury(Sets sets) {
    this.sets = sets;
  }

  @Override
  public Future<?> start() {
    timer = vertx.setPeriodic(Limits.SWEEP, t -> regularly());
    return Future.succeededFuture();
  }

  private void regularly() {
    if (sweeping) return;
    sweeping = true;
    sweep().onFailure(e -> log.warn("not all that the dead left is home yet: {}", e.toString())).onComplete(done -> sweeping = false);
  }

  @Override
  public Future<?> stop() {
    vertx.cancelTimer(timer);
    return Future.succeededFuture();
  }

  /** One round over all sets. A set that does not answer fails the round after the others were done. */
  public Future<Void> sweep() {
    Context context = sets.control().here();
    return Future.join(sets.all().stream().map(set -> closeDead(context, set).compose(v -> drainClosed(context, set))).toList())
      .transform(done -> finishDraws(context).compose(v -> forgetOld(context)).compose(v -> done.succeeded() ? Future.succeededFuture() : Future.failedFuture(done.cause())));
  }

  /** Allotments first, then who lives: an incarnation is written before its first allotment, so that none is closed too early. */
  private Future<Void> closeDead(Context context, MongoSet set) {
    return Mongo.all(context, Allotments.in(set).find(and(ne("drained", true), eq("open", true))).projection(Projections.include("inc"))).compose(open -> {
      List<Integer> owners = open.stream().map(d -> d.getInteger("inc")).distinct().toList();
      return living(context, set, owners).compose(alive -> OneByOne.each(context, open, allotment -> alive.contains(allotment.getInteger("inc")) ? Future.succeededFuture()
        : Allotments.close(context, set, allotment.getString("_id"))));
    });
  }

  private static Future<List<Integer>> living(Context context, MongoSet set, List<Integer> incarnations) {
    return Mongo.all(context, set.db().getCollection("incarnations").find(and(in("_id", incarnations), eq("alive", true))))
      .map(found -> found.stream().map(d -> d.getInteger("_id")).toList());
  }

  private Future<Void> drainClosed(Context context, MongoSet set) {
    return Mongo.all(context, Allotments.in(set).find(and(eq("open", false), ne("drained", true))).projection(Projections.include("_id")))
      .compose(closed -> OneByOne.each(context, closed, allotment -> Drain.of(context, sets, set, allotment.getString("_id"))));
  }

  /** Draws to closed allotments turn round at once; those of the living only when they were forgotten. */
  private Future<Void> finishDraws(Context context) {
    return Mongo.all(context, Balances.in(sets.control()).withReadConcern(ReadConcern.MAJORITY).find(ne("open", new Document())))
      .compose(balances -> OneByOne.each(context, bySlot(balances), draws -> finish(context, draws)));
  }

  private static List<List<Draw>> bySlot(List<Document> balances) {
    Map<String, List<Draw>> draws = new LinkedHashMap<>();
    for (Document balance : balances) {
      balance.get("open", Document.class).forEach((slot, open) -> draws.computeIfAbsent(slot, s -> new ArrayList<>()).add(Draw.of(balance.getString("_id"), (Document) open)));
    }
    return List.copyOf(draws.values());
  }

  private Future<Void> finish(Context context, List<Draw> draws) {
    long before = sets.control().clock().getAsLong() - FORGOTTEN_MS;
    List<Draw> forgotten = draws.stream().filter(draw -> draw.at() < before).toList();
    Draw first = draws.get(0);
    return Allotments.read(context, sets.get(first.set()), first.allotment())
      .compose(target -> Draws.finishAll(context, sets, target != null && !target.getBoolean("open") ? draws : forgotten));
  }

  private Future<Void> forgetOld(Context context) {
    return Future.join(sets.all().stream().map(set -> OldAllotments.forget(context, sets.control(), set)).toList()).mapEmpty();
  }
}
