package io.godwit.store;

import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;

/**
 * Whether the event loops of this process turn: what waits on one that stands still is leased to a process that lives, and would wait for ever.
 * Confined to one context, but for what the loops answer.
 */
final class Loops {
  private final List<Loop> all = new ArrayList<>();

  Loops(Vertx vertx) {
    for (EventExecutor executor : ((VertxInternal) vertx).nettyEventLoopGroup()) all.add(new Loop(executor));
  }

  /**
   * Whether each has done what it was asked to do that many nanoseconds ago; for one that has not, the second look counts: when all of the process stood still, this one may be the first to
   * go on. Asks those again that have.
   */
  boolean turn(long nanos) {
    boolean turn = true;
    for (Loop loop : all) turn &= loop.turns(System.nanoTime(), nanos);
    return turn;
  }

  private static final class Loop {
    private final EventExecutor executor;
    private volatile boolean asked;
    private long since;
    private boolean late;

    Loop(EventExecutor executor) {
      this.executor = executor;
    }

    boolean turns(long now, long nanos) {
      if (asked) {
        boolean before = late;
        late = now - since >= nanos;
        return !late || !before;
      }
      late = false;
      since = now;
      asked = true;
      try {
        executor.execute(() -> asked = false);
      } catch (RejectedExecutionException e) {
        asked = false;   // the process ends
      }
      return true;
    }
  }
}
