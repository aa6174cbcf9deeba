package io.godwit.management;

import io.godwit.accounts.Change;
import io.godwit.http.Answer;
import io.godwit.http.Input;
import io.godwit.http.Parameters;
import io.godwit.http.Problem;
import io.godwit.http.Reply;
import io.godwit.http.Versioned;
import io.godwit.link.LinkConfig;
import io.godwit.link.LinkViews;
import io.godwit.link.Misconfigured;
import io.godwit.link.Order;
import io.godwit.message.Limits;
import io.godwit.routing.RouteRules;
import io.godwit.store.Deadline;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * {@code /v1/links}: how carriers' links stand in the whole cluster, how they are configured, and what the operator wants of them; for him alone. A link's
 * version is that of its configuration; an order says what shall hold, whatever did before, and needs no {@code If-Match}. Both are told among the operator's changes.
 */
final class LinkEndpoints {
  /** Of each set; what is beyond is not counted message by message. */
  private static final int PARCELS_OF_ONE = 200;
  private static final int PARCELS_OF_EACH = 20;
  private static final Map<String, Order> ORDERS = Map.of("start", Order.RUN, "drain", Order.DRAIN, "pause", Order.PAUSE, "stop", Order.STOP);

  private final Office office;
  private final LinkViews views;
  private final LongSupplier clock;

  /** @param clock milliseconds since 1970 */
  LinkEndpoints(Office office, LinkViews views, LongSupplier clock) {
    this.office = office;
    this.views = views;
    this.clock = clock;
  }

  void mount(Router router) {
    router.get("/v1/links").handler(office.byOperator(this::list));
    router.get("/v1/links/:link").handler(office.byOperator(this::show));
    router.put("/v1/links/:link").handler(office.byOperator(this::put));
    router.delete("/v1/links/:link").handler(office.byOperator(this::remove));
    ORDERS.forEach((verb, order) -> router.post("/v1/links/:link/" + verb).handler(office.byOperator(visit -> order(visit, order))));
  }

  private static JsonObject found(Visit visit) {
    return visit.now().entries(LinkConfig.KIND).get(visit.path("link"));
  }

  private static long version(Visit visit) {
    return visit.now().version(LinkConfig.KIND, visit.path("link"));
  }

  // ---- reading

  private Future<Reply> list(Visit visit) {
    Parameters parameters = new Parameters(visit.ctx().queryParams(), Set.of());
    if (parameters.problem() != null) return Office.reply(parameters.problem());
    Future<List<JsonObject>> items = views.of(new TreeSet<>(visit.now().entries(LinkConfig.KIND).keySet()), PARCELS_OF_EACH);
    return reading(items.map(all -> {
      all.forEach(item -> item.put("version", visit.now().version(LinkConfig.KIND, item.getString("id"))));
      return Answer.ok(new JsonObject().put("items", new JsonArray(all)));
    }));
  }

  private Future<Reply> show(Visit visit) {
    return found(visit) == null ? Office.reply(Problem.notFound()) : view(visit, 200, version(visit));
  }

  private Future<Reply> view(Visit visit, int status, long version) {
    return reading(views.of(new TreeSet<>(Set.of(visit.path("link"))), PARCELS_OF_ONE)
      .map(items -> new Versioned(status, items.get(0).put("version", version), version)));
  }

  private static Future<Reply> reading(Future<? extends Reply> answer) {
    return Deadline.within(Limits.LOOK_UP, answer).<Reply>map(reply -> reply)
      .recover(failure -> failure instanceof TimeoutException ? Office.reply(Problem.unavailable("store-unavailable", 2, "the control set does not answer now"))
        : Future.failedFuture(failure));
  }

  // ---- changing

  /** The entry as it is in the request; a password that is left out, as GET does, stays. */
  private Future<Reply> put(Visit visit) {
    String id = visit.path("link");
    Input in = visit.input();
    if (in.problem() != null) return Office.reply(in.problem());
    String fault = Ids.fault(LinkConfig.KIND, id);
    if (fault != null) return Office.reply(Problem.invalid("invalid-field", "id", "'id' " + fault));
    JsonObject before = found(visit);
    JsonObject entry = LinkViews.withSecrets(in.json().copy(), before == null ? new JsonObject() : before);
    try {
      LinkConfig.from(id, entry);
    } catch (Misconfigured e) {
      return Office.reply(Office.problem(Office.own(LinkConfig.KIND, id, e.wrongs())));
    }
    Problem mismatch = Versioned.mismatchOrNew(visit.ctx(), version(visit));
    if (mismatch != null) return Office.reply(mismatch);
    return change(visit, LinkConfig.KIND, entry).compose(v -> view(visit, before == null ? 201 : 200, visit.now().next(LinkConfig.KIND, id)));
  }

  /** With its order. What waits for it, or for its receipts, comes first: it could not be sent any more, and they would not come. */
  private Future<Reply> remove(Visit visit) {
    String id = visit.path("link");
    if (found(visit) == null) return Office.reply(Problem.notFound());
    Problem mismatch = Versioned.mismatch(visit.ctx(), version(visit));
    if (mismatch != null) return Office.reply(mismatch);
    List<String> naming = RouteRules.naming(visit.now()::entries, id);
    if (!naming.isEmpty()) return Office.reply(Problem.of(409, "in-use", "it is named by " + String.join(", ", naming)).with("namedBy", new JsonArray(naming)));
    return views.unsettled(id).compose(parcels -> {
      if (parcels > 0) return Office.reply(Problem.of(409, "in-use", "messages wait for it, or for receipts that come over it"));
      return views.of(new TreeSet<>(Set.of(id)), PARCELS_OF_ONE)
        .compose(items -> office.change(visit, removal(visit)).map(v -> new Versioned(200, items.get(0).put("version", version(visit)), 0)));
    });
  }

  private static Change[] removal(Visit visit) {
    String id = visit.path("link");
    return Stream.of(LinkConfig.KIND, Order.KIND).filter(kind -> visit.now().entries(kind).containsKey(id)).map(kind -> visit.change(kind, id, null)).toArray(Change[]::new);
  }

  private Future<Reply> order(Visit visit, Order order) {
    if (found(visit) == null) return Office.reply(Problem.notFound());
    JsonObject entry = order.entry(visit.caller().id(), Instant.ofEpochMilli(clock.getAsLong()).toString());
    return change(visit, Order.KIND, entry).compose(v -> view(visit, 200, version(visit)));
  }

  private Future<Void> change(Visit visit, String kind, JsonObject entry) {
    return office.change(visit, visit.change(kind, visit.path("link"), entry));
  }
}
