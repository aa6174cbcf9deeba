package io.godwit.http;

import io.godwit.message.Limits;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.impl.RoutingContextInternal;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/**
 * Requests on their way in: reads their bodies, bounds what all of them weigh together in this process ({@link Limits#REQUESTS_BYTES}; more get 503
 * {@code overloaded} before they are read), and answers those that nobody has answered in time. A request weighs until its answer has been
 * written to the network, so that readers who do not read are counted, too. Confined to one event loop, but for the sum of the weights.
 */
public final class Inflow implements Handler<RoutingContext> {
  private static final String KEY = "godwit.arrival";
  /** What a request without a body costs. */
  private static final int LEAST_BYTES = 4 << 10;
  private static final int COME_BACK_SECONDS = 2;
  /** Whoever has a limit of his own tells more, and first. */
  private static final long AFTER_ALL_OTHERS_MS = 500;
  private static final AtomicLong WEIGHT = new AtomicLong();
  private static final Pattern ROWS = Pattern.compile("/v1/(rates|costs)/[^/]+/rows");

  private final long answerNanos;
  private final Set<Arrival> underWay = new LinkedHashSet<>();

  /** @param answerTimeout milliseconds, from the last byte of a request; half a second later it is answered in any case */
  public Inflow(long answerTimeout) {
    this.answerNanos = TimeUnit.MILLISECONDS.toNanos(answerTimeout + AFTER_ALL_OTHERS_MS);
  }

  /** What all requests under way weigh, in bytes. Any thread. */
  public static long weight() {
    return WEIGHT.get();
  }

  @Override
  public void handle(RoutingContext ctx) {
    Arrival arrival = new Arrival(ctx);
    long announced = announced(ctx.request());
    if (announced > arrival.most) ctx.fail(413);
    else if (!arrival.take(LEAST_BYTES + announced)) overloaded().send(ctx);
    else arrival.read(announced);
  }

  /** What the body of a request may have, in bytes: the operator's whole directory and the rows of a price list more than what customers send else. */
  public static int most(RoutingContext ctx) {
    Caller caller = ctx.get(Auth.CALLER);
    String path = ctx.normalizedPath();
    if (caller == null || ctx.request().method() != HttpMethod.PUT) return Limits.BODY_BYTES;
    boolean large = path.equals("/v1/directory") ? caller.isOperator() : ROWS.matcher(path).matches() && (path.startsWith("/v1/rates/") || caller.isOperator());
    return large ? Limits.DIRECTORY_BYTES : Limits.BODY_BYTES;
  }

  /** 0 when nothing is said, as for a body in chunks. */
  private static long announced(HttpServerRequest request) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    return length == null ? 0 : Long.parseLong(length);   // the codec has refused what is no number
  }

  private static Problem overloaded() {
    return Problem.unavailable("overloaded", COME_BACK_SECONDS, "too many requests are under way; nothing of this one was stored");
  }

  /** From time to time. */
  public void tick(long nanoTime) {
    for (Arrival arrival : List.copyOf(underWay)) arrival.expire(nanoTime);
  }

  /** The request may take so long, from its last byte on, where others may not. To be said before that begins; milliseconds, and at most {@link Limits#LONG_ANSWER}. */
  public static void patient(RoutingContext ctx, long millis) {
    Arrival arrival = ctx.get(KEY);
    if (arrival != null) arrival.patience = Math.max(arrival.patience, TimeUnit.MILLISECONDS.toNanos(millis + AFTER_ALL_OTHERS_MS));
  }

  /** The request's answer is on its way: it weighs what it weighs until that is written, or its connection is gone. */
  static void answering(RoutingContext ctx, Future<Void> written) {
    Arrival arrival = ctx.get(KEY);
    if (arrival != null) arrival.until(written);
  }

  /** One request, from its first line on. */
  private final class Arrival {
    private final RoutingContext ctx;
    private final Buffer body = Buffer.buffer();
    private final int most;
    private long since = System.nanoTime();
    private long patience = answerNanos;
    private long weight;
    private boolean whole;
    private boolean over;
    private Future<Void> written = Future.succeededFuture();

    Arrival(RoutingContext ctx) {
      this.ctx = ctx;
      this.most = most(ctx);
      ctx.put(KEY, this);
      ctx.addEndHandler(done -> end());
    }

    boolean take(long bytes) {
      if (WEIGHT.addAndGet(bytes) > Limits.REQUESTS_BYTES) {
        WEIGHT.addAndGet(-bytes);
        return false;
      }
      weight += bytes;
      underWay.add(this);
      return true;
    }

    void read(long announced) {
      ctx.request().handler(chunk -> arrived(chunk, announced)).endHandler(v -> complete());
    }

    private void arrived(Buffer chunk, long announced) {
      if (over) return;   // the rest of what was refused
      int more = (int) Math.max(0, body.length() + chunk.length() - Math.max(announced, body.length()));
      if (body.length() + chunk.length() > most) ctx.fail(413);
      else if (more > 0 && !take(more)) overloaded().send(ctx);
      else body.appendBuffer(chunk);
    }

    private void complete() {
      if (over) return;
      whole = true;
      since = System.nanoTime();
      ((RoutingContextInternal) ctx).setBody(body);
      ctx.next();
    }

    void expire(long nanoTime) {
      if (over || nanoTime - since <= (whole ? patience : TimeUnit.SECONDS.toNanos(Limits.HTTP_IDLE_SECONDS))) return;
      if (!whole) Problem.of(408, "request-timeout", "the request did not arrive in " + Limits.HTTP_IDLE_SECONDS + " seconds").send(ctx);
      else if (isRead()) Problem.unavailable("store-unavailable", COME_BACK_SECONDS, "the store did not answer in time").send(ctx);
      else Problem.outcomeUnknown().send(ctx);
    }

    private boolean isRead() {
      return ctx.request().method() == HttpMethod.GET || ctx.request().method() == HttpMethod.HEAD;
    }

    void until(Future<Void> future) {
      written = future;
    }

    /** When the answer has been given, or the connection is gone. */
    private void end() {
      over = true;
      underWay.remove(this);
      written.onComplete(done -> free());
    }

    private void free() {
      WEIGHT.addAndGet(-weight);
      weight = 0;
    }
  }
}
