package io.godwit.ops;

import io.godwit.http.Health;
import io.godwit.node.Node;
import io.godwit.node.Settings;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;

/**
 * Tells how its process is, for load balancers and Prometheus: in every process whose configuration gives it a port, whatever else
 * runs there, from before the first component until after the last. All of it and without a key, so that its address is for operators alone.
 */
public final class OpsVerticle extends VerticleBase {
  private final Node node;

  public OpsVerticle(Node node) {
    this.node = node;
  }

  @Override
  public Future<?> start() {
    Settings.Ops ops = node.settings().ops();
    Router router = Router.router(vertx);
    new Health(node).mount(router, null);
    return vertx.createHttpServer(new HttpServerOptions().setHost(ops.host()).setPort(ops.port())).requestHandler(router).listen();
  }
}
