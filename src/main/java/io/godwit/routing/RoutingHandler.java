package io.godwit.routing;

import io.godwit.accounts.Account;
import io.godwit.accounts.AccountTree;
import io.godwit.accounts.Directory;
import io.godwit.link.LinkConfig;
import io.godwit.link.Order;
import io.godwit.message.Message;
import io.godwit.message.Status;
import io.godwit.worker.MessageHandler;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;

/** Chooses the link of each message; the rules are in the room's package-info. Refuses as NO_ROUTE what no route fits. */
public final class RoutingHandler implements MessageHandler {
  private Directory.View<AccountTree> accounts;
  private Directory.View<Routes> routes;
  private Directory.View<Map<String, LinkConfig>> links;
  private Directory.View<Map<String, Order>> orders;
  private LinkStates states;

  @Override
  public String name() {
    return "routing";
  }

  @Override
  public Future<Void> start(Surroundings surroundings) {
    Directory directory = surroundings.node().directory();
    accounts = AccountTree.view(directory);
    routes = directory.view(Route.KIND, Routes::of);
    links = LinkConfig.view(directory);
    orders = Order.view(directory);
    states = LinkStates.listen(surroundings.node().vertx());
    return Future.succeededFuture();
  }

  @Override
  public Future<List<Decision>> handle(List<Message> batch) {
    return Future.succeededFuture(batch.stream().map(this::decide).toList());
  }

  private Decision decide(Message message) {
    Map<String, LinkConfig> known = links.get();
    List<Account> lineage = accounts.get().lineage(message.account());
    String link = routes.get().link(message, lineage, id -> known.containsKey(id) && known.get(id).text().carries(message), this::isOpen);
    if (link != null) return Decision.route(message, link);
    boolean unfit = routes.get().link(message, lineage, known::containsKey, this::isOpen) != null;
    return unfit ? Decision.refuse(Status.NO_ROUTE, "segments-exceeded", "each link to " + message.to() + " would need more than the " + message.segments() + " segments of the price")
      : Decision.refuse(Status.NO_ROUTE, "no-route", "no route leads to " + message.to());
  }

  private boolean isOpen(String link) {
    return orders.get().getOrDefault(link, Order.RUN).isOpen() && states.isUp(link);
  }

  @Override
  public Future<Void> stop() {
    return states == null ? Future.succeededFuture() : states.close();
  }
}
