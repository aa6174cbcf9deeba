package io.godwit.link;

import io.godwit.accounts.Directory;
import io.godwit.http.Answer;
import io.godwit.http.Auth;
import io.godwit.http.Input;
import io.godwit.http.Parameters;
import io.godwit.http.Problem;
import io.godwit.http.Reply;
import io.godwit.http.Routes;
import io.godwit.message.Limits;
import io.godwit.node.Node;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * {@code /v1/links}: how carriers' links stand in the whole cluster, how they are configured, and what the operator wants of them; for him alone (403
 * {@code operator-only}). Changes are in the directory when they are answered, and in force in every process within a second.
 */
public final class LinkRoutes implements Routes {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,63}");
  /** Of each set; what is beyond is not counted message by message. */
  private static final int PARCELS_OF_ONE = 200;
  private static final int PARCELS_OF_EACH = 20;
  private static final Map<String, Order> ORDERS = Map.of("start", Order.RUN, "drain", Order.DRAIN, "pause", Order.PAUSE, "stop", Order.STOP);

  private Node node;
  private Directory directory;
  private Auth auth;
  private Context context;
  private LinkViews views;

  @Override
  public void mount(Router router, Node node, Auth auth) {
    this.node = node;
    this.directory = node.directory();
    this.auth = auth;
    this.context = node.vertx().getOrCreateContext();
    this.views = new LinkViews(context, node);
    router.get("/v1/links").handler(byOperator(this::list));
    router.get("/v1/links/:id").handler(byOperator(ctx -> known(ctx) ? show(ctx.pathParam("id")) : Future.succeededFuture(Problem.notFound())));
    router.put("/v1/links/:id").handler(byOperator(this::put));
    ORDERS.forEach((verb, order) -> router.post("/v1/links/:id/" + verb).handler(byOperator(ctx -> order(ctx, order))));
  }

  private Handler<RoutingContext> byOperator(Function<RoutingContext, Future<? extends Reply>> endpoint) {
    return Reply.by(ctx -> auth.caller(ctx).isOperator() ? endpoint.apply(ctx)
      : Future.succeededFuture(Problem.of(403, "operator-only", "links are the operator's business")));
  }

  private boolean known(RoutingContext ctx) {
    return directory.entry(LinkConfig.KIND, ctx.pathParam("id")) != null;
  }

  // ---- reading

  private Future<? extends Reply> list(RoutingContext ctx) {
    Parameters parameters = new Parameters(ctx.queryParams(), Set.of());
    if (parameters.problem() != null) return Future.succeededFuture(parameters.problem());
    return reading(views.of(new TreeSet<>(directory.entries(LinkConfig.KIND).keySet()), PARCELS_OF_EACH).map(items -> Answer.ok(new JsonObject().put("items", new JsonArray(items)))));
  }

  private Future<? extends Reply> show(String id) {
    return reading(views.of(new TreeSet<>(Set.of(id)), PARCELS_OF_ONE).map(items -> Answer.ok(items.get(0))));
  }

  private Future<Reply> reading(Future<Answer> answer) {
    return answer.timeout(Limits.LOOK_UP, TimeUnit.MILLISECONDS).<Reply>map(reply -> reply)
      .recover(failure -> failure instanceof TimeoutException ? Future.succeededFuture(Problem.unavailable("store-unavailable", 2, "the control set does not answer now"))
        : Future.failedFuture(failure));
  }

  // ---- changing

  /** The entry as it is in the request; a password that is left out, as GET does, stays. */
  private Future<? extends Reply> put(RoutingContext ctx) {
    String id = ctx.pathParam("id");
    Input input = Input.of(ctx.body().buffer());
    if (!ID.matcher(id).matches()) return Future.succeededFuture(Problem.invalid("invalid-field", "id", "a link's id has letters, digits, '-' and '_', at most 64"));
    if (input.problem() != null) return Future.succeededFuture(input.problem());
    JsonObject entry = ctx.body().asJsonObject().copy();
    keepSecrets(entry, directory.entries(LinkConfig.KIND).getOrDefault(id, new JsonObject()));
    try {
      LinkConfig.from(id, entry);
    } catch (Misconfigured e) {
      return Future.succeededFuture(Problem.invalid("invalid-field", e.key(), e.getMessage()));
    }
    return changing(directory.put(context, LinkConfig.KIND, id, entry), id);
  }

  private static void keepSecrets(JsonObject entry, JsonObject before) {
    for (String secret : LinkViews.SECRETS) {
      if (!entry.containsKey(secret) && before.containsKey(secret)) entry.put(secret, before.getValue(secret));
    }
    if (entry.getValue("tls") instanceof JsonObject tls && before.getValue("tls") instanceof JsonObject earlier) keepSecrets(tls, earlier);
  }

  private Future<? extends Reply> order(RoutingContext ctx, Order order) {
    if (!known(ctx)) return Future.succeededFuture(Problem.notFound());
    String id = ctx.pathParam("id");
    JsonObject entry = order.entry(auth.caller(ctx).id(), Instant.ofEpochMilli(node.now()).toString());
    return changing(directory.put(context, Order.KIND, id, entry), id);
  }

  private Future<Reply> changing(Future<Void> change, String id) {
    return change.timeout(Limits.ANSWER, TimeUnit.MILLISECONDS).compose(v -> show(id)).<Reply>map(reply -> reply)
      .recover(failure -> failure instanceof TimeoutException ? Future.succeededFuture(Problem.outcomeUnknown()) : Future.failedFuture(failure));
  }
}
