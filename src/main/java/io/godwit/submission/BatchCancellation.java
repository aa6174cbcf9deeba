package io.godwit.submission;

import io.godwit.events.Trail;
import io.godwit.http.Answer;
import io.godwit.http.Auth;
import io.godwit.http.Problem;
import io.godwit.http.Reply;
import io.godwit.intake.Intake;
import io.godwit.message.Limits;
import io.godwit.message.MessageId;
import io.godwit.store.Deadline;
import io.godwit.store.MongoSet;
import io.godwit.store.Sets;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.TimeoutException;

/** {@code DELETE /v1/batches/{id}}: takes back what no carrier may have. To ask again is no error: it says how many more were cancelled. */
final class BatchCancellation {
  private final Context context;
  private final Sets sets;
  private final Auth auth;
  private final Intake intake;

  BatchCancellation(Context context, Sets sets, Auth auth, Intake intake) {
    this.context = context;
    this.sets = sets;
    this.auth = auth;
    this.intake = intake;
  }

  void mount(Router router) {
    router.delete("/v1/batches/:id").handler(Reply.by(this::cancel));
  }

  private Future<? extends Reply> cancel(RoutingContext ctx) {
    String batch = ctx.pathParam("id");
    MongoSet set = MessageId.isValid(batch) ? sets.get(MessageId.set(batch)) : null;
    if (set == null) return Future.succeededFuture(Problem.notFound());
    if (!set.isTrusted()) return Future.succeededFuture(down());
    return Deadline.within(Limits.LOOK_UP, Trail.accountOfBatch(context, set, batch))
      .compose(account -> account == null || !auth.caller(ctx).sees(account) ? Future.<Reply>succeededFuture(Problem.notFound()) : take(auth.caller(ctx).id(), batch))
      .recover(e -> e instanceof TimeoutException ? Future.succeededFuture(down()) : Future.failedFuture(e));
  }

  private Future<Reply> take(String caller, String batch) {
    if (!intake.mayCancel(caller, batch)) return Future.succeededFuture(Problem.unavailable("overloaded", 2, "too many messages wait to be taken back; nothing was changed"));
    return intake.cancelBatch(caller, batch).map(cancelled -> Answer.ok(new JsonObject().put("id", batch).put("cancelled", cancelled)));
  }

  private static Reply down() {
    return Problem.unavailable("store-unavailable", 2, "the store that holds this batch does not answer now; what is in it goes on when it does");
  }
}
