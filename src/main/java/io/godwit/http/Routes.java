package io.godwit.http;

import io.godwit.node.Node;
import io.vertx.core.Future;
import io.vertx.ext.web.Router;

/**
 * A room's own endpoints on the common router. Found by {@link java.util.ServiceLoader}: a public class with a constructor without
 * arguments, named in {@code META-INF/services/io.godwit.http.Routes}; one object for each instance of the HTTP verticle.
 */
public interface Routes {
  /**
   * Adds routes, on the verticle's event loop. {@link Auth} stands before all of {@code /v1/*} already, and so does {@link Inflow}, with bodies of at
   * most {@link Inflow#most} bytes; what may take longer than others says so by {@link Inflow#patient}; problems for unknown paths and wrong methods come behind. Wrap handlers in
   * {@link Reply#by}.
   */
  void mount(Router router, Node node, Auth auth);

  /** Frees what the routes hold; called when the verticle stops, after its last answer. */
  default Future<Void> close() {
    return Future.succeededFuture();
  }
}
