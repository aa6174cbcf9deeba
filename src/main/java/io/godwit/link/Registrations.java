package io.godwit.link;

import io.godwit.accounts.Account;
import io.godwit.accounts.AccountTree;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What accounts have registered with carriers: {@code "links": {"LINK": {"tlvs": {…}}}} in an account's entry. Customers have what those above them
 * have; their own comes before it. Immutable.
 */
final class Registrations {
  static final Registrations NONE = new Registrations(AccountTree.of(Map.of()), Map.of());

  private final AccountTree tree;
  /** By account and link. */
  private final Map<String, Map<String, Tlvs>> parameters;

  private Registrations(AccountTree tree, Map<String, Map<String, Tlvs>> parameters) {
    this.tree = tree;
    this.parameters = parameters;
  }

  /** From the directory's entries of kind {@link Account#KIND}. Fails with {@link Misconfigured}, naming account and key. */
  static Registrations of(Map<String, JsonObject> accounts) {
    Map<String, Map<String, Tlvs>> parameters = new HashMap<>();
    accounts.forEach((id, body) -> {
      if (body.getValue("links") != null) parameters.put(id, ofAccount(new LinkEntry("account " + id, body).object("links")));
    });
    return parameters.isEmpty() ? NONE : new Registrations(AccountTree.of(accounts), parameters);
  }

  private static Map<String, Tlvs> ofAccount(LinkEntry links) {
    Map<String, Tlvs> byLink = new HashMap<>();
    for (String link : links.keys()) {
      LinkEntry entry = links.object(link);
      byLink.put(link, Tlvs.from(entry.object("tlvs")));
      entry.refuseOthers();
    }
    return byLink;
  }

  /** For a message of that account over that link: of the highest account first, so that the lower ones replace. Empty when nothing is registered. */
  List<Tlvs> of(String account, String link) {
    if (parameters.isEmpty()) return List.of();
    List<Tlvs> found = new ArrayList<>();
    for (Account each : tree.lineage(account)) {
      Tlvs own = parameters.getOrDefault(each.id(), Map.of()).get(link);
      if (own != null) found.add(0, own);
    }
    return found;
  }
}
