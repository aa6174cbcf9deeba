package io.godwit.routing;

import io.godwit.accounts.Account;
import io.godwit.message.Message;
import io.godwit.message.Prefixes;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** All velocity limits, found by prefix. Immutable. */
final class VelocityRules {
  private final Prefixes<List<VelocityRule>> rules;
  private final boolean empty;

  private VelocityRules(Map<String, JsonObject> entries) {
    Prefixes.Builder<List<VelocityRule>> builder = new Prefixes.Builder<>();
    new TreeMap<>(entries).forEach((id, body) -> {
      VelocityRule rule = VelocityRule.of(id, body);
      builder.add(rule.prefix(), List.of(rule), VelocityRules::both);
    });
    rules = builder.build();
    empty = entries.isEmpty();
  }

  static VelocityRules of(Map<String, JsonObject> entries) {
    return new VelocityRules(entries);
  }

  private static List<VelocityRule> both(List<VelocityRule> some, List<VelocityRule> more) {
    List<VelocityRule> all = new ArrayList<>(some);
    all.addAll(more);
    return all;
  }

  boolean isEmpty() {
    return empty;
  }

  /** Those that a message counts for; what refuses comes first. */
  List<VelocityRule> of(Message message, List<Account> lineage) {
    return rules.all(message.to()).stream().flatMap(List::stream)
      .filter(rule -> rule.account() == null || lineage.stream().anyMatch(account -> account.id().equals(rule.account())))
      .sorted(Comparator.comparing(VelocityRule::action)).toList();
  }
}
