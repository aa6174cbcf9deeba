package io.godwit.billing;

import io.godwit.node.Node;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.vertx.core.Future;

/**
 * A slot of a stage that gives reserved money back: it has an allotment, and what its steps release finds its way home by
 * itself. Confined to the context that opened it.
 */
public final class ReleasingSlot implements Slot {
  private final Slot slot;
  private final Purse purse;

  ReleasingSlot(Slot slot, Purse purse) {
    this.slot = slot;
    this.purse = purse;
  }

  /** @param kind see {@link MessageQueue#openSlot} */
  public static Future<Slot> open(Node node, MessageQueue queue, String kind) {
    Slot slot = queue.openSlot(kind);
    return Purse.open(node, queue.set(), slot).map(purse -> new ReleasingSlot(slot, purse));
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

  @Override
  public Future<Void> commit(Step step) {
    String into = slot.allotment();
    return slot.commit(step).onSuccess(v -> purse.released(into, step.money()));
  }

  @Override
  public Future<Void> close() {
    return purse.close().eventually(slot::close);
  }
}
