package io.godwit.submission;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Times every request as {@code godwit_http_requests_seconds{method, route, status}}; event loop only. */
final class HttpMeters implements Handler<RoutingContext> {
  private final MeterRegistry meters;
  private final Map<String, Timer> timers = new HashMap<>();

  HttpMeters(MeterRegistry meters) {
    this.meters = meters;
  }

  @Override
  public void handle(RoutingContext ctx) {
    long began = System.nanoTime();
    ctx.addEndHandler(done -> timer(ctx).record(System.nanoTime() - began, TimeUnit.NANOSECONDS));
    ctx.next();
  }

  /** Never by the path as it came: callers must not be able to make new meters. */
  private Timer timer(RoutingContext ctx) {
    String path = ctx.currentRoute() == null ? null : ctx.currentRoute().getPath();
    String route = path == null || path.endsWith("*") ? "other" : path;
    String method = route.equals("other") ? "any" : ctx.request().method().name();
    String status = Integer.toString(ctx.response().getStatusCode());
    return timers.computeIfAbsent(method + " " + route + " " + status, k -> Timer.builder("godwit.http.requests")
      .description("HTTP requests, from the first byte to the answer").tags("method", method, "route", route, "status", status).register(meters));
  }
}
