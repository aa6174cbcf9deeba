package io.godwit.http;

import io.godwit.node.Node;
import io.godwit.store.MongoSet;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;

/** How the process is: without a key, for load balancers and Prometheus. */
public final class Health {
  private final Node node;

  public Health(Node node) {
    this.node = node;
  }

  public void mount(Router router) {
    router.get("/health/live").handler(Reply.now(ctx -> Answer.ok(new JsonObject().put("status", "live"))));
    router.get("/health/ready").handler(Reply.now(ctx -> ready()));
    router.get("/metrics").handler(this::metrics);
  }

  private Answer ready() {
    Map<String, String> troubles = node.readiness().troubles();
    JsonObject components = new JsonObject();
    node.readiness().components().forEach(component -> components.put(component, troubles.getOrDefault(component, "ok")));
    JsonObject body = new JsonObject().put("status", troubles.isEmpty() ? "ready" : "not-ready").put("components", components);
    if (node.sets() != null) body.put("sets", sets());
    return new Answer(troubles.isEmpty() ? 200 : 503, body.toBuffer());
  }

  /** One that is down is none of this process's faults: it is told, and does not make it unready. */
  private JsonObject sets() {
    JsonObject sets = new JsonObject();
    for (MongoSet set : node.sets().all()) sets.put(String.valueOf(set.index()), !set.isTrusted() ? "down" : !set.isHealthy() ? "in doubt" : node.sets().isDraining(set) ? "draining" : "up");
    return sets;
  }

  private void metrics(RoutingContext ctx) {
    ctx.response().putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8").end(node.meters().scrape());
  }
}
