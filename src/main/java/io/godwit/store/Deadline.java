package io.godwit.store;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.concurrent.TimeUnit;

/**
 * How long an answer is waited for. {@link Future#timeout} alone ends on a thread of no event loop where the future has no context, as those of {@link Future#all},
 * {@link Future#join} and {@link Future#succeededFuture()} have none: whatever is confined to a context and goes on from there is then run by two threads.
 */
public final class Deadline {
  private Deadline() {
  }

  /** The answer, or a {@link java.util.concurrent.TimeoutException} when it takes longer; either on the context that asks. Any thread. */
  public static <T> Future<T> within(long millis, Future<T> answer) {
    Context asker = Vertx.currentContext();
    return told(asker, answer).timeout(millis, TimeUnit.MILLISECONDS);
  }

  /** The answer on that context, whatever thread gives it and however long it takes; null = on whatever that is. */
  public static <T> Future<T> told(Context asker, Future<T> answer) {
    if (asker == null) return answer;
    Promise<T> promise = ((ContextInternal) asker).promise();
    answer.onComplete(promise);
    return promise.future();
  }
}
