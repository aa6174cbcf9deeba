package io.godwit.store;

import io.vertx.core.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How the start of a process waits for a set that has no primary now: an election takes seconds, and the set may be started together with the process. */
public final class Election {
  private static final Logger log = LoggerFactory.getLogger(Election.class);
  /** With MongoDB's own settings an election takes some twelve seconds; a member that is started has its journal to replay before. */
  static final long PATIENCE_MS = 60_000;
  private static final long AGAIN_MS = 1_000;

  private Election() {
  }

  /** The step's outcome. While the set has no primary the step is tried again, so it must leave nothing running when it fails; whatever else is wrong fails at once. */
  public static <T> Future<T> outwait(MongoSet set, Supplier<Future<T>> step) {
    return outwait(set, PATIENCE_MS, step);
  }

  static <T> Future<T> outwait(MongoSet set, long patience, Supplier<Future<T>> step) {
    return attempt(set, patience, System.nanoTime(), step);
  }

  private static <T> Future<T> attempt(MongoSet set, long patience, long began, Supplier<Future<T>> step) {
    return step.get().recover(failure -> {
      if (!CommitSlot.isOutage(failure) || set.isClosed()) return Future.failedFuture(failure);
      long left = patience - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
      if (left <= 0) return Future.failedFuture(new IllegalStateException("MongoDB " + set + " had no primary that answers for " + patience / 1_000 + " s: " + why(failure), failure));
      log.warn("the start waits until MongoDB {} has a primary that answers, {} s more: {}", set, left / 1_000, why(failure));
      return set.vertx().timer(AGAIN_MS).compose(v -> set.isClosed() ? Future.failedFuture(failure) : attempt(set, patience, began, step));
    });
  }

  /** Without the server's whole answer. */
  private static String why(Throwable failure) {
    return String.valueOf(failure.getMessage()).split(" The full response is")[0];
  }
}
