package io.godwit.link;

import io.godwit.message.Failure;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What one link holds of each set: they take turns, and none waits for one whose set does not answer. Confined to the link's context. */
final class Outboxes {
  private static final long LOOK_EVERY_MS = 500;

  private final Context context;
  private final List<Outbox> all;
  /** The message of each that was begun last, and may have segments left. */
  private final Map<Outbox, Submission> begun = new HashMap<>();
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

  /**
   * The message whose next segment is to be submitted: the same until none of it is left. Null when there is none that may be submitted now. To be asked before each segment:
   * what was begun may have waited for long, and its parcel may be somebody else's by now.
   */
  Submission next() {
    Submission next = rest(all.get(turn));
    for (int i = 0; i < all.size() && next == null; i++) {
      turn = (turn + 1) % all.size();
      Outbox outbox = all.get(turn);
      next = rest(outbox);
      if (next == null && !begun.containsKey(outbox)) next = begin(outbox);
    }
    return next;
  }

  /** Null when nothing is left, or it may not be submitted now. What is no longer ours is dropped: whoever has it treats it as unknown. */
  private Submission rest(Outbox outbox) {
    Submission one = begun.get(outbox);
    boolean held = one != null && outbox.queue.holds(one.parcel);
    if (held && !outbox.queue.isTrusted()) return null;
    if (held && one.goesOn()) return one;
    begun.remove(outbox);
    return null;
  }

  private Submission begin(Outbox outbox) {
    Submission fresh = outbox.next();
    if (fresh != null) begun.put(outbox, fresh);
    return fresh;
  }

  /**
   * Gives back what was not submitted; what was begun and cannot go on is tried again later. Completes when all is settled where sets answer.
   *
   * @param why it cannot go on
   */
  Future<Void> close(String why) {
    begun.values().forEach(one -> one.refuse(new Failure("link-down", true, null, why)));
    begun.clear();
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
