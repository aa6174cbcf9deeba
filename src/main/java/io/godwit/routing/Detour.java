package io.godwit.routing;

import io.godwit.accounts.Account;
import io.godwit.accounts.AccountTree;
import io.godwit.accounts.Directory;
import io.godwit.message.Message;
import java.util.Set;

/** Another link for a message whose own cannot send: of the same routes by the same rules, and only one that can. Thread-safe. */
public final class Detour {
  private final Directory.View<AccountTree> accounts;
  private final Directory.View<Routes> routes;
  private final Directory.View<Set<String>> links;

  public Detour(Directory directory) {
    accounts = directory.view(Account.KIND, AccountTree::of);
    routes = directory.view(Route.KIND, Routes::of);
    links = directory.view(RoutingHandler.LINK_KIND, entries -> Set.copyOf(entries.keySet()));
  }

  /** Null when the message's route has no other link that sends. */
  public String link(Message message, Set<String> sending) {
    String link = routes.get().link(message, accounts.get().lineage(message.account()), links.get()::contains, sending::contains);
    return link == null || link.equals(message.link()) || !sending.contains(link) ? null : link;
  }
}
