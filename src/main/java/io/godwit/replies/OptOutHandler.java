package io.godwit.replies;

import io.godwit.message.Message;
import io.godwit.message.Status;
import io.godwit.node.Node;
import io.godwit.store.MongoSet;
import io.godwit.worker.MessageHandler;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refuses, as OPTED_OUT, what goes to a handset that said STOP. The set's own copy is asked, and the control set where that was left behind; while neither can tell
 * messages wait. A STOP holds for what is handled after it was noted; in a set that did not answer then, half a second after its return.
 */
public final class OptOutHandler implements MessageHandler {
  private static final Logger log = LoggerFactory.getLogger(OptOutHandler.class);
  private static final long WAIT_MS = 2_000;

  private Node node;
  private MongoSet own;
  private OptOuts optOuts;

  @Override
  public String name() {
    return "optout";
  }

  @Override
  public Future<Void> start(Surroundings surroundings) {
    node = surroundings.node();
    own = node.sets().get(surroundings.set());
    optOuts = new OptOuts(node.sets());
    return optOuts.open();
  }

  @Override
  public Future<List<Decision>> handle(List<Message> batch) {
    Context here = Vertx.currentContext();
    return optOuts.among(here, own, batch)
      .map(optedOut -> batch.stream().map(message -> decide(optedOut, message)).toList())
      .recover(failure -> {
        if (!Homes.isPassing(failure)) return Future.failedFuture(failure);
        log.warn("cannot ask for opt-outs, {} messages wait: {}", batch.size(), failure.toString());
        return Future.succeededFuture(wait(batch));
      });
  }

  static Decision decide(Set<String> optedOut, Message message) {
    if (!OptOuts.concerns(optedOut, message)) return Decision.next(message);
    return Decision.refuse(Status.OPTED_OUT, "opted-out", message.to() + " wants no messages from " + message.account());
  }

  private List<Decision> wait(List<Message> batch) {
    Decision later = Decision.later(node.now() + WAIT_MS);
    return batch.stream().map(message -> later).toList();
  }
}
