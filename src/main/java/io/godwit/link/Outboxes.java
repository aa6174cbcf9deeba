package io.godwit.link;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;

/** What one link holds of each set: they take turns, and none waits for one whose set does not answer. Confined to the link's context. */
final class Outboxes {
  private static final long LOOK_EVERY_MS = 500;

  private final Context context;
  private final List<Outbox> all;
  private int turn;

  /** @param all one for each set, never empty */
  Outboxes(Context context, List<Outbox> all) {
    this.context = context;
    this.all = all;
  }

  int size() {
    return all.size();
  }

  void open() {
    all.forEach(Outbox::open);
  }

  /** @param more what each may have unsettled besides; less when negative */
  void grow(int more) {
    all.forEach(outbox -> outbox.budget.grow(more));
  }

  /** The next message to submit; null when there is none that may be submitted now. */
  Submission next() {
    Submission next = null;
    for (int i = 0; i < all.size() && next == null; i++) next = all.get(Math.floorMod(turn++, all.size())).next();
    return next;
  }

  /** Gives back what was not submitted. Completes when all is settled where sets answer. */
  Future<Void> close() {
    return Future.join(all.stream().map(outbox -> whileItAnswers(outbox, outbox.close())).toList()).mapEmpty();
  }

  /** After {@link #close}: they do not open again. */
  Future<Void> end() {
    return Future.join(all.stream().map(outbox -> whileItAnswers(outbox, outbox.close().transform(emptied -> outbox.end()))).toList()).mapEmpty();
  }

  /** What waits for a set that does not answer goes on by itself when it is back: the link does not wait for it, or all sets would. */
  private Future<Void> whileItAnswers(Outbox outbox, Future<Void> closing) {
    if (closing.isComplete()) return closing;
    Promise<Void> ended = Promise.promise();
    long timer = context.owner().setPeriodic(LOOK_EVERY_MS, t -> {
      if (!outbox.queue.isTrusted()) ended.tryComplete();
    });
    closing.onComplete(done -> ended.tryComplete());
    return ended.future().andThen(done -> context.owner().cancelTimer(timer));
  }
}
