package io.godwit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.testing.Await;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Where an answer, or its absence, is told. */
class DeadlineTest {
  private final Vertx vertx = Vertx.vertx();
  private final Context asker = ((VertxInternal) vertx).createEventLoopContext();
  private final Context other = ((VertxInternal) vertx).createEventLoopContext();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  @AfterEach
  void close() {
    Await.await(vertx.close());
  }

  /** The context on which whoever asks is told. */
  private Context told(long millis, Future<String> answer) {
    return Await.on(asker, () -> Deadline.within(millis, answer).transform(done -> {
      failure.set(done.cause());
      return Future.succeededFuture(Vertx.currentContext());
    }));
  }

  @Test
  void whatNeverComesIsGivenUpOnTheAskersContextThoughItsFutureHasNone() {
    assertSame(asker, told(20, Future.all(List.of(Promise.promise().future())).map("never")));
    assertInstanceOf(TimeoutException.class, failure.get());
  }

  @Test
  void anAnswerFromAnotherThreadIsToldOnTheAskersContext() {
    Promise<String> promise = Promise.promise();
    other.runOnContext(v -> vertx.setTimer(20, t -> promise.complete("late")));
    assertSame(asker, told(20_000, promise.future()));
    assertEquals(null, failure.get());
  }

  @Test
  void whatIsThereAlreadyIsNotWaitedFor() {
    boolean[] complete = {false};
    Await.on(asker, () -> {
      complete[0] = Deadline.within(20_000, Future.succeededFuture("there")).isComplete();
      return Future.succeededFuture();
    });
    assertTrue(complete[0]);
  }
}
