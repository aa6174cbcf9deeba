package io.godwit.worker;

import io.godwit.message.Failure;
import io.godwit.message.Message;
import io.godwit.message.Status;
import io.godwit.node.Node;
import io.godwit.queue.Slot;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * The plug of the worker: one thing that is decided about messages between their acceptance and their link. Implementations
 * are found by {@link java.util.ServiceLoader} on the class path and in the plug-in folder, need a public constructor
 * without arguments, and run in the order in which the worker's configuration names them.
 *
 * <p>There is one instance a worker and set; it is called on that worker's event loop, one batch at a time, and must never block it. The same
 * message may be shown again after a crash, so a handler must be idempotent: whatever it writes outside is keyed by the
 * message's id.
 */
public interface MessageHandler {
  /** How the configuration names it. */
  String name();

  /** Called once, before the first batch. A failed future stops the start. */
  default Future<Void> start(Surroundings surroundings) {
    return Future.succeededFuture();
  }

  /**
   * Decides about each message of a batch.
   *
   * @return as many decisions as messages, in their order. A failed future, an exception or another number counts against the messages: they are
   *     shown again in smaller batches until the bad one stands alone, and that becomes a dead letter
   */
  Future<List<Decision>> handle(List<Message> batch);

  /**
   * Told, with the message as it was shown to the first handler, that what was decided about it did not take effect: its step failed and it
   * will be shown again, here or elsewhere, or a later handler refused or postponed it.
   */
  default void undone(Message message) {
  }

  /** The worker stops; what was reserved is given back. */
  default Future<Void> stop() {
    return Future.succeededFuture();
  }

  /**
   * Where a handler stands.
   *
   * @param set the number of the set whose messages it sees
   * @param slot the slot in which its decisions are committed
   * @param config what verticles.json says under the handler's name
   */
  record Surroundings(Node node, int set, Slot slot, JsonObject config) { }

  /** What becomes of one message. */
  sealed interface Decision {
    /** The next handler sees it, as it is now. After the last handler it needs a link. */
    record Next(Message message) implements Decision { }

    /** It ends here, with this status (USER_BLOCKED, OPTED_OUT, NO_ROUTE, NO_CREDIT, REJECTED). */
    record Refuse(Status reason, Failure error) implements Decision { }

    /** All handlers see it again at this time, milliseconds since 1970; it waits in its queue. */
    record Later(long at) implements Decision { }

    static Decision next(Message message) {
      return new Next(message);
    }

    /** It goes on, over the given link. */
    static Decision route(Message message, String link) {
      return new Next(message.withRoute(link, message.legs()));
    }

    static Decision refuse(Status reason, String code, String text) {
      return new Refuse(reason, Failure.of(code, text));
    }

    static Decision later(long at) {
      return new Later(at);
    }
  }
}
