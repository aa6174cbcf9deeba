package io.godwit.ops;

import io.godwit.message.Event;
import io.godwit.message.Lane;
import io.godwit.message.Message;
import io.godwit.message.Status;
import io.godwit.queue.DeadLetter;
import io.godwit.queue.DeadLetters;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.godwit.store.MongoSet;
import io.godwit.store.UnitOfWork;
import io.godwit.worker.Outlets;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What operators decide about the dead letters of one set, one unit of work after the other; how is said in the room's package-info. Confined to
 * the event loop that opened it.
 */
final class Letters {
  private static final Logger log = LoggerFactory.getLogger(Letters.class);
  /** Letters of one unit of work. */
  static final int SLICE = 200;
  /** Others may take letters that we have read: after so many readings whoever asked shall ask again. */
  private static final int READINGS = 5;
  /** Decisions that wait for the slot. */
  private static final int MOST_WAITING = 100;

  private final Context context;
  private final MessageQueue queue;
  private final DeadLetters stored;
  private final Slot slot;
  private Future<?> last = Future.succeededFuture();
  private int waiting;

  Letters(Context context, MongoSet set, MessageQueue queue) {
    this.context = context;
    this.queue = queue;
    this.stored = new DeadLetters(set);
    this.slot = queue.openSlot("letters");
  }

  DeadLetters stored() {
    return stored;
  }

  long now() {
    return queue.now();
  }

  /** Whether so many wait that nothing more is begun. */
  boolean isFull() {
    return waiting >= MOST_WAITING;
  }

  /** @return the letter as it was; empty when there is none (any more) */
  Future<List<DeadLetter>> retry(String id, String by) {
    return once(() -> stored.find(context, id), letters -> revived(letters, by)).onSuccess(done -> told("retried", done, by, ""));
  }

  /**
   * Up to that many of a queue, at most {@link #SLICE}.
   *
   * @param before only those that were given up before, milliseconds since 1970: what dies again meanwhile is left for another call
   */
  Future<List<DeadLetter>> retry(String name, long before, int most, String by) {
    return once(() -> stored.oldest(context, name, before, Math.min(most, SLICE)), letters -> revived(letters, by)).onSuccess(done -> told("retried", done, by, ""));
  }

  /** @return the letter as it was; empty when there is none (any more) */
  Future<List<DeadLetter>> drop(String id, String by, String why) {
    return once(() -> stored.find(context, id), letters -> dropped(letters, by, why)).onSuccess(done -> told("dropped", done, by, ": " + why));
  }

  private Future<List<DeadLetter>> once(Supplier<Future<List<DeadLetter>>> read, Function<List<DeadLetter>, Step> decide) {
    waiting++;
    Future<List<DeadLetter>> mine = last.transform(done -> attempt(read, decide, READINGS)).andThen(done -> waiting--);
    last = mine;
    return mine;
  }

  private Future<List<DeadLetter>> attempt(Supplier<Future<List<DeadLetter>>> read, Function<List<DeadLetter>, Step> decide, int readings) {
    return read.get().compose(letters -> letters.isEmpty() ? Future.succeededFuture(letters)
      : slot.commit(decide.apply(letters)).map(letters).recover(failure ->
        failure instanceof UnitOfWork.Fenced && readings > 1 ? attempt(read, decide, readings - 1) : Future.failedFuture(failure)));
  }

  private Step revived(List<DeadLetter> letters, String by) {
    Step step = DeadLetters.takeOut(new Step(), letters);
    Outlets outlets = new Outlets(queue, step);
    long now = queue.now();
    for (DeadLetter letter : letters) {
      if (letter.item() instanceof Message message && hasTrail(letter)) revive(step, outlets, letter, message, by, now);
      else outlets.put(letter.queue(), Lane.ALERT, 0, now, letter.item());
    }
    outlets.close();
    return step;
  }

  /** Its legs were settled when it died: it travels on without them. */
  private static void revive(Step step, Outlets outlets, DeadLetter letter, Message before, String by, long now) {
    Message message = before.next().next().withRoute(before.link(), List.of());
    step.event(new Event.Revived(message.id(), message.n(), now, letter.queue().equals(Parcel.ROUTE) ? Status.SUBMITTED : Status.SENT, by));
    outlets.put(letter.queue(), message.lane(), 0, now, message);
  }

  /** A receipt or notice has no trail: the log says what became of it. A message from a handset that nobody understood is received for nobody. */
  private Step dropped(List<DeadLetter> letters, String by, String why) {
    Step step = DeadLetters.takeOut(new Step(), letters);
    long now = queue.now();
    for (DeadLetter letter : letters) {
      if (!(letter.item() instanceof Message message)) continue;
      if (!hasTrail(letter)) step.event(new Event.Received(message, now, null, List.of()));
      step.event(new Event.Dropped(message.id(), now, by, why));
    }
    return step;
  }

  /** A message from a handset has its first event when it has been understood. */
  private static boolean hasTrail(DeadLetter letter) {
    return !letter.queue().equals(Parcel.INBOUND);
  }

  private static void told(String what, List<DeadLetter> letters, String by, String why) {
    for (DeadLetter letter : letters) log.info("dead letter {} of queue {} was {} by {}{}", letter.id(), letter.queue(), what, by, why);
  }

  Future<Void> close() {
    return last.transform(done -> slot.close());
  }
}
