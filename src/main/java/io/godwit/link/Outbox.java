package io.godwit.link;

import io.godwit.message.Lane;
import io.godwit.queue.Backlog;
import io.godwit.queue.Consumer;
import io.godwit.queue.Lanes;
import io.godwit.queue.LeaseLost;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Slot;
import io.godwit.queue.Soon;
import io.godwit.queue.Step;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one link of this process holds of one set: parcels from which messages are submitted, and settled ones that wait for
 * their commit.
 *
 * <p>A message is submitted only if its parcel's {@code tried} covers it and the lease is trusted, so that a crash leaves at most
 * {@code budget} messages of unknown fate. {@code tried} is raised by the claim, the hand-over or the commits of settlements.
 * Confined to the link's context, but for the methods of {@link Consumer}.
 */
final class Outbox implements Consumer {
  private static final Logger log = LoggerFactory.getLogger(Outbox.class);
  private static final int MOST_CLAIMED = 4;
  private static final long REST_MS = 500;

  private final Context context;
  final MessageQueue queue;
  private final String name;
  private final Submission.Maker submissions;
  private final Slot slot;
  private final Soon soon;
  private final Settlement settlement;
  private final Awaiting awaiting;
  private final LateAnswers late;
  private final Runnable pump;
  /** The link adds what each bind may have unsettled. */
  final Budget budget = new Budget();
  private final Lanes<Held> inbox = Held.lanes();
  private final Map<Parcel, Held> held = new HashMap<>();
  private List<Submission> settled = new ArrayList<>();
  private List<Held> lapsed = new ArrayList<>();
  private final Backlog backlog = new Backlog();
  private volatile boolean open;
  private boolean claiming;
  private boolean resting;
  private Promise<Void> emptied;

  Outbox(Context context, MessageQueue queue, String link, Submission.Maker submissions, Slot slot, Settlement settlement, Awaiting awaiting, LateAnswers late, Runnable pump) {
    this.context = context;
    this.queue = queue;
    this.name = Parcel.link(link);
    this.submissions = submissions;
    this.slot = slot;
    this.soon = new Soon(context, this::commit);
    this.settlement = settlement;
    this.awaiting = awaiting;
    this.late = late;
    this.pump = pump;
  }

  /** The link has a bind: from now on parcels are taken. */
  void open() {
    if (open) return;
    open = true;
    queue.attach(this);
    wake();
  }

  // ---- what the queue calls, on any event loop

  @Override
  public String queue() {
    return name;
  }

  @Override
  public Place offer(Parcel parcel) {
    if (!open || backlog.isBefore(parcel.lane()) || !inbox.offer(parcel)) return null;
    int covered = budget.take(parcel.size(), parcel.lane());
    return new Place() {
      @Override
      public int tried() {
        return covered;
      }

      @Override
      public void deliver(Parcel stored) {
        context.runOnContext(v -> {
          hold(stored);
          pump.run();
        });
      }

      @Override
      public void withdraw() {
        inbox.leave(parcel);
        budget.free(covered);
      }
    };
  }

  @Override
  public void wake(Lane lane) {
    backlog.suspect(lane);
    context.runOnContext(v -> claim());
  }

  @Override
  public void dropAll() {
    context.runOnContext(v -> {
      dropTheLost();
      List.copyOf(held.values()).forEach(this::dropIfLost);
      settled.stream().filter(s -> !held.containsKey(s.parcel)).forEach(awaiting::expectNoMore);
      settled.removeIf(s -> !held.containsKey(s.parcel));
      lapsed.removeIf(h -> !held.containsKey(h.parcel));
    });
  }

  // ---- taking

  /** @return how much of the budget it takes */
  private int hold(Parcel parcel) {
    Held fresh = new Held(parcel);
    int used = fresh.used();
    if (!open) {
      inbox.leave(parcel);
      budget.free(used);
      queue.giveBack(List.of(parcel), false);
      return used;
    }
    held.put(parcel, fresh);
    inbox.add(fresh);
    if (parcel.triedBefore() > 0) {
      fresh.cursor = parcel.triedBefore();
      lapsed.add(fresh);
      commit();
    }
    return used;
  }

  /** With enough bulk here, or too much of it unsettled, alerts are still fetched. */
  private void claim() {
    if (!claim(Lane.BULK)) claim(Lane.ALERT);
  }

  /** One parcel ahead: see {@link io.godwit.worker.Stage} for why a claim does not wait until nothing is left. */
  private boolean claim(Lane last) {
    if (claiming || !open || !backlog.isBefore(last) || inbox.parcels(last) > 1) return false;
    int taken = budget.take(Integer.MAX_VALUE, last);
    if (taken == 0) return false;
    int most = Math.min(MOST_CLAIMED, taken);
    claiming = true;
    backlog.claiming(last);
    queue.claim(queue(), last, most, taken / most).onComplete(done -> {
      claiming = false;
      int used = 0;
      if (done.succeeded()) {
        backlog.claimed(last, done.result(), most);
        done.result().forEach(inbox::enter);
        for (Parcel parcel : done.result()) used += hold(parcel);
      } else log.warn("{}: cannot claim: {}", queue(), done.cause().toString());
      budget.free(taken - used);
      if (!open) commit();
      pump.run();
    });
    return true;
  }

