package io.godwit.numbering;

import io.godwit.node.Node;
import io.vertx.core.Future;

/**
 * A source that knows who serves a number now, wherever its leading digits belong: number portability. Implementations are found by {@link java.util.ServiceLoader} on
 * the class path and in the plug-in folder and need a public constructor without arguments; one instance serves the whole process.
 */
public interface Portability {
  /** Called once, before the first question. A failed future stops the start. */
  default Future<Void> start(Node node) {
    return Future.succeededFuture();
  }

  /**
   * Answered from memory at once, since it is asked for each message on event loops; by many threads.
   *
   * @param number '+' and digits
   * @return MCC and MNC (ITU-T E.212), five or six digits; null when this source does not know
   */
  String network(String number);
}
