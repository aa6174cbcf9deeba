package io.godwit.http;

import io.godwit.node.Node;
import io.godwit.store.MongoSet;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;

/**
 * How the process is, for load balancers and Prometheus. What a component lacks, and what is counted, names links, routes and rules, which are no customer's business: at a door that
 * customers reach everybody is told whether a component can work, and only the operator, by his key, why, and what is counted.
 */
public final class Health {
  private final Node node;

  public Health(Node node) {
    this.node = node;
  }

  /** @param auth of the door that customers reach; null where only operators get to, who are told everything without a key */
  public void mount(Router router, Auth auth) {
    router.get("/health/live").handler(Reply.now(ctx -> Answer.ok(new JsonObject().put("status", "live"))));
    router.get("/health/ready").handler(Reply.now(ctx -> ready(auth == null || auth.isOperator(ctx))));
    Route metrics = router.get("/metrics");
    if (auth != null) metrics.handler(auth).handler(ctx -> byOperator(auth, ctx));
    metrics.handler(this::metrics);
  }

  private Answer ready(boolean whole) {
    Map<String, String> troubles = node.readiness().troubles();
    JsonObject components = new JsonObject();
    node.readiness().components().forEach(component -> components.put(component, !troubles.containsKey(component) ? "ok" : whole ? troubles.get(component) : "not-ready"));
    JsonObject body = new JsonObject().put("status", troubles.isEmpty() ? "ready" : "not-ready").put("components", components);
    if (whole && node.sets() != null) body.put("sets", sets());
    return new Answer(troubles.isEmpty() ? 200 : 503, body.toBuffer());
  }

  /** One that is down is none of this process's faults: it is told, and does not make it unready. */
  private JsonObject sets() {
    JsonObject sets = new JsonObject();
    for (MongoSet set : node.sets().all()) sets.put(String.valueOf(set.index()), !set.isTrusted() ? "down" : !set.isHealthy() ? "in doubt" : node.sets().isDraining(set) ? "draining" : "up");
    return sets;
  }

  private static void byOperator(Auth auth, RoutingContext ctx) {
    if (auth.caller(ctx).isOperator()) ctx.next();
    else Problem.of(403, "operator-only", "metrics are the operator's business").send(ctx);
  }

  private void metrics(RoutingContext ctx) {
    ctx.response().putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8").end(node.meters().scrape());
  }
}