  /** The next message to submit, alerts first; null when there is none that may be submitted now. */
  Submission next() {
    if (!open || !queue.isTrusted()) return null;
    dropTheLost();
    for (Deque<Held> lane : inbox.inOrder()) {
      while (!lane.isEmpty()) {
        Held first = lane.peek();
        int position = first.next();
        if (position >= first.parcel.size()) {
          inbox.removeFirst(lane);
          continue;
        }
        if (position >= first.covered) {
          if (budget.isLeft(first.parcel.lane())) commit();
          break;
        }
        first.cursor = position + 1;
        Submission submission = submissions.make(first.parcel, position, this::settled, late::take);
        if (submission.message.validUntil() <= queue.now()) submission.expire();
        else if (submission.hasNext()) return submission;
        else settled(submission);
      }
    }
    claim();
    return null;
  }

  /** Parcels of an earlier life of this process, in the moment before it is told. */
  private void dropTheLost() {
    inbox.removeIf(this::dropIfLost);
  }

  private boolean dropIfLost(Held some) {
    if (queue.holds(some.parcel)) return false;
    if (held.remove(some.parcel) != null) budget.free(some.used());
    return true;
  }

  // ---- settling

  /** Its fate is known, or known to be unknown: the next commit takes it out of its parcel. */
  void settled(Submission submission) {
    settled.add(submission);
    awaiting.expect(submission);
    if (!slot.isBusy()) soon.ask();
  }

  /** Before the next attempt, after a failure for another reason than a lost lease. */
  private void rest() {
    resting = true;
    context.owner().setTimer(REST_MS, t -> {
      resting = false;
      commit();
    });
  }

  /** Everything settled since the last commit, and the raised watermarks, as one step. */
  private void commit() {
    if (slot.isBusy() || resting) return;
    List<Submission> all = settled;
    List<Submission> batch = all.stream().filter(s -> held.containsKey(s.parcel)).toList();
    List<Held> unknown = lapsed;
    settled = new ArrayList<>();
    lapsed = new ArrayList<>();
    Map<Held, Set<Integer>> leaving = Held.leaving(held, batch, unknown);
    Map<Held, Raise> raised = Raise.all(leaving.keySet(), open ? inbox : Held.lanes(), budget);
    Step step = new Step();
    settlement.settle(step, batch, unknown.stream().map(h -> h.parcel).toList());
    raised.forEach((parcel, raise) -> step.settle(parcel.parcel, leaving.getOrDefault(parcel, Set.of()), raise.tried()));
    if (step.isEmpty()) {
      all.forEach(awaiting::expectNoMore);
      if (!open) handBack();
      return;
    }
    slot.commit(step).onComplete(done -> {
      if (done.succeeded()) {
        committed(leaving, raised);
        awaiting.add(step.puts());
        late.add(step.puts(), batch);
      } else uncommitted(done.cause(), batch, unknown, raised);
      all.forEach(awaiting::expectNoMore);
      settled.forEach(awaiting::expect);
      if (done.succeeded() || done.cause() instanceof LeaseLost) commit();
      else rest();
      pump.run();
    });
  }

  /** What was dropped meanwhile has freed its part of the budget already. */
  private void committed(Map<Held, Set<Integer>> leaving, Map<Held, Raise> raised) {
    raised.forEach((parcel, raise) -> {
      boolean here = held.containsKey(parcel.parcel);
      if (here) parcel.covered = raise.tried();
      budget.free(here ? (int) leaving.getOrDefault(parcel, Set.of()).stream().filter(i -> i >= parcel.parcel.triedBefore()).count() : raise.taken());
      if (parcel.parcel.isEmpty()) held.remove(parcel.parcel);
    });
  }

  /**
   * Parcels that are no longer ours are dropped with all that was settled of them: whoever has them treats it as unknown. Those that only
   * were changed are kept, and so is everything after a failure that says nothing about leases: it is tried again, unless the link closes.
   */
  private void uncommitted(Throwable failure, List<Submission> batch, List<Held> unknown, Map<Held, Raise> raised) {
    log.warn("{}: a settlement did not take effect: {}", queue(), failure.toString());
    raised.values().forEach(raise -> budget.free(raise.taken()));
    boolean givenUp = !open && !(failure instanceof LeaseLost);
    Set<Parcel> lost = failure instanceof LeaseLost l ? l.parcels() : givenUp ? Set.copyOf(held.keySet()) : Set.of();
    if (givenUp) queue.giveBack(lost, true);
    lost.stream().map(held::remove).filter(Objects::nonNull).forEach(gone -> budget.free(gone.used()));
    inbox.removeIf(h -> lost.contains(h.parcel));
    batch.stream().filter(s -> held.containsKey(s.parcel)).forEach(settled::add);
    unknown.stream().filter(h -> held.containsKey(h.parcel)).forEach(lapsed::add);
  }

  // ---- closing

  /** The link has no bind any more: what was never submitted goes back at once, the rest when it is settled. */
  Future<Void> close() {
    if (!open && emptied == null) return Future.succeededFuture();
    open = false;
    queue.detach(this);
    if (emptied == null) emptied = Promise.promise();
    Future<Void> done = emptied.future();
    commit();
    return done;
  }

  /** After {@link #close}: the link does not open again. */
  Future<Void> end() {
    return late.end().transform(ended -> slot.close());
  }

  private void handBack() {
    if (held.values().stream().anyMatch(Held::hasInFlight) || slot.isBusy() || claiming || resting) return;
    List<Parcel> rest = new ArrayList<>(held.keySet());
    budget.free(held.values().stream().mapToInt(Held::used).sum());
    held.clear();
    inbox.removeIf(h -> true);
    Promise<Void> waiting = emptied;
    emptied = null;
    queue.giveBack(rest, false).onComplete(done -> {
      if (done.failed()) log.warn("{}: {} parcels could not be returned, the sweep will: {}", queue(), rest.size(), done.cause().toString());
      if (waiting != null) waiting.tryComplete();
    });
  }
}
