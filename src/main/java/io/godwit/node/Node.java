package io.godwit.node;

import io.godwit.accounts.Directory;
import io.godwit.queue.MessageQueue;
import io.godwit.store.Sets;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;

/**
 * What the verticles of one process share. A verticle that needs it has a public constructor that takes it; one that has
 * only a constructor without arguments can run in a process without stores.
 *
 * @param queues the durable queues of the sets that are joined
 */
public record Node(Vertx vertx, Settings settings, Sets sets, Queues queues, Directory directory, PrometheusMeterRegistry meters,
                   Readiness readiness, ClassLoader plugins) {

  /** Null when that set is not joined. */
  public MessageQueue queue(int set) {
    return queues.get(set);
  }

  /** Milliseconds since 1970. */
  public long now() {
    return sets.control().clock().getAsLong();
  }
}
