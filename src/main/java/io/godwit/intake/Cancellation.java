package io.godwit.intake;

import io.godwit.billing.ReleasingSlot;
import io.godwit.message.Event;
import io.godwit.message.Leg;
import io.godwit.message.Message;
import io.godwit.node.Node;
import io.godwit.queue.LeaseLost;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.Map;
import java.util.Set;

/**
 * Takes messages back out of the parcels of one set, where they surely were not submitted yet. Confined to the event loop that
 * opened it; one unit of work at a time, each for one message.
 */
final class Cancellation {
  /** A parcel that changes hands faster than we can read it is on its way out: after so many readings it is too late. */
  private static final int READINGS = 5;

  private final MessageQueue queue;
  private final Context context;
  private final Future<Slot> slot;
  private Future<?> last = Future.succeededFuture();
  private int waiting;

  /** @param slotName unique among the process's slots */
  Cancellation(Context context, Node node, MessageQueue queue, String slotName) {
    this.queue = queue;
    this.context = context;
    this.slot = ReleasingSlot.open(node, queue, slotName);
  }

  /**
   * Takes the message out of its parcel, adds its CANCELLED event and releases what was reserved for it.
   *
   * @return false = nothing was changed: it is in no parcel, or may have been submitted
   */
  Future<Boolean> cancel(String id) {
    waiting++;
    Future<Boolean> mine = last.transform(done -> attempt(id, READINGS)).andThen(done -> waiting--);
    last = mine;
    return mine;
  }

  /** How many are under way, each after the one before. */
  int waiting() {
    return waiting;
  }

  private Future<Boolean> attempt(String id, int readings) {
    return queue.holding(context, id).compose(parcel -> {
      if (parcel == null || !isUnsent(parcel, id)) return Future.succeededFuture(false);
      return takeOut(parcel, parcel.position(id)).recover(failure ->
        failure instanceof LeaseLost ? readings > 1 ? attempt(id, readings - 1) : Future.succeededFuture(false) : Future.failedFuture(failure));
    });
  }

  /** Links submit no further than the watermark of the parcel that they hold, and our change takes the parcel from them. */
  private static boolean isUnsent(Parcel parcel, String id) {
    if (parcel.queue().equals(Parcel.ROUTE)) return true;
    return parcel.queue().startsWith(Parcel.link("")) && parcel.position(id) >= parcel.tried() && !parcel.message(parcel.position(id)).resent();
  }

  private Future<Boolean> takeOut(Parcel parcel, int position) {
    Message m = parcel.message(position);
    Step step = new Step().amend(parcel, Set.of(position), Map.of())
      .end(m, new Event.Cancelled(m.id(), m.n() + 1, queue.now(), Event.Money.released(m.legs())));
    for (Leg leg : m.legs()) step.money(leg.account(), leg.amount());
    return slot.compose(open -> open.commit(step)).map(true);
  }

  Future<Void> close() {
    return last.transform(done -> slot.compose(Slot::close));
  }
}
