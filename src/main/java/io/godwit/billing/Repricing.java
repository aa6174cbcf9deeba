package io.godwit.billing;

import io.godwit.message.Leg;
import io.godwit.message.Message;
import io.godwit.node.Node;
import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.godwit.store.Deadline;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Prices messages anew that have reserved legs: what a message costs less now is released, what it costs more is reserved, in the step that changes
 * its route. A slot for such steps: one batch at a time, {@link #price}, then {@link #commit} or {@link #undo}. Confined to the context that opened it.
 */
public final class Repricing implements Slot {
  private static final long DRAW_WITHIN_MS = 2_000;

  private final Pricing pricing;
  private final Slot slot;
  private final Purse purse;
  private final List<Leg> taken = new ArrayList<>();
  private int life;

  private Repricing(Pricing pricing, Slot slot, Purse purse) {
    this.pricing = pricing;
    this.slot = slot;
    this.purse = purse;
  }

  public static Future<Repricing> open(Node node, int set, Slot slot) {
    return Deadline.told(Vertx.currentContext(), Pricing.open(node)).compose(pricing -> Purse.open(node, set, slot).map(purse -> new Repricing(pricing, slot, purse)));
  }

  /**
   * The legs of each message by the prices of this moment; null where there is no price, or no credit for what it costs more: its old ones stay
   * reserved. What is taken for the batch is given back unless a step with it is committed.
   */
  public Future<List<List<Leg>>> price(List<Message> messages) {
    List<List<Leg>> dearer = new ArrayList<>();
    List<Pricing.Quote> quotes = messages.stream().map(pricing::quote).toList();
    for (int i = 0; i < messages.size(); i++) dearer.add(quotes.get(i).isComplete() ? dearer(messages.get(i).legs(), quotes.get(i).legs()) : null);
    purse.settled();
    return purse.ready().compose(v -> Deadline.within(DRAW_WITHIN_MS, Future.join(draws(dearer))).transform(drawn -> {
      taken.clear();
      life = purse.life();
      List<List<Leg>> legs = new ArrayList<>();
      for (int i = 0; i < messages.size(); i++) legs.add(dearer.get(i) != null && take(dearer.get(i)) ? quotes.get(i).legs() : null);
      return Future.succeededFuture(legs);
    }));
  }

  /** What each account has to pay more than was reserved. */
  private static List<Leg> dearer(List<Leg> before, List<Leg> now) {
    List<Leg> more = new ArrayList<>();
    for (Leg leg : now) {
      long reserved = before.stream().filter(old -> old.account().equals(leg.account())).mapToLong(Leg::amount).sum();
      if (leg.amount() > reserved) more.add(new Leg(leg.account(), leg.seller(), leg.amount() - reserved, leg.currency()));
    }
    return more;
  }

  private List<Future<Void>> draws(List<List<Leg>> dearer) {
    Map<String, Long> need = new HashMap<>();
    for (List<Leg> legs : dearer) if (legs != null) for (Leg leg : legs) need.merge(leg.account(), leg.amount(), Long::sum);
    return need.entrySet().stream().filter(e -> purse.available(e.getKey()) < e.getValue()).map(e -> purse.draw(e.getKey(), e.getValue(), 1)).toList();
  }

  private boolean take(List<Leg> legs) {
    if (!purse.reserve(legs)) return false;
    taken.addAll(legs);
    return true;
  }

  /** Commits what was decided about the batch; its money is the sum of old legs less new ones. */
  @Override
  public Future<Void> commit(Step step) {
    String into = slot.allotment();
    return slot.commit(step).onSuccess(v -> {
      purse.released(into, released(step));
      taken.clear();
    }).onFailure(e -> undo());
  }

  /** No step of the batch will be committed. */
  public void undo() {
    if (life == purse.life()) purse.undo(taken);
    taken.clear();
  }

  @Override
  public String allotment() {
    return slot.allotment();
  }

  @Override
  public boolean isBusy() {
    return slot.isBusy();
  }

  @Override
  public Future<Void> idle() {
    return slot.idle();
  }

  @Override
  public long commits() {
    return slot.commits();
  }

  /** What came in beside what was taken before, in the same life. */
  private Map<String, Long> released(Step step) {
    Map<String, Long> released = new HashMap<>(step.money());
    if (life == purse.life()) for (Leg leg : taken) released.merge(leg.account(), leg.amount(), Long::sum);
    return released;
  }

  @Override
  public Future<Void> close() {
    return purse.close().eventually(slot::close);
  }
}
