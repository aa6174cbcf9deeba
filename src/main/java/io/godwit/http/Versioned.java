package io.godwit.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;

/**
 * An entity with its version, which is its ETag, too: a change must say by {@code If-Match} which one it means.
 *
 * @param version 0 = it is no more
 */
public record Versioned(int status, Buffer body, long version) implements Reply {
  private static final int MOST_CHARS = 200;

  public Versioned(int status, JsonObject body, long version) {
    this(status, body.toBuffer(), version);
  }

  @Override
  public void send(RoutingContext ctx) {
    if (version > 0) ctx.response().putHeader(HttpHeaders.ETAG, tag(version));
    new Answer(status, body).send(ctx);
  }

  private static String tag(long version) {
    return "\"" + version + "\"";
  }

  /** Why the request may not change that version; null when it may. */
  public static Problem mismatch(RoutingContext ctx, long version) {
    String header = ctx.request().getHeader(HttpHeaders.IF_MATCH);
    if (header == null) return Problem.of(428, "if-match-missing", "a change must say by If-Match which version it means: the ETag of an earlier answer");
    return means(header, version) ? null : Problem.of(412, "stale", "somebody has changed it since: the version is now " + version);
  }

  /** The same where the request may make what is not there (version 0): whoever names a version of that means what somebody has removed since. */
  public static Problem mismatchOrNew(RoutingContext ctx, long version) {
    if (version > 0) return mismatch(ctx, version);
    String header = ctx.request().getHeader(HttpHeaders.IF_MATCH);
    return header == null || means(header, version) ? null : Problem.of(412, "stale", "there is no such thing, or no more: without If-Match it is made anew");
  }

  private static boolean means(String header, long version) {
    if (header.length() <= MOST_CHARS) for (String tag : header.split(",")) if (tag.strip().equals("*") || tag.strip().equals(tag(version))) return true;
    return false;
  }
}
