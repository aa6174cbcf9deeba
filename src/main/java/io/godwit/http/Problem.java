package io.godwit.http;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;

/**
 * Why a request was not done, as {@code application/problem+json} (RFC 9457).
 *
 * @param code stable, kebab-case, for programs; {@code type} is made of it
 * @param detail a sentence for people
 * @param field the request's field at fault, with its path ({@code recipients[3].to}); null when it is not one field
 * @param retryAfter seconds after which another try makes sense; 0 = not said
 * @param members further members of the JSON object; null = none
 */
public record Problem(int status, String code, String detail, String field, int retryAfter, JsonObject members) implements Reply {
  private static final CharSequence PROBLEM_JSON = HttpHeaders.createOptimized("application/problem+json");

  public static Problem of(int status, String code, String detail) {
    return new Problem(status, code, detail, null, 0, null);
  }

  /** A request that can never succeed as it is (400). */
  public static Problem invalid(String code, String field, String detail) {
    return new Problem(400, code, detail, field, 0, null);
  }

  /** Also for what exists and is not the caller's: nobody learns which ids are in use. */
  public static Problem notFound() {
    return of(404, "not-found", "there is no such thing, or it is not yours");
  }

  /** What cannot be done now (503). */
  public static Problem unavailable(String code, int retryAfter, String detail) {
    return new Problem(503, code, detail, null, retryAfter, null);
  }

  /** A change of which nobody could say in time whether it took effect (503). */
  public static Problem outcomeUnknown() {
    return unavailable("outcome-unknown", 2, "the store did not say in time whether it took the request; it may be done");
  }

  /** The same with a list besides. */
  public Problem with(String member, JsonArray list) {
    return new Problem(status, code, detail, field, retryAfter, new JsonObject().put(member, list));
  }

  public JsonObject json() {
    JsonObject json = new JsonObject().put("type", "urn:godwit:problem:" + code).put("title", HttpResponseStatus.valueOf(status).reasonPhrase())
      .put("status", status).put("code", code).put("detail", detail);
    if (field != null) json.put("field", field);
    return members == null ? json : json.mergeIn(members);
  }

  @Override
  public void send(RoutingContext ctx) {
    if (retryAfter > 0) ctx.response().putHeader("Retry-After", Integer.toString(retryAfter));
    Reply.end(ctx, ctx.response().setStatusCode(status).putHeader(HttpHeaders.CONTENT_TYPE, PROBLEM_JSON), json().toBuffer());
  }
}
