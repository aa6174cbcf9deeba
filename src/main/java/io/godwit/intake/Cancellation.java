package io.godwit.intake;

import io.godwit.billing.ReleasingSlot;
import io.godwit.message.Event;
import io.godwit.message.Leg;
import io.godwit.message.Limits;
import io.godwit.message.Message;
import io.godwit.node.Node;
import io.godwit.queue.LeaseLost;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Takes messages back out of the parcels of one set, where they surely were not submitted yet. Confined to the event loop that
 * opened it; one unit of work at a time, each for one parcel. All wait in one line, in which nobody takes all the places, and where a batch goes to
 * the end again after each few of its parcels.
 */
final class Cancellation {
  /** A parcel that changes hands faster than we can read it is on its way out: after so many readings it is too late. */
  private static final int READINGS = 5;
  /** So often the parcels of a batch are gone through while there is something to cancel. */
  private static final int PASSES = 5;
  /** Parcels of a batch that are read at once, and gone through in one turn. */
  private static final int MOST_READ = 4;

  private final MessageQueue queue;
  private final Context context;
  private final Node node;
  private Future<Slot> slot;
  private Future<?> last = Future.succeededFuture();
  private final Places places = new Places(Limits.CANCELLATIONS, Limits.CANCELLATIONS_OF_ACCOUNT);
  private Promise<Void> drained;

  /** What one turn of a batch took out, and up to which parcel it came; null = there was none. */
  private record Turn(int taken, String upTo) { }

  Cancellation(Context context, Node node, MessageQueue queue) {
    this.queue = queue;
    this.context = context;
    this.node = node;
    this.slot = ReleasingSlot.open(node, queue, "cancel");
  }

  boolean hasFailed() {
    return slot.failed();
  }

  /** Opened anew when that failed before: the set may not have answered. */
  private Future<Slot> slot() {
    if (hasFailed()) slot = ReleasingSlot.open(node, queue, "cancel");
    return slot;
  }

  /** Whether one more may wait for that account. */
  boolean hasRoom(String account) {
    return places.hasRoom(account);
  }

  /**
   * Takes the message out of its parcel, adds its CANCELLED event and releases what was reserved for it.
   *
   * @param account who asks for it
   * @return false = nothing was changed: it is in no parcel, or may have been submitted
   */
  Future<Boolean> cancel(String account, String id) {
    return placed(account, () -> inTurn(() -> attempt(id, READINGS)));
  }

  /**
   * The same for all messages of a batch that surely were not submitted yet, a parcel at a time. They move from stage to stage meanwhile: the
   * parcels are gone through until nothing more is found, or a few times.
   *
   * @return how many were cancelled by this call
   */
  Future<Integer> cancelBatch(String account, String batch) {
    return placed(account, () -> pass(batch, PASSES));
  }

  private <T> Future<T> placed(String account, Supplier<Future<T>> work) {
    places.take(account);
    return work.get().andThen(done -> {
      places.leave(account);
      if (drained != null && places.areAllFree()) drained.tryComplete();
    });
  }

  private <T> Future<T> inTurn(Supplier<Future<T>> turn) {
    Future<T> mine = last.transform(done -> turn.get());
    last = mine;
    return mine;
  }

  private Future<Integer> pass(String batch, int passes) {
    return parcelsAfter(batch, "").compose(taken -> taken == 0 || passes == 1 ? Future.succeededFuture(taken) : pass(batch, passes - 1).map(more -> taken + more));
  }

  private Future<Integer> parcelsAfter(String batch, String after) {
    Promise<Integer> end = Promise.promise();
    goOn(batch, after, 0, end);
    return end.future();
  }

  /** Not composed: a batch may lie in thousands of parcels, and as many nested futures would not fit the stack. */
  private void goOn(String batch, String after, int before, Promise<Integer> end) {
    inTurn(() -> turn(batch, after)).onFailure(end::fail).onSuccess(turn -> {
      if (turn.upTo == null) end.complete(before);
      else context.runOnContext(v -> goOn(batch, turn.upTo, before + turn.taken, end));
    });
  }

  private Future<Turn> turn(String batch, String after) {
    return queue.ofBatch(context, batch, after, MOST_READ).compose(parcels -> {
      Future<Integer> taken = Future.succeededFuture(0);
      for (Parcel parcel : parcels) taken = taken.compose(until -> takeOut(parcel, batch).map(now -> until + now));
      return taken.map(now -> new Turn(now, parcels.isEmpty() ? null : parcels.get(parcels.size() - 1).id()));
    });
  }

  /** What others changed meanwhile is seen by the next pass. */
  private Future<Integer> takeOut(Parcel parcel, String batch) {
    Set<Integer> positions = new TreeSet<>();
    for (Message m : parcel.messages()) if (batch.equals(m.origin().batch()) && isUnsent(parcel, m.id())) positions.add(parcel.position(m.id()));
    if (positions.isEmpty()) return Future.succeededFuture(0);
    return takeOut(parcel, positions).map(positions.size()).recover(failure -> failure instanceof LeaseLost ? Future.succeededFuture(0) : Future.failedFuture(failure));
  }

  private Future<Boolean> attempt(String id, int readings) {
    return queue.holding(context, id).compose(parcel -> {
      if (parcel == null || !isUnsent(parcel, id)) return Future.succeededFuture(false);
      return takeOut(parcel, Set.of(parcel.position(id))).map(true).recover(failure ->
        failure instanceof LeaseLost ? readings > 1 ? attempt(id, readings - 1) : Future.succeededFuture(false) : Future.failedFuture(failure));
    });
  }

  /** Links submit no further than the watermark of the parcel that they hold, and our change takes the parcel from them. */
  private static boolean isUnsent(Parcel parcel, String id) {
    boolean unrouted = parcel.queue().equals(Parcel.ROUTE) || parcel.queue().equals(Parcel.DETOUR);
    int position = parcel.position(id);
    boolean unclaimed = unrouted || parcel.queue().startsWith(Parcel.link("")) && position >= parcel.tried();
    return position >= 0 && unclaimed && !mayBeOut(parcel.message(position));
  }

  /** What waits for another try: whether a carrier has taken a segment of it, or may have. */
  private static boolean mayBeOut(Message m) {
    return m.resent() || m.parts().stream().anyMatch(part -> !part.carrierIds().isEmpty());
  }

  private Future<Void> takeOut(Parcel parcel, Set<Integer> positions) {
    Step step = new Step().amend(parcel, positions, Map.of());
    for (int position : positions) {
      Message m = parcel.message(position);
      step.end(m, new Event.Cancelled(m.id(), m.n() + 1, queue.now(), Event.Money.released(m.legs())));
      for (Leg leg : m.legs()) step.money(leg.account(), leg.amount());
    }
    return slot().compose(open -> open.commit(step));
  }

  /** After all that wait. */
  Future<Void> close() {
    drained = Promise.promise();
    if (places.areAllFree()) drained.complete();
    return drained.future().transform(done -> slot.compose(Slot::close));
  }
}
