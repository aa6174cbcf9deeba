package io.godwit.submission;

import io.godwit.http.Answer;
import io.godwit.http.Problem;
import io.godwit.http.Reply;
import io.godwit.intake.KeptAnswers;
import io.godwit.intake.KeptAnswers.Kept;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** Requests with an {@code Idempotency-Key} are done once, and answered with the first answer when they come again. */
final class Idempotency {
  private static final int LONGEST_KEY = 255;
  private static final Problem HOME_DOWN = Problem.unavailable("store-unavailable", 2,
    "the store that keeps the answers for this Idempotency-Key cannot be asked now; nothing of this request was stored");
  /** Stands for an answer that is kept under the key by now, or will be in a moment. */
  static final Problem DUPLICATE = Problem.unavailable("store-unavailable", 2, "another request with this Idempotency-Key is under way; nothing of this one was stored");

  private final KeptAnswers answers;

  Idempotency(KeptAnswers answers) {
    this.answers = answers;
  }

  /**
   * Answers as before when the key is known, else does the request.
   *
   * @param request gets null when the request has no key; answers {@link #DUPLICATE} when the key was taken in the meantime
   */
  Future<? extends Reply> once(RoutingContext ctx, String account, Function<KeptAnswers.Key, Future<? extends Reply>> request) {
    String key = ctx.request().getHeader("Idempotency-Key");
    if (key == null) return request.apply(null);
    if (key.isBlank() || key.length() > LONGEST_KEY) {
      return Future.succeededFuture(Problem.invalid("invalid-idempotency-key", "Idempotency-Key", "a key has 1 to " + LONGEST_KEY + " characters"));
    }
    KeptAnswers.Key keyed = answers.key(account, key, Buffer.buffer(ctx.normalizedPath() + "\n").appendBuffer(body(ctx)));
    if (!answers.isUp(keyed)) return Future.succeededFuture(HOME_DOWN);
    return earlier(keyed).compose(known -> known != null ? Future.succeededFuture(known)
      : request.apply(keyed).compose(reply -> reply == DUPLICATE ? meanwhile(answers.again(keyed)) : Future.succeededFuture(reply)));
  }

  /** Another one was first: where the key lives, or, when it has moved since this one came, at its new home. */
  private Future<Reply> meanwhile(KeptAnswers.Key keyed) {
    if (!answers.isUp(keyed)) return Future.succeededFuture(HOME_DOWN);
    return earlier(keyed).map(known -> known == null ? DUPLICATE : known);
  }

  /** Null when there is none. */
  private Future<Reply> earlier(KeptAnswers.Key keyed) {
    return answers.earlier(keyed, 0).map(kept -> kept == null ? null : reply(kept, keyed))
      .recover(failure -> failure instanceof TimeoutException || failure instanceof KeptAnswers.Elsewhere ? Future.succeededFuture(HOME_DOWN) : Future.failedFuture(failure));
  }

  private static Reply reply(Kept kept, KeptAnswers.Key keyed) {
    if (kept.hash().equals(keyed.hash())) return new Answer(202, Buffer.buffer(kept.body()));
    return Problem.of(409, "idempotency-conflict", "this Idempotency-Key was used for another request");
  }

  private static Buffer body(RoutingContext ctx) {
    Buffer body = ctx.body().buffer();
    return body == null ? Buffer.buffer() : body;
  }
}
