package io.godwit.http;

import com.mongodb.MongoException;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a request is answered with. Expected failures are replies, too; a failed future is a fault of ours or of a store. */
public interface Reply {
  Logger log = LoggerFactory.getLogger(Reply.class);

  /** Ends the response; event loop only. */
  void send(RoutingContext ctx);

  /** The handler of an endpoint: the one place where its future becomes an HTTP answer. */
  static Handler<RoutingContext> by(Function<RoutingContext, Future<? extends Reply>> endpoint) {
    return ctx -> Future.succeededFuture()
      .compose(v -> endpoint.apply(ctx))
      .onComplete(done -> {
        if (ctx.response().ended() || ctx.response().closed()) return;
        Reply reply = done.succeeded() ? done.result() : fault(ctx, done.cause());
        reply.send(ctx);
      });
  }

  /** For endpoints that need not wait. */
  static Handler<RoutingContext> now(Function<RoutingContext, ? extends Reply> endpoint) {
    return ctx -> endpoint.apply(ctx).send(ctx);
  }

  /** Every answer with a body ends here. */
  static void end(RoutingContext ctx, HttpServerResponse response, Buffer body) {
    Promise<Void> written = Promise.promise();
    Inflow.answering(ctx, written.future());
    response.end(body).onComplete(written);
  }

  private static Problem fault(RoutingContext ctx, Throwable cause) {
    if (cause instanceof MongoException || cause instanceof TimeoutException) {
      log.warn("{} {}: {}", ctx.request().method(), ctx.request().path(), cause.toString());
      return Problem.unavailable("store-unavailable", 2, "the store cannot be reached now");
    }
    log.error("{} {} failed", ctx.request().method(), ctx.request().path(), cause);
    return Problem.of(500, "internal-error", "an unexpected error; it is in the log of the server");
  }
}
