package io.godwit.rescue;

import io.godwit.accounts.AccountTree;
import io.godwit.accounts.Directory;
import io.godwit.link.InDoubt;
import io.godwit.link.LinkConfig;
import io.godwit.link.Unsent;
import io.godwit.message.Event;
import io.godwit.message.Message;
import io.godwit.message.Notice;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.godwit.worker.Outlets;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends messages whose validity is over while nobody takes them, as when their link is down: a message expires at its time,
 * never silently. Runs on the context that made it.
 */
final class Expiry {
  private static final Logger log = LoggerFactory.getLogger(Expiry.class);
  private static final long EVERY = 1_000;
  private static final int PARCELS = 16;

  private final Vertx vertx;
  private final MessageQueue queue;
  private final Slot slot;
  private final Directory.View<Map<String, LinkConfig>> links;
  private final Directory.View<AccountTree> accounts;
  private final long timer;
  private boolean sweeping;

  Expiry(Vertx vertx, MessageQueue queue, Slot slot, Directory.View<Map<String, LinkConfig>> links, Directory.View<AccountTree> accounts) {
    this.links = links;
    this.accounts = accounts;
    this.vertx = vertx;
    this.queue = queue;
    this.slot = slot;
    this.timer = vertx.setPeriodic(EVERY, t -> sweep());
  }

  private void sweep() {
    if (sweeping) return;
    sweeping = true;
    queue.claimExpired(PARCELS)
      .compose(parcels -> parcels.isEmpty() ? Future.succeededFuture() : slot.commit(end(parcels)).recover(e -> giveBack(parcels, e)))
      .onComplete(done -> {
        sweeping = false;
        if (done.failed()) log.warn("expired messages stay for now: {}", done.cause().toString());
      });
  }

  /** What could not be ended is claimed again by the next sweep; what is no longer ours is not touched. */
  private Future<Void> giveBack(List<Parcel> parcels, Throwable failure) {
    return queue.giveBack(parcels, false).transform(done -> Future.failedFuture(failure));
  }

  private Step end(List<Parcel> parcels) {
    Step step = new Step();
    Outlets outlets = new Outlets(queue, step);
    long now = queue.now();
    for (Parcel parcel : parcels) {
      step.finish(parcel);
      if (Parcel.isOfNotices(parcel.queue())) untold(step, outlets, parcel, now);
      else parcel.each(i -> {
        Message message = parcel.message(i);
        if (i < parcel.triedBefore() || message.resent() && message.validUntil() <= now) inDoubt(step, outlets, parcel, message, now);
        else if (message.validUntil() <= now) expire(step, message.next(), now);
        else outlets.put(parcel.queue(), parcel.lane(), 0, parcel.rank(), message);
      });
    }
    outlets.close();
    return step;
  }

  /** The customer was away for too long. A receipt repeats what he can look up; a message from a handset is kept for people. */
  private static void untold(Step step, Outlets outlets, Parcel parcel, long now) {
    parcel.each(i -> {
      Notice notice = parcel.notice(i);
      if (notice.validUntil() > now) outlets.put(parcel.queue(), parcel.lane(), 0, parcel.rank(), notice);
      else if (notice.isReceived()) step.deadLetter(notice, parcel.queue(), "no receiver of the account has taken it in its time", now);
    });
  }

  private void expire(Step step, Message m, long now) {
    LinkConfig link = m.link() == null ? null : links.get().get(m.link());
    Unsent.end(step, accounts.get(), link == null || link.receipts(), m, m.parts(), now, money -> new Event.Expired(m.id(), m.n(), now, "its validity ended while it waited", money));
  }

  /**
   * It may have been sent: its link's process died with it in the window, and nobody has taken it over yet (a neighbour's validity may have ended, and its own
   * not), or its answer never came, and its validity ended before it could be tried again.
   */
  private void inDoubt(Step step, Outlets outlets, Parcel parcel, Message m, long now) {
    InDoubt.settle(step, outlets, links.get().get(m.link()), accounts.get().get(m.account()), parcel.lane(), parcel.rank(), m, now);
  }

  Future<Void> stop() {
    vertx.cancelTimer(timer);
    return slot.close();
  }
}
