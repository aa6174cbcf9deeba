package io.godwit.submission;

import io.godwit.http.Auth;
import io.godwit.http.Input;
import io.godwit.http.Reply;
import io.godwit.intake.Draft;
import io.godwit.intake.KeptAnswers;
import io.godwit.intake.Offer;
import io.godwit.intake.Outcome;
import io.godwit.intake.Refusal;
import io.godwit.intake.Screening;
import io.godwit.intake.Submission;
import io.godwit.message.Message;
import io.godwit.message.Status;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/** {@code POST /v1/messages}: one message. */
final class Messages {
  private final Auth auth;
  private final Desk desk;

  Messages(Auth auth, Desk desk) {
    this.auth = auth;
    this.desk = desk;
  }

  void mount(Router router) {
    router.post("/v1/messages").handler(Bodies.json()).handler(Reply.by(this::post));
  }

  private Future<? extends Reply> post(RoutingContext ctx) {
    String account = auth.caller(ctx).id();
    return desk.once(ctx, account, keyed -> submit(ctx, account, keyed));
  }

  private Future<? extends Reply> submit(RoutingContext ctx, String account, KeptAnswers.Key keyed) {
    Input in = Input.of(ctx.body().buffer());
    Submission submission = SubmissionReader.read(in, account);
    if (in.problem() != null) return Future.succeededFuture(in.problem());
    Screening.Result screened = desk.intake().screen(submission);
    if (screened instanceof Refusal refusal) return Future.succeededFuture(Refusals.problem(refusal));
    return desk.accept(keyed, Offer.of((Draft) screened), Messages::answer);
  }

  private static JsonObject answer(Outcome.Accepted accepted) {
    Message m = accepted.messages().get(0);
    Status status = m.origin().scheduledAt() > 0 ? Status.SCHEDULED : Status.SUBMITTED;
    return new JsonObject().put("id", m.id()).put("status", status.name()).put("to", m.to()).put("country", m.country().isEmpty() ? null : m.country())
      .put("encoding", m.encoding().wireName()).put("segments", m.segments());
  }
}
