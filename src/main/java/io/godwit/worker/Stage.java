package io.godwit.worker;

import io.godwit.message.Lane;
import io.godwit.message.Limits;
import io.godwit.queue.Backlog;
import io.godwit.queue.Consumer;
import io.godwit.queue.Lanes;
import io.godwit.queue.LeaseLost;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Slot;
import io.godwit.queue.Soon;
import io.godwit.queue.Step;
import io.godwit.queue.Unwritable;
import io.godwit.store.CommitSlot;
import io.godwit.store.Deadline;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A consumer of one queue in one set: takes what waits, lets its decider say what follows, and commits that at once. While a
 * commit is in flight, what arrives collects; when it returns, all of it goes out together. No timers: an idle stage takes
 * parcels of one, a busy one takes many.
 *
 * <p>Confined to the context that created it, but for {@link #offer}, {@link #wake} and {@link #dropAll}, which hand over to it.
 */
public final class Stage implements Consumer {
  private static final Logger log = LoggerFactory.getLogger(Stage.class);
  /** What is worked on, and what comes next: with more, one stage would have what its idle neighbours could do. */
  private static final int FEWEST_CLAIMED = 2;
  private static final int MOST_CLAIMED = 128;
  private static final long PAUSE_AFTER_FAILURE_MS = 500;

  /** What a stage decides. */
  public interface Decider {
    /** Everything that follows from these parcels; it must finish, settle or give back each of them. */
    Future<Step> decide(List<Parcel> parcels);

    /** The step that was decided for these parcels took no effect. */
    default void undone(List<Parcel> parcels) {
    }

    /** What becomes of a parcel with the one message on which {@link #decide} fails again and again. */
    Step bury(Parcel parcel, Throwable why);
  }

  private final MessageQueue queue;
  private final String name;
  private final Slot slot;
  private final Decider decider;
  private final Context context;
  private final Soon soon;
  private final long patience;
  private final Lanes<Parcel> lanes = new Lanes<>(parcel -> parcel);
  private final Fresh fresh;
  private boolean freshTurn;
  private final Suspects suspects;
  private final Backlog backlog = new Backlog();
  private boolean claiming;
  private boolean working;
  private volatile boolean stopping;
  /** A decision takes too long: others shall have the parcels. */
  private volatile boolean stuck;
  private int claimSize = FEWEST_CLAIMED;
  private Promise<Void> idle;

  public Stage(Context context, MessageQueue queue, String name, Slot slot, Decider decider) {
    this(context, queue, name, slot, decider, Limits.STAGE_TIMEOUT);
  }

  /** @param patience how long a decision may take before its parcels go back, milliseconds */
  Stage(Context context, MessageQueue queue, String name, Slot slot, Decider decider, long patience) {
    this.patience = patience;
    this.context = context;
    this.soon = new Soon(context, this::work);
    this.queue = queue;
    this.name = name;
    this.slot = slot;
    this.decider = decider;
    this.fresh = new Fresh(slot, decider);
    this.suspects = new Suspects(queue, decider);
  }

  public void start() {
    queue.attach(this);
    wake();
  }

  @Override
  public String queue() {
    return name;
  }

  /** No place while stored parcels wait before it, as below: they come first. */
  @Override
  public Place offer(Parcel parcel) {
    if (stopping || stuck || backlog.isBefore(parcel.lane()) || !lanes.offer(parcel)) return null;
    return Place.of(stored -> context.runOnContext(v -> delivered(stored)), () -> lanes.leave(parcel));
  }

  private void delivered(Parcel parcel) {
    if (stopping || stuck) {
      lanes.leave(parcel);
      queue.giveBack(List.of(parcel), false);
      return;
    }
    lanes.add(parcel);
    soon.ask();
  }

  @Override
  public Future<Void> absorb(Step step) {
    boolean late = stopping || stuck || !queue.isTrusted() || step.puts().stream().anyMatch(parcel -> backlog.isBefore(parcel.lane()));
    Fresh.Absorbed absorbed = late ? null : fresh.offer(step, context.owner().getOrCreateContext());
    if (absorbed == null) return null;
    context.runOnContext(v -> {
      fresh.add(absorbed);
      if (stopping || stuck) fresh.refuseAll();
      else soon.ask();
    });
    return absorbed.done().future();
  }

  @Override
  public void wake(Lane lane) {
    backlog.suspect(lane);
    context.runOnContext(v -> work());
  }

  @Override
  public void dropAll() {
    context.runOnContext(v -> {
      lanes.removeIf(parcel -> !queue.holds(parcel));
      suspects.keepOnly(queue::holds);
      work();
    });
  }

  /** The loop: decide and commit what is here, and meanwhile fetch more. */
  private void work() {
    assert Vertx.currentContext() == context : name + " is run on another context than its own";
    if (!working) next();
    if (!stopping) claim();
  }

  /** What is stored and what is fresh take turns. */
  private void next() {
    freshTurn = !freshTurn && !fresh.isEmpty() && !stopping;
    if (freshTurn) begin(() -> fresh.process(this::stuck));
    else {
      List<Parcel> batch = stopping ? List.of() : take();
      if (!batch.isEmpty()) begin(() -> process(batch).recover(bug -> unprocessed(batch, bug)));
      else if (stopping && idle != null) idle.tryComplete();
      else if (!fresh.isEmpty()) next();
    }
  }

  private void begin(Supplier<Future<Void>> work) {
    working = true;
    work.get().onComplete(done -> {
      working = false;
      work();
    });
  }

  /** A decider threw where it must not: the parcels go back, or they would stay leased to us for ever. */
  private Future<Void> unprocessed(List<Parcel> batch, Throwable bug) {
    log.error("{}: {} parcels go back after an unexpected failure", name, batch.size(), bug);
    return goBack(batch);
  }

  private Future<Void> goBack(List<Parcel> batch) {
    return queue.giveBack(batch, false).transform(done -> pause());
  }

  private List<Parcel> take() {
    return suspects.isEmpty() ? lanes.take(Limits.PARCEL_MESSAGES) : List.of(suspects.poll());
  }

  private Future<Void> process(List<Parcel> batch) {
    Future<Step> decision = Deadline.told(context, decide(batch));
    return Deadline.within(patience, decision).compose(
      step -> slot.commit(step).recover(failure -> uncommitted(batch, failure)),
      failure -> decision.isComplete() ? undecided(batch, failure) : tooLong(batch, decision));
  }

  /** An outage is no poison: the parcels go back uncounted, and the decider is shown nothing more until its call has ended. */
  private Future<Void> tooLong(List<Parcel> batch, Future<Step> decision) {
    log.error("{}: no decision about {} parcels in {} ms: they go back, and this stage waits", name, batch.size(), patience);
    stuck = true;
    return queue.giveBack(batch, false).transform(returned -> stuck(decision, batch));
  }

  private Future<Void> stuck(Future<Step> decision, List<Parcel> shown) {
    stuck = true;
    fresh.refuseAll();
    return queue.giveBack(lanes.takeAll(), false).transform(returned -> decision.transform(late -> {
      stuck = false;
      decider.undone(shown);
      return Future.succeededFuture();
    }));
  }

  private Future<Step> decide(List<Parcel> batch) {
    try {
      return decider.decide(batch);
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  /** What cannot be written is the decider's failure: it sees its parcels one by one. */
  private Future<Void> uncommitted(List<Parcel> batch, Throwable failure) {
    return failure instanceof Unwritable ? undecided(batch, failure) : untaken(batch, failure);
  }

  private Future<Void> untaken(List<Parcel> batch, Throwable failure) {
    decider.undone(batch);
    List<Parcel> left = new ArrayList<>(batch);
    if (failure instanceof LeaseLost lost) {
      log.info("{}: {}", name, failure.getMessage());
      left.removeAll(lost.parcels());
      left.forEach(lanes::again);
      return Future.succeededFuture();
    }
    log.error("{}: {} parcels cannot be committed and go back: {}", name, batch.size(), failure.toString());
    return goBack(left);
  }

  /** A decider that fails on several parcels sees them one by one; on one parcel with several messages, in halves. A store's outage does not count. */
  private Future<Void> undecided(List<Parcel> batch, Throwable failure) {
    log.warn("{}: cannot decide about {}: {}", name, batch, failure.toString());
    decider.undone(batch);
    if (CommitSlot.isOutage(failure)) return goBack(batch);
    if (batch.size() > 1) {
      suspects.addAll(batch);
      return Future.succeededFuture();
    }
    Step step = suspects.judge(batch.get(0), failure);
    return step == null ? pause() : slot.commit(step).recover(e -> untaken(batch, e));
  }

  private Future<Void> pause() {
    return context.owner().timer(PAUSE_AFTER_FAILURE_MS, TimeUnit.MILLISECONDS).mapEmpty();
  }

  /**
   * Without waiting until the inbox is empty, or else: what is put meanwhile is stored, since stored parcels come first, its hint comes after
   * this claim began, and so on: a stage that was behind once would never be handed anything again. With enough bulk here alerts are still fetched.
   */
  private void claim() {
    Lane last = lanes.messages(Lane.BULK) < Limits.PARCEL_MESSAGES ? Lane.BULK : Lane.ALERT;
    if (claiming || stuck || !backlog.isBefore(last) || lanes.messages(last) >= Limits.PARCEL_MESSAGES) return;
    claiming = true;
    backlog.claiming(last);
    int most = claimSize;
    queue.claim(name, last, most, 0).onComplete(done -> {
      claiming = false;
      if (done.succeeded()) claimed(done.result(), last, most);
      else log.warn("{}: cannot claim: {}", name, done.cause().toString());
      if (done.succeeded()) work();
    });
  }

  private void claimed(List<Parcel> parcels, Lane last, int most) {
    if (stopping || stuck) {
      queue.giveBack(parcels, false);
      return;
    }
    int messages = 0;
    for (Parcel parcel : parcels) {
      messages += parcel.left();
      lanes.claimed(parcel);
    }
    backlog.claimed(last, parcels, most);
    if (messages > 0) claimSize = Math.max(FEWEST_CLAIMED, Math.min(MOST_CLAIMED, most * Limits.PARCEL_MESSAGES / messages));
  }

  /** Takes nothing more, lets the commit in flight end, and returns what is held. */
  public Future<Void> stop() {
    stopping = true;
    queue.detach(this);
    fresh.refuseAll();
    idle = Promise.promise();
    if (!working) idle.complete();
    return idle.future().compose(v -> {
      List<Parcel> held = lanes.takeAll();
      held.addAll(suspects.takeAll());
      return queue.giveBack(held, false);
    }).eventually(slot::close);
  }
}
