package io.godwit.worker;

import io.godwit.message.Limits;
import io.godwit.queue.Parcel;
import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.godwit.store.Deadline;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Steps whose parcels a stage decides about before they are ever stored, and commits together with what it decided. Whatever cannot be decided
 * and committed at once is refused: whoever asked then commits the step as it is, and the stage finds its parcels in the queue.
 * {@link #offer} may be called on any event loop, the rest on the stage's.
 */
final class Fresh {
  private static final Logger log = LoggerFactory.getLogger(Fresh.class);
  private static final long PATIENCE_MS = 500;
  /** After a decision that took too long. */
  private static final long REST_NS = TimeUnit.SECONDS.toNanos(10);

  private final Slot slot;
  private final Stage.Decider decider;
  private final Deque<Absorbed> waiting = new ArrayDeque<>();
  private final AtomicInteger messages = new AtomicInteger();
  private volatile long restUntil = System.nanoTime();

  Fresh(Slot slot, Stage.Decider decider) {
    this.slot = slot;
    this.decider = decider;
  }

  /** A step, and whoever waits for its commit. */
  record Absorbed(Step step, Promise<Void> done) {
    int size() {
      return step.puts().stream().mapToInt(Parcel::size).sum();
    }
  }

  /** What a stage does while a decision takes too long. */
  interface Stuck {
    /** Completes when the decision has ended, and what was shown is undone. */
    Future<Void> until(Future<Step> decision, List<Parcel> shown);
  }

  /** Null when there is no room, or a decision took too long a moment ago. Whoever asks is told on his own context, whatever thread commits. */
  Absorbed offer(Step step, Context asker) {
    if (System.nanoTime() - restUntil < 0) return null;
    Absorbed absorbed = new Absorbed(step, ((ContextInternal) asker).promise());
    if (messages.addAndGet(absorbed.size()) <= 2 * Limits.PARCEL_MESSAGES) return absorbed;
    messages.addAndGet(-absorbed.size());
    return null;
  }

  void add(Absorbed absorbed) {
    waiting.add(absorbed);
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** Whoever waits goes on without the stage. */
  void refuseAll() {
    while (!waiting.isEmpty()) refuse(take(), new IllegalStateException("the stage takes nothing more"));
  }

  private static void refuse(List<Absorbed> batch, Throwable why) {
    batch.forEach(absorbed -> absorbed.done.tryFail(why));
  }

  /** Decides about as much as one unit of work takes, and commits it. Never fails. */
  Future<Void> process(Stuck stuck) {
    List<Absorbed> batch = take();
    List<Parcel> shown = batch.stream().flatMap(absorbed -> absorbed.step.puts().stream()).toList();
    Future<Step> decision = Deadline.told(Vertx.currentContext(), Future.<Void>succeededFuture().compose(v -> decider.decide(shown)));
    return Deadline.within(PATIENCE_MS, decision)
      .compose(step -> slot.commit(step.after(batch.stream().map(Absorbed::step).toList())))
      .onSuccess(v -> batch.forEach(absorbed -> absorbed.done.tryComplete()))
      .recover(failure -> {
        refuse(batch, failure);
        if (!decision.isComplete()) {
          log.warn("no decision about {} new parcels in {} ms: the stage waits for it, and what is new is stored first", shown.size(), PATIENCE_MS);
          restUntil = System.nanoTime() + REST_NS;
          return stuck.until(decision, shown);
        }
        decider.undone(shown);
        return Future.succeededFuture();
      });
  }

  private List<Absorbed> take() {
    List<Absorbed> batch = new ArrayList<>();
    int size = 0;
    while (!waiting.isEmpty() && (batch.isEmpty() || size + waiting.peek().size() <= Limits.PARCEL_MESSAGES)) {
      size += waiting.peek().size();
      batch.add(waiting.poll());
    }
    messages.addAndGet(-size);
    return batch;
  }
}
