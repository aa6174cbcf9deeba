package io.godwit.intake;

import com.mongodb.MongoException;
import io.godwit.message.Limits;
import io.godwit.message.Message;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Slot;
import io.godwit.queue.Soon;
import io.godwit.queue.Step;
import io.godwit.store.UnitOfWork;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * One commit slot of one set, and the offers that wait for it: while a commit is in flight what arrives collects, and when it returns
 * all of it goes out at once, about {@link Limits#PARCEL_MESSAGES} messages a step. Where a worker runs in this process and is not behind, messages are
 * accepted and routed in one unit of work. Confined to the event loop that made it.
 */
final class Line {
  /** A commit that takes longer speaks against its set. */
  private static final long LATE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final AtomicLong WEIGHT = new AtomicLong();

  private final MessageQueue queue;
  private final Soon soon;
  private final Slot slot;
  private final Packing packing;
  private final boolean keyed;
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private List<Waiting> flight = List.of();
  private long departedAt;
  private boolean knownLate;
  private int messages;
  private Promise<Void> drained;

  /** An offer with its ids. {@code deadline} is a {@link System#nanoTime}. */
  private record Waiting(Offer offer, Outcome.Accepted accepted, long deadline, Promise<Outcome> answer) { }

  /** @param keyed whether its offers may fail for a duplicate: then nobody else's messages share their unit of work */
  Line(Context context, MessageQueue queue, Packing packing, boolean keyed) {
    this.keyed = keyed;
    this.soon = new Soon(context, this::depart);
    this.queue = queue;
    this.slot = queue.openSlot("intake");
    this.packing = packing;
  }

  /** How many messages wait or are in flight. */
  int messages() {
    return messages;
  }

  /** What the messages of all lines of the process weigh, in bytes. */
  static long weight() {
    return WEIGHT.get();
  }

  private void count(Offer offer, int sign) {
    messages += sign * offer.size();
    WEIGHT.addAndGet(sign * offer.weight());
  }

  /** Fails only when the store refuses the offer for a reason that nobody expected. */
  Future<Outcome> accept(Offer offer, long deadline) {
    Promise<Outcome> answer = Promise.promise();
    accept(offer, deadline, answer);
    return answer.future();
  }

  private void accept(Offer offer, long deadline, Promise<Outcome> answer) {
    waiting.add(new Waiting(offer, identified(offer), deadline, answer));
    count(offer, 1);
    if (flight.isEmpty()) soon.ask();
  }

  /** Whether the commit in flight takes too long; said once. */
  boolean becomesLate(long nanoTime) {
    if (knownLate || flight.isEmpty() || nanoTime - departedAt <= LATE_NANOS) return false;
    knownLate = true;
    return true;
  }

  /** Hands what waits, of which surely nothing is stored, to another set's line. */
  void moveTo(Function<Offer, Line> line) {
    List<Waiting> moving = new ArrayList<>(waiting);
    waiting.clear();
    for (Waiting w : moving) {
      count(w.offer, -1);
      line.apply(w.offer).accept(w.offer, w.deadline, w.answer);
    }
  }

  private Outcome.Accepted identified(Offer offer) {
    String batch = offer.isBatch() ? queue.newId() : null;
    List<Message> made = new ArrayList<>(offer.size());
    for (Draft draft : offer.drafts()) made.add(draft.message(queue.newId(), batch));
    return new Outcome.Accepted(batch, made);
  }

  private void depart() {
    if (!flight.isEmpty() || waiting.isEmpty()) return;
    flight = take();
    departedAt = System.nanoTime();
    knownLate = false;
    fly(flight).onComplete(done -> {
      for (Waiting w : flight) count(w.offer, -1);
      flight = List.of();
      if (!waiting.isEmpty()) depart();
      else if (drained != null) drained.tryComplete();
    });
  }

  private List<Waiting> take() {
    List<Waiting> taken = new ArrayList<>();
    int size = 0;
    while (!waiting.isEmpty() && (size == 0 || size + waiting.peek().offer.size() <= Limits.PARCEL_MESSAGES)) {
      Waiting next = waiting.poll();
      taken.add(next);
      size += next.offer.size();
    }
    return taken;
  }

  /** What the store refuses together is tried one by one: the fault of one is not the others'. Never fails. */
  private Future<Void> fly(List<Waiting> together) {
    return Future.<Void>succeededFuture().compose(v -> commit(together))
      .onSuccess(v -> together.forEach(w -> w.answer.tryComplete(w.accepted)))
      .recover(failure -> together.size() == 1 ? refused(together.get(0), failure) : oneByOne(together));
  }

  private Future<Void> commit(List<Waiting> together) {
    Step step = new Step();
    List<Message> all = new ArrayList<>();
    for (Waiting w : together) {
      all.addAll(w.accepted.messages());
      if (w.offer.extra() != null) step.also(work -> w.offer.extra().write(work, w.accepted));
    }
    packing.into(step, all);
    Future<Void> absorbed = keyed ? null : queue.absorb(step);
    return absorbed == null ? slot.commit(step) : absorbed.recover(noEffect -> slot.commit(step));
  }

  private Future<Void> oneByOne(List<Waiting> together) {
    Future<Void> done = Future.succeededFuture();
    for (Waiting one : together) done = done.compose(v -> fly(List.of(one)));
    return done;
  }

  private Future<Void> refused(Waiting one, Throwable failure) {
    boolean duplicate = failure instanceof UnitOfWork.Fenced || failure instanceof MongoException e && String.valueOf(e.getMessage()).contains("E11000");
    if (duplicate && one.offer.extra() != null) one.answer.tryComplete(new Outcome.Duplicate());
    else one.answer.tryFail(failure);
    return Future.succeededFuture();
  }

  /** Answers those whose time is over: what still waits is withdrawn, what is in flight goes on and its outcome is not known. */
  void expire(long nanoTime) {
    while (!waiting.isEmpty() && waiting.peek().deadline - nanoTime <= 0) {
      Waiting late = waiting.poll();
      count(late.offer, -1);
      late.answer.tryComplete(new Outcome.Refused(Refusal.storeUnavailable()));
    }
    for (Waiting w : flight) if (w.deadline - nanoTime <= 0) w.answer.tryComplete(new Outcome.Unknown());
  }

  /** Completes when nothing waits and nothing is in flight. */
  Future<Void> drain() {
    if (waiting.isEmpty() && flight.isEmpty()) return Future.succeededFuture();
    if (drained == null) drained = Promise.promise();
    return drained.future();
  }

  void close() {
    slot.close();
  }
}
