package io.godwit.submission;

import io.godwit.http.Answer;
import io.godwit.http.Problem;
import io.godwit.http.Reply;
import io.godwit.intake.Intake;
import io.godwit.intake.KeptAnswers;
import io.godwit.intake.Offer;
import io.godwit.intake.Outcome;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.function.Function;

/** Hands offers to the intake and says in HTTP's words what became of them; once for each key, where a request has one. */
final class Desk {
  private final Intake intake;
  private final Idempotency idempotency;

  Desk(Intake intake, Idempotency idempotency) {
    this.intake = intake;
    this.idempotency = idempotency;
  }

  Intake intake() {
    return intake;
  }

  /** A request that makes an offer, or is refused before it does. */
  interface Request {
    Future<? extends Reply> apply(KeptAnswers.Key keyed);
  }

  Future<? extends Reply> once(RoutingContext ctx, String account, Request request) {
    return idempotency.once(ctx, account, request::apply);
  }

  /**
   * Answers 202 when the offer is durable.
   *
   * @param keyed null when the request has no key
   * @param answer the body of the answer, made of what was accepted
   */
  Future<Reply> accept(KeptAnswers.Key keyed, Offer offer, Function<Outcome.Accepted, JsonObject> answer) {
    return intake.accept(keyed == null ? offer : keyed.keep(offer, accepted -> answer.apply(accepted).encode())).map(outcome -> {
      if (outcome instanceof Outcome.Accepted accepted) return Answer.accepted(answer.apply(accepted));
      if (outcome instanceof Outcome.Refused refused) return Refusals.problem(refused.refusal());
      if (outcome instanceof Outcome.Duplicate) return Idempotency.DUPLICATE;
      return Problem.outcomeUnknown();
    });
  }
}
