package io.godwit.routing;

import io.godwit.accounts.Account;
import io.godwit.accounts.AccountTree;
import io.godwit.accounts.Directory;
import io.godwit.link.LinkConfig;
import io.godwit.message.Message;
import java.util.Map;
import java.util.Set;

/** Another link for a message whose own cannot send: of the same routes by the same rules, and only one that can. Thread-safe. */
public final class Detour {
  private final Directory.View<AccountTree> accounts;
  private final Directory.View<Routes> routes;
  private final Directory.View<Map<String, LinkConfig>> links;

  public Detour(Directory directory) {
    accounts = directory.view(Account.KIND, AccountTree::of);
    routes = directory.view(Route.KIND, Routes::of);
    links = directory.view(LinkConfig.KIND, LinkConfig::all);
  }

  /** Null when the message's route has no other link that sends. */
  public String link(Message message, Set<String> sending) {
    Map<String, LinkConfig> known = links.get();
    String link = routes.get().link(message, accounts.get().lineage(message.account()), id -> known.containsKey(id) && known.get(id).text().carries(message), sending::contains);
    return link == null || link.equals(message.link()) || !sending.contains(link) ? null : link;
  }
}
