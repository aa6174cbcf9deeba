package io.godwit.smppserver;

import io.godwit.message.Event;
import io.godwit.message.Notice;
import io.godwit.queue.LeaseLost;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Slot;
import io.godwit.queue.Soon;
import io.godwit.queue.Step;
import io.godwit.worker.Outlets;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits what customers answered, of all accounts of one set: what was told leaves its parcel with a NOTIFIED event, what could not be told waits
 * in another parcel for its next try, unless its time is over. While a commit is in flight, more collects. Confined to its context.
 */
final class Post {
  private static final Logger log = LoggerFactory.getLogger(Post.class);
  private static final long FIRST_PAUSE = 2_000;
  private static final long LONGEST_PAUSE = 120_000;
  private static final int MOST_DOUBLINGS = 6;
  private static final long REST_MS = 500;

  private final Context context;
  private final MessageQueue queue;
  private final Slot slot;
  private final Soon soon;
  private final Meters meters;
  private List<Told> waiting = new ArrayList<>();
  private List<Told> flight = List.of();
  private boolean resting;
  private Promise<Void> drained;

  /** A notice whose fate is known. */
  private record Told(Mailbag bag, Telling telling) { }

  Post(Context context, MessageQueue queue, Meters meters) {
    this.context = context;
    this.queue = queue;
    this.slot = queue.openSlot("smpp");
    this.soon = new Soon(context, this::commit);
    this.meters = meters;
  }

  MessageQueue queue() {
    return queue;
  }

  void settle(Mailbag bag, Telling telling) {
    waiting.add(new Told(bag, telling));
    soon.ask();
  }

  /** Whether something about the parcel is about to be committed. */
  boolean isSettling(Held held) {
    return waiting.stream().anyMatch(told -> told.telling.held == held) || flight.stream().anyMatch(told -> told.telling.held == held);
  }

  private void commit() {
    if (slot.isBusy() || resting || !flight.isEmpty()) return;
    flight = waiting.stream().filter(told -> told.bag.holds(told.telling.held)).toList();
    waiting = new ArrayList<>();
    if (flight.isEmpty()) {
      if (drained != null) drained.tryComplete();
      return;
    }
    List<Told> batch = flight;
    slot.commit(step(batch)).onComplete(done -> {
      flight = List.of();
      if (done.succeeded()) committed(batch);
      else uncommitted(batch, done.cause());
    });
  }

  private Step step(List<Told> batch) {
    Step step = new Step();
    Outlets outlets = new Outlets(queue, step);
    long now = queue.now();
    Map<Parcel, Set<Integer>> leaving = new HashMap<>();
    for (Told told : batch) {
      leaving.computeIfAbsent(told.telling.held.parcel, p -> new HashSet<>()).add(told.telling.position);
      end(step, outlets, told.telling, now);
    }
    leaving.forEach((parcel, positions) -> step.settle(parcel, positions, 0));
    outlets.close();
    return step;
  }

  private static void end(Step step, Outlets outlets, Telling telling, long now) {
    Notice notice = telling.notice;
    Parcel parcel = telling.held.parcel;
    switch (telling.outcome()) {
      case TOLD -> step.event(new Event.Notified(notice.id(), now, notice.message().n(), notice.tries() + 1));
      case REFUSED -> {
        if (notice.isReceived()) step.deadLetter(notice, parcel.queue(), "the customer's receiver refused it", now);
      }
      case UNTELLABLE -> step.deadLetter(notice, parcel.queue(), "it cannot be written as a deliver_sm", now);
      default -> later(step, outlets, telling, now);
    }
  }

  /** Told again after a pause, until its time is over, as what nobody has taken: see {@code rescue.Expiry}. */
  private static void later(Step step, Outlets outlets, Telling telling, long now) {
    Notice notice = telling.notice;
    Parcel parcel = telling.held.parcel;
    if (notice.validUntil() > now) {
      long due = now + Math.min(LONGEST_PAUSE, FIRST_PAUSE << Math.min(notice.tries(), MOST_DOUBLINGS));
      outlets.put(parcel.queue(), parcel.lane(), due, parcel.rank(), notice.again());
    } else if (notice.isReceived()) {
      step.deadLetter(notice, parcel.queue(), "no receiver of the account has taken it in its time", now);
    }
  }

  private void committed(List<Told> batch) {
    for (Told told : batch) {
      meters.delivery(told.telling.notice.isReceived(), told.telling.outcome().name().toLowerCase(java.util.Locale.ROOT));
      told.bag.settled(told.telling.held);
    }
    commit();
  }

  /** What is no longer ours will be told by others, once more; all else is tried again. */
  private void uncommitted(List<Told> batch, Throwable failure) {
    log.warn("{} answers of customers could not be settled: {}", batch.size(), failure.toString());
    Set<Parcel> lost = failure instanceof LeaseLost l ? l.parcels() : Set.of();
    List<Told> again = new ArrayList<>();
    for (Told told : batch) {
      if (lost.contains(told.telling.held.parcel)) told.bag.lost(told.telling.held);
      else again.add(told);
    }
    again.addAll(waiting);
    waiting = again;
    if (failure instanceof LeaseLost) commit();
    else rest();
  }

  private void rest() {
    resting = true;
    context.owner().setTimer(REST_MS, t -> {
      resting = false;
      commit();
    });
  }

  /** After the last mailbag was closed. */
  Future<Void> close() {
    drained = Promise.promise();
    commit();
    if (waiting.isEmpty() && flight.isEmpty()) drained.tryComplete();
    return drained.future().eventually(slot::close);
  }
}
