package io.godwit.submission;

import io.godwit.http.Problem;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;

/** Which kinds of bodies an endpoint takes. A body without a content type counts as JSON. */
final class Bodies {
  static final String NDJSON = "application/x-ndjson";
  private static final String JSON = "application/json";

  private Bodies() {
  }

  static Handler<RoutingContext> json() {
    return ctx -> pass(ctx, type(ctx).equals(JSON), JSON);
  }

  static Handler<RoutingContext> jsonOrLines() {
    return ctx -> pass(ctx, type(ctx).equals(JSON) || isLines(ctx), JSON + " or " + NDJSON);
  }

  static boolean isLines(RoutingContext ctx) {
    return type(ctx).equals(NDJSON);
  }

  private static void pass(RoutingContext ctx, boolean known, String wanted) {
    if (known) ctx.next();
    else Problem.of(415, "unsupported-media-type", "the body must be " + wanted + ", and says that it is '" + type(ctx) + "'").send(ctx);
  }

  private static String type(RoutingContext ctx) {
    String header = ctx.request().getHeader(HttpHeaders.CONTENT_TYPE);
    if (header == null) return JSON;
    int end = header.indexOf(';');
    return (end < 0 ? header : header.substring(0, end)).strip().toLowerCase(Locale.ROOT);
  }
}
