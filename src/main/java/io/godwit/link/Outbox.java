package io.godwit.link;

import io.godwit.message.Lane;
import io.godwit.queue.Consumer;
import io.godwit.queue.LeaseLost;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Room;
import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
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

  private final Context context;
  private final MessageQueue queue;
  private final LinkConfig link;
  private final Slot slot;
  private final Settlement settlement;
  private final Runnable pump;
  private final int budget;
  private final Room room = new Room();
  /** Messages that may still be covered by a {@code tried}. */
  private final AtomicInteger free;
  private final Map<Lane, Deque<Held>> inbox = new EnumMap<>(Lane.class);
  private final Map<Parcel, Held> held = new HashMap<>();
  private List<Submission> settled = new ArrayList<>();
  private List<Held> lapsed = new ArrayList<>();
  private volatile boolean backlog = true;
  private volatile boolean open;
  private boolean claiming;
  private boolean due;
  private Promise<Void> emptied;

  Outbox(Context context, MessageQueue queue, LinkConfig link, Slot slot, Settlement settlement, int budget, Runnable pump) {
    this.context = context;
    this.queue = queue;
    this.link = link;
    this.slot = slot;
    this.settlement = settlement;
    this.pump = pump;
    this.budget = budget;
    this.free = new AtomicInteger(budget);
    for (Lane lane : Lane.values()) inbox.put(lane, new ArrayDeque<>());
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
    return Parcel.link(link.id());
  }

  @Override
  public Place offer(Parcel parcel) {
    if (backlog || !open || !room.offer(parcel)) return null;
    int covered = cover(parcel.size());
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
        room.leave(parcel);
        free.addAndGet(covered);
      }
    };
  }

  /** Takes from the budget as much as there is, up to what is wanted. */
  private int cover(int wanted) {
    for (;;) {
      int now = free.get();
      int taken = Math.max(0, Math.min(wanted, now));
      if (taken == 0 || free.compareAndSet(now, now - taken)) return taken;
    }
  }

  @Override
  public void wake() {
    backlog = true;
    context.runOnContext(v -> claim());
  }

  @Override
  public void dropAll() {
    context.runOnContext(v -> {
      free.addAndGet(held.values().stream().mapToInt(Held::used).sum());
      emptyInbox();
      held.clear();
      settled.clear();
      lapsed.clear();
    });
  }

  // ---- taking

  /** @return how much of the budget it takes */
  private int hold(Parcel parcel) {
    Held fresh = new Held(parcel);
    held.put(parcel, fresh);
    int used = fresh.used();
    if (!open) {
      room.leave(parcel);
      handBack();
      return used;
    }
    inbox.get(parcel.lane()).add(fresh);
    if (parcel.triedBefore() > 0) {
      fresh.cursor = parcel.triedBefore();
      lapsed.add(fresh);
      commit();
    }
    return used;
  }

  /** One parcel ahead: see {@link io.godwit.worker.Stage} for why a claim does not wait until nothing is left. */
  private void claim() {
    if (claiming || !open || !backlog || inbox.values().stream().mapToInt(Deque::size).sum() > 1) return;
    int taken = cover(budget);
    int tryable = taken / MOST_CLAIMED;
    if (tryable == 0) {
      free.addAndGet(taken);
      return;
    }
    claiming = true;
    backlog = false;
    queue.claim(queue(), MOST_CLAIMED, tryable).onComplete(done -> {
      claiming = false;
      int used = 0;
      if (done.succeeded()) {
        if (done.result().size() >= MOST_CLAIMED) backlog = true;
        done.result().forEach(room::enter);
        for (Parcel parcel : done.result()) used += hold(parcel);
      } else log.warn("{}: cannot claim: {}", queue(), done.cause().toString());
      free.addAndGet(taken - used);
      pump.run();
    });
  }

  /** The next message to submit, alerts first; null when there is none that may be submitted now. */
  Submission next() {
    if (!open) return null;
    for (Deque<Held> lane : inbox.values()) {
      while (!lane.isEmpty()) {
        Held first = lane.peek();
        int position = first.next();
        if (position >= first.parcel.size()) {
          room.leave(lane.poll().parcel);
          continue;
        }
        if (!queue.isTrusted(first.parcel)) return null;
        if (position >= first.covered) {
          if (free.get() > 0) commit();
          break;
        }
        first.cursor = position + 1;
        Submission submission = new Submission(first.parcel, position, this::settled);
        if (submission.message.validUntil() > queue.now()) return submission;
        submission.expire();
      }
    }
    claim();
    return null;
  }

  // ---- settling

  /** Its fate is known, or known to be unknown: the next commit takes it out of its parcel. */
  void settled(Submission submission) {
    settled.add(submission);
    commitSoon();
  }

  /** At the end of this turn of the event loop: answers that came in one read are settled together. */
  private void commitSoon() {
    if (due || slot.isBusy()) return;
    due = true;
    context.runOnContext(v -> {
      due = false;
      commit();
    });
  }

  /** Everything settled since the last commit, and the raised watermarks, as one step. */
  private void commit() {
    if (slot.isBusy()) return;
    List<Submission> batch = settled.stream().filter(s -> held.containsKey(s.parcel)).toList();
    List<Held> unknown = lapsed;
    settled = new ArrayList<>();
    lapsed = new ArrayList<>();
    Map<Held, Set<Integer>> leaving = leaving(batch, unknown);
    Map<Held, Raise> raised = raise(leaving);
    Step step = new Step();
    settlement.settle(step, batch, unknown.stream().map(h -> h.parcel).toList());
    raised.forEach((parcel, raise) -> step.settle(parcel.parcel, leaving.getOrDefault(parcel, Set.of()), raise.tried));
    if (step.isEmpty()) {
      if (!open) handBack();
      return;
    }
    slot.commit(step).onComplete(done -> {
      if (done.succeeded()) committed(leaving, raised);
      else uncommitted(done.cause(), batch, unknown, raised);
      commit();
      pump.run();
    });
  }

  private Map<Held, Set<Integer>> leaving(List<Submission> batch, List<Held> unknown) {
    Map<Held, Set<Integer>> leaving = new HashMap<>();
    for (Submission submission : batch) leaving.computeIfAbsent(held.get(submission.parcel), h -> new HashSet<>()).add(submission.position);
    for (Held parcel : unknown) {
      Set<Integer> positions = leaving.computeIfAbsent(parcel, h -> new HashSet<>());
      parcel.parcel.each(i -> {
        if (i < parcel.parcel.triedBefore()) positions.add(i);
      });
    }
    return leaving;
  }

  /** A new watermark, and what it takes from the budget. */
  private record Raise(int tried, int taken) { }

  /** What the budget allows, in order of the parcels; those whose messages leave are named in any case. */
  private Map<Held, Raise> raise(Map<Held, Set<Integer>> leaving) {
    Map<Held, Raise> raised = new HashMap<>();
    leaving.keySet().forEach(parcel -> raised.put(parcel, new Raise(parcel.covered, 0)));
    if (!open) return raised;
    for (Deque<Held> lane : inbox.values()) {
      for (Held parcel : lane) {
        int taken = cover(parcel.here(parcel.covered, parcel.parcel.size()));
        if (taken > 0) raised.put(parcel, new Raise(parcel.watermark(taken), taken));
      }
    }
    return raised;
  }

  private void committed(Map<Held, Set<Integer>> leaving, Map<Held, Raise> raised) {
    raised.forEach((parcel, raise) -> parcel.covered = raise.tried);
    leaving.forEach((parcel, positions) -> {
      long counted = positions.stream().filter(i -> i >= parcel.parcel.triedBefore()).count();
      free.addAndGet((int) counted);
      if (parcel.parcel.isEmpty()) held.remove(parcel.parcel);
    });
  }

  /** Parcels that are no longer ours are dropped with all that was settled of them: whoever has them treats it as unknown. */
  private void uncommitted(Throwable failure, List<Submission> batch, List<Held> unknown, Map<Held, Raise> raised) {
    log.warn("{}: a settlement did not take effect: {}", queue(), failure.toString());
    raised.values().forEach(raise -> free.addAndGet(raise.taken));
    Set<Parcel> lost = failure instanceof LeaseLost l ? l.parcels() : new HashSet<>(held.keySet());
    for (Parcel parcel : lost) {
      Held gone = held.remove(parcel);
      if (gone != null) free.addAndGet(gone.used());
    }
    for (Deque<Held> lane : inbox.values()) {
      lane.stream().filter(h -> lost.contains(h.parcel)).forEach(h -> room.leave(h.parcel));
      lane.removeIf(h -> lost.contains(h.parcel));
    }
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
    return slot.close();
  }

  private void handBack() {
    boolean inFlight = held.values().stream().anyMatch(Held::hasInFlight);
    if (inFlight || slot.isBusy() || claiming) return;
    List<Parcel> rest = new ArrayList<>(held.keySet());
    free.addAndGet(held.values().stream().mapToInt(Held::used).sum());
    held.clear();
    emptyInbox();
    Promise<Void> waiting = emptied;
    emptied = null;
    queue.giveBack(rest, false).onComplete(done -> {
      if (done.failed()) log.warn("{}: {} parcels could not be returned, the sweep will: {}", queue(), rest.size(), done.cause().toString());
      if (waiting != null) waiting.tryComplete();
    });
  }

  private void emptyInbox() {
    for (Deque<Held> lane : inbox.values()) {
      lane.forEach(h -> room.leave(h.parcel));
      lane.clear();
    }
  }
}
