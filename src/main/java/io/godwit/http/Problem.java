package io.godwit.http;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;

/**
 * Why a request was not done, as {@code application/problem+json} (RFC 9457).
 *
 * @param code stable, kebab-case, for programs; {@code type} is made of it
 * @param detail a sentence for people
 * @param field the request's field at fault, with its path ({@code recipients[3].to}); null when it is not one field
 * @param retryAfter seconds after which another try makes sense; 0 = not said
 */
public record Problem(int status, String code, String detail, String field, int retryAfter) implements Reply {
  private static final CharSequence PROBLEM_JSON = HttpHeaders.createOptimized("application/problem+json");

  public static Problem of(int status, String code, String detail) {
    return new Problem(status, code, detail, null, 0);
  }

  /** A request that can never succeed as it is (400). */
  public static Problem invalid(String code, String field, String detail) {
    return new Problem(400, code, detail, field, 0);
  }

  /** Also for what exists and is not the caller's: nobody learns which ids are in use. */
  public static Problem notFound() {
    return of(404, "not-found", "there is no such thing, or it is not yours");
  }

  public static Problem storeUnavailable() {
    return new Problem(503, "store-unavailable", "the store cannot be reached now; nothing was done", null, 2);
  }

  public Problem at(String path) {
    return new Problem(status, code, detail, field == null ? path : path + "." + field, retryAfter);
  }

  public JsonObject json() {
    JsonObject json = new JsonObject().put("type", "urn:godwit:problem:" + code).put("title", HttpResponseStatus.valueOf(status).reasonPhrase())
      .put("status", status).put("code", code).put("detail", detail);
    return field == null ? json : json.put("field", field);
  }

  @Override
  public void send(RoutingContext ctx) {
    if (retryAfter > 0) ctx.response().putHeader("Retry-After", Integer.toString(retryAfter));
    ctx.response().setStatusCode(status).putHeader(HttpHeaders.CONTENT_TYPE, PROBLEM_JSON).end(json().toBuffer());
  }
}
