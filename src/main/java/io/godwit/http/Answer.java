package io.godwit.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;

/** A JSON body with a status. */
public record Answer(int status, Buffer body) implements Reply {
  private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");

  public static Answer ok(JsonObject body) {
    return new Answer(200, body.toBuffer());
  }

  public static Answer accepted(JsonObject body) {
    return new Answer(202, body.toBuffer());
  }

  @Override
  public void send(RoutingContext ctx) {
    Reply.end(ctx, ctx.response().setStatusCode(status).putHeader(HttpHeaders.CONTENT_TYPE, JSON), body);
  }
}
