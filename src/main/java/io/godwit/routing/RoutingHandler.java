package io.godwit.routing;

import io.godwit.message.Message;
import io.godwit.message.Status;
import io.godwit.node.Node;
import io.godwit.worker.MessageHandler;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/** Chooses the link of each message; the rules are in the room's package-info. Refuses as NO_ROUTE what no route fits. */
public final class RoutingHandler implements MessageHandler {
  private Node node;
  private Routing routing;
  private LinkStates states;

  @Override
  public String name() {
    return "routing";
  }

  @Override
  public Future<Void> start(Surroundings surroundings) {
    node = surroundings.node();
    states = LinkStates.listen(node.vertx());
    return Routing.of(node).onSuccess(opened -> routing = opened).mapEmpty();
  }

  @Override
  public Future<List<Decision>> handle(List<Message> batch) {
    long now = node.now();
    List<Decision> decisions = new ArrayList<>(batch.size());
    for (Message message : batch) decisions.add(decide(routing.choose(message, states::isUp, now)));
    return Future.succeededFuture(decisions);
  }

  private static Decision decide(Choice choice) {
    Message message = choice.message();
    if (choice.link() != null) return Decision.next(message.withRoute(choice.link(), message.legs()).withCarriage(choice.carriage()));
    return Decision.refuse(Status.NO_ROUTE, choice.refusal().code(), choice.refusal().text());
  }

  @Override
  public Future<Void> stop() {
    return states == null ? Future.succeededFuture() : states.close();
  }
}
