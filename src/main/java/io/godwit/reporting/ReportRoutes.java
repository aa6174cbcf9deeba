package io.godwit.reporting;

import io.godwit.http.Auth;
import io.godwit.http.Problem;
import io.godwit.http.Reply;
import io.godwit.http.Routes;
import io.godwit.node.Node;
import io.godwit.store.Deadline;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.sqlclient.Pool;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports and lists over REST, and the check of carriers' invoices, read from PostgreSQL, in every process that serves HTTP. While PostgreSQL cannot answer they answer
 * 503 {@code reporting-unavailable}; nothing else of the interface notices.
 */
public final class ReportRoutes implements Routes {
  private static final Logger log = LoggerFactory.getLogger(ReportRoutes.class);
  private static final int COME_BACK_SECONDS = 5;

  private Pool pool;

  @Override
  public void mount(Router router, Node node, Auth auth) {
    String uri = node.settings().postgres();
    pool = uri == null ? null : ReportingDatabase.readers(node.vertx(), uri);
    router.get("/v1/reports/volume").handler(answer(new VolumeEndpoint(auth)::get));
    router.post("/v1/links/:id/invoices/check").handler(answer(new InvoiceEndpoint(node.vertx(), node.directory(), auth)::check));
    MessageLists lists = new MessageLists(auth);
    router.get("/v1/messages").handler(answer(lists::messages));
    router.get("/v1/replies").handler(answer(lists::replies));
    router.get("/v1/batches/:id").handler(answer(new BatchEndpoint(auth)::get));
  }

  private Handler<RoutingContext> answer(BiFunction<RoutingContext, Pool, Future<? extends Reply>> endpoint) {
    return Reply.by(ctx -> pool == null ? Future.succeededFuture(unavailable()) : Deadline.within(ReportingDatabase.LONGEST_MS, endpoint.apply(ctx, pool))
      .<Reply>map(reply -> reply)
      .recover(failure -> {
        if (!ReportingDatabase.isUnavailable(failure)) return Future.failedFuture(failure);
        log.warn("{} {}: PostgreSQL cannot answer: {}", ctx.request().method(), ctx.request().path(), failure.toString());
        return Future.succeededFuture(unavailable());
      }));
  }

  private static Problem unavailable() {
    return Problem.unavailable("reporting-unavailable", COME_BACK_SECONDS, "the reporting database cannot answer now; sending goes on");
  }

  @Override
  public Future<Void> close() {
    return pool == null ? Future.succeededFuture() : pool.close();
  }
}
