package io.godwit.routing;

import io.godwit.accounts.Account;
import io.godwit.accounts.AccountTree;
import io.godwit.accounts.Directory;
import io.godwit.link.LinkConfig;
import io.godwit.link.Order;
import io.godwit.message.Message;
import java.util.Map;
import java.util.Set;

/** Another link for a message whose own cannot send, or refuses it: of the same routes by the same rules, and only one that can send. Thread-safe. */
public final class Detour {
  private final Directory.View<AccountTree> accounts;
  private final Directory.View<Routes> routes;
  private final Directory.View<Map<String, LinkConfig>> links;
  private final Directory.View<Map<String, Order>> orders;

  public Detour(Directory directory) {
    accounts = directory.view(Account.KIND, AccountTree::of);
    routes = directory.view(Route.KIND, Routes::of);
    links = directory.view(LinkConfig.KIND, LinkConfig::all);
    orders = Order.view(directory);
  }

  /** Null when the message's route has no other link that sends. */
  public String link(Message message, Set<String> sending) {
    Map<String, LinkConfig> known = links.get();
    String link = routes.get().link(message, accounts.get().lineage(message.account()), id -> known.containsKey(id) && known.get(id).text().carries(message),
      id -> !id.equals(message.link()) && isOpen(id, sending));
    return link == null || link.equals(message.link()) || !isOpen(link, sending) ? null : link;
  }

  private boolean isOpen(String link, Set<String> sending) {
    return sending.contains(link) && orders.get().getOrDefault(link, Order.RUN).isOpen();
  }
}
