package io.godwit.routing;

import io.godwit.accounts.Account;
import io.godwit.accounts.AccountTree;
import io.godwit.accounts.Directory;
import io.godwit.message.Message;
import io.godwit.message.Status;
import io.godwit.worker.MessageHandler;
import io.vertx.core.Future;
import java.util.List;
import java.util.Set;

/** Chooses the link of each message; the rules are in the room's package-info. Refuses as NO_ROUTE what no route fits. */
public final class RoutingHandler implements MessageHandler {
  static final String LINK_KIND = "link";

  private Directory.View<AccountTree> accounts;
  private Directory.View<Routes> routes;
  private Directory.View<Set<String>> links;
  private LinkStates states;

  @Override
  public String name() {
    return "routing";
  }

  @Override
  public Future<Void> start(Surroundings surroundings) {
    Directory directory = surroundings.node().directory();
    accounts = directory.view(Account.KIND, AccountTree::of);
    routes = directory.view(Route.KIND, Routes::of);
    links = directory.view(LINK_KIND, entries -> Set.copyOf(entries.keySet()));
    states = LinkStates.listen(surroundings.node().vertx());
    return Future.succeededFuture();
  }

  @Override
  public Future<List<Decision>> handle(List<Message> batch) {
    return Future.succeededFuture(batch.stream().map(this::decide).toList());
  }

  private Decision decide(Message message) {
    String link = routes.get().link(message, accounts.get().lineage(message.account()), links.get()::contains, states::isUp);
    if (link == null) return Decision.refuse(Status.NO_ROUTE, "no-route", "no route leads to " + message.to());
    return Decision.route(message, link);
  }

  @Override
  public Future<Void> stop() {
    return states == null ? Future.succeededFuture() : states.close();
  }
}
