package io.godwit.routing;

import io.godwit.message.Carriage;
import io.godwit.message.Message;
import io.godwit.node.Node;
import io.vertx.core.Future;
import java.util.Set;
import java.util.function.LongSupplier;

/** Another link for a message whose own cannot send, or refuses it: of the same routes by the same rules, and only one that can send. Thread-safe. */
public final class Detour {
  private final Routing routing;
  private final LongSupplier clock;

  private Detour(Routing routing, LongSupplier clock) {
    this.routing = routing;
    this.clock = clock;
  }

  public static Future<Detour> open(Node node) {
    return Routing.of(node).map(routing -> new Detour(routing, node::now));
  }

  /** Null when the message's route has no other link that sends. */
  public String link(Message message, Set<String> sending) {
    Choice choice = routing.choose(message, id -> sending.contains(id) && !id.equals(message.link()), clock.getAsLong());
    return choice.waits() ? null : choice.link();
  }

  /** What is known of the message's way over that link, for the event that says so; null when that is nothing. */
  public Carriage carriage(Message message, String link) {
    return routing.carriage(message, link, clock.getAsLong());
  }
}
