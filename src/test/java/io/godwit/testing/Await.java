package io.godwit.testing;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/** How a test's thread waits for event loops: for a future or a condition, never for a time. */
public final class Await {
  private static final long DEADLINE_S = 60;

  private Await() {
  }

  public static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().orTimeout(DEADLINE_S, TimeUnit.SECONDS).join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  /** Runs it on the context and waits for what it promised. */
  public static <T> T on(Context context, Supplier<Future<T>> action) {
    return await(start(context, action));
  }

  /** Begins it on the context and does not wait. */
  public static <T> Future<T> start(Context context, Supplier<Future<T>> action) {
    Promise<T> promise = Promise.promise();
    context.runOnContext(v -> Future.<Void>succeededFuture().compose(x -> action.get()).onComplete(promise));
    return promise.future();
  }

  /** The first element, null when there is none. */
  public static <T> T first(Publisher<T> publisher) {
    return Mono.from(publisher).block(Duration.ofSeconds(DEADLINE_S));
  }

  public static void until(String what, BooleanSupplier condition) {
    until(what, DEADLINE_S, condition);
  }

  public static void until(String what, long seconds, BooleanSupplier condition) {
    until(() -> what, seconds, condition);
  }

  /** @param what said when it is given up */
  public static void until(Supplier<String> what, long seconds, BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) throw new AssertionError("waited " + seconds + " s in vain until " + what.get());
      LockSupport.parkNanos(2_000_000);
    }
  }
}
