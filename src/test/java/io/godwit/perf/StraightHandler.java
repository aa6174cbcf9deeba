package io.godwit.perf;

import io.godwit.message.Message;
import io.godwit.worker.MessageHandler;
import io.vertx.core.Future;
import java.util.List;

/** Everything over the link {@code sim}, for nothing: what stands in a chain instead of routing and billing, to see what these cost. A plug-in of scripts/bench share. */
public final class StraightHandler implements MessageHandler {
  @Override
  public String name() {
    return "straight";
  }

  @Override
  public Future<List<Decision>> handle(List<Message> batch) {
    return Future.succeededFuture(batch.stream().map(message -> Decision.next(message.withRoute("sim", List.of()))).toList());
  }
}
