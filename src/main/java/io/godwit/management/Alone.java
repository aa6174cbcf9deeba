package io.godwit.management;

import io.godwit.http.Inflow;
import io.godwit.http.Problem;
import io.godwit.http.Reply;
import io.godwit.message.Limits;
import io.vertx.core.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/** What takes some times its size of the heap: one at a time in a process, and given the time that it needs. */
final class Alone {
  private static final AtomicBoolean BUSY = new AtomicBoolean();

  private Alone() {
  }

  static Future<Reply> run(Visit visit, Supplier<Future<Reply>> work) {
    if (!BUSY.compareAndSet(false, true)) {
      return Office.reply(Problem.unavailable("busy", 1, "another request reads or replaces the directory, or a long price list, here; nothing of this one was done"));
    }
    Inflow.patient(visit.ctx(), Limits.LONG_ANSWER);
    return Future.succeededFuture().compose(v -> work.get()).onComplete(done -> BUSY.set(false));
  }
}
