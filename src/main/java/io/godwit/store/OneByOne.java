package io.godwit.store;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Iterator;
import java.util.function.Function;

/** The same for many, one after the other. Not composed: thousands that fail at once would be complete inside one another, and not fit the stack. */
public final class OneByOne {
  private OneByOne() {
  }

  /** What fails does not keep the rest from being done, and fails the whole in the end: with the first failure. On that context. */
  public static <T> Future<Void> each(Context context, Iterable<T> all, Function<T, Future<Void>> action) {
    Promise<Void> end = Promise.promise();
    next(context, all.iterator(), action, null, end);
    return end.future();
  }

  private static <T> void next(Context context, Iterator<T> left, Function<T, Future<Void>> action, Throwable failure, Promise<Void> end) {
    if (left.hasNext()) {
      Future.succeededFuture(left.next()).compose(action)
        .onComplete(done -> context.runOnContext(v -> next(context, left, action, failure != null ? failure : done.cause(), end)));
    } else if (failure == null) end.complete();
    else end.fail(failure);
  }
}
