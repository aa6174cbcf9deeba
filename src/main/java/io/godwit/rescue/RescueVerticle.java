package io.godwit.rescue;

import io.godwit.billing.ReleasingSlot;
import io.godwit.billing.Treasury;
import io.godwit.node.Node;
import io.godwit.queue.MessageQueue;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks after what nobody else would: messages that expire while they wait, and money that the dead left. Any number of
 * processes may run it.
 */
public final class RescueVerticle extends VerticleBase {
  private final Node node;
  private final List<Expiry> expiries = new ArrayList<>();

  public RescueVerticle(Node node) {
    this.node = node;
  }

  @Override
  public Future<?> start() {
    return node.queues().each(this::watch).compose(v -> vertx.deployVerticle(new Treasury(node.sets())));
  }

  private Future<?> watch(MessageQueue queue) {
    return ReleasingSlot.open(node, queue, "expiry-" + deploymentID()).onSuccess(slot -> expiries.add(new Expiry(vertx, queue, slot)));
  }

  @Override
  public Future<?> stop() {
    return Future.join(expiries.stream().map(Expiry::stop).toList());
  }
}
