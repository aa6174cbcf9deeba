package io.godwit.submission;

import io.godwit.http.Inflow;
import io.godwit.http.Problem;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Requests that met no endpoint, as problems like all others. */
final class Misfits {
  private static final Logger log = LoggerFactory.getLogger(Misfits.class);

  private Misfits() {
  }

  static void mount(Router router) {
    router.errorHandler(400, ctx -> Problem.of(400, "bad-request", "the request cannot be understood").send(ctx));
    router.errorHandler(404, ctx -> Problem.of(404, "not-found", "there is no such path").send(ctx));
    router.errorHandler(405, ctx -> {
      ctx.response().putHeader(HttpHeaders.ALLOW, allowed(router, ctx.normalizedPath()));
      Problem.of(405, "method-not-allowed", "this path does not know " + ctx.request().method()).send(ctx);
    });
    router.errorHandler(413, ctx -> Problem.of(413, "body-too-large", "the body has more than " + Inflow.most(ctx) + " bytes").send(ctx));
    router.errorHandler(500, Misfits::fault);
  }

  /** The methods of the path; Vert.x knows them, too, but tells only in answers of its own. */
  private static String allowed(Router router, String path) {
    return router.getRoutes().stream().filter(route -> route.methods() != null && isOf(route.getPath(), path))
      .flatMap(route -> route.methods().stream()).map(HttpMethod::name).distinct().sorted().collect(Collectors.joining(", "));
  }

  private static boolean isOf(String pattern, String path) {
    return pattern != null && path.matches(pattern.replaceAll(":[a-zA-Z]+", "[^/]+"));
  }

  private static void fault(RoutingContext ctx) {
    log.error("{} {} failed", ctx.request().method(), ctx.request().path(), ctx.failure());
    Problem.of(500, "internal-error", "an unexpected error; it is in the log of the server").send(ctx);
  }
}
