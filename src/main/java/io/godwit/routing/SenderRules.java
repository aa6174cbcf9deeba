package io.godwit.routing;

import io.godwit.accounts.Account;
import io.godwit.message.Message;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * All sender rules. Blocked senders add up: whatever rule names one for the message blocks it. Who may be the sender says one rule alone: the one of the nearest account, and of these
 * one that names the country before one that does not, then the lower id. Immutable.
 */
final class SenderRules {
  static final String KIND = "senderrule";
  /** The account of rules that hold for all. */
  private static final String EVERYONE = "";
  private static final Comparator<SenderRule> NEAREST = Comparator.comparing((SenderRule rule) -> rule.country() == null).thenComparing(SenderRule::id);

  /** Those of no link. */
  private final Map<String, List<SenderRule>> byAccount = new HashMap<>();
  private final Map<String, Map<String, List<SenderRule>>> byLink = new HashMap<>();

  private SenderRules(Map<String, JsonObject> entries) {
    List<SenderRule> rules = new ArrayList<>();
    entries.forEach((id, body) -> rules.add(SenderRule.of(id, body)));
    rules.sort(NEAREST);
    for (SenderRule rule : rules) {
      Map<String, List<SenderRule>> of = rule.link() == null ? byAccount : byLink.computeIfAbsent(rule.link(), l -> new HashMap<>());
      of.computeIfAbsent(rule.account() == null ? EVERYONE : rule.account(), a -> new ArrayList<>()).add(rule);
    }
  }

  static SenderRules of(Map<String, JsonObject> entries) {
    return new SenderRules(entries);
  }

  boolean isEmpty() {
    return byAccount.isEmpty();
  }

  /** The rule that blocks the message's sender; null when none does. */
  SenderRule blocking(Message message, List<Account> lineage) {
    return blocking(byAccount, message, lineage);
  }

  /** The rule that says who may be the sender; null when any may. */
  SenderRule ruling(Message message, List<Account> lineage) {
    return ruling(byAccount, message, lineage);
  }

  /** Whether the link takes the message's sender, as far as its rules say. */
  boolean admits(Message message, List<Account> lineage, String link) {
    if (byLink.isEmpty() || !byLink.containsKey(link)) return true;
    Map<String, List<SenderRule>> rules = byLink.get(link);
    SenderRule ruling = ruling(rules, message, lineage);
    return blocking(rules, message, lineage) == null && (ruling == null || ruling.allows(message.from()));
  }

  private static SenderRule blocking(Map<String, List<SenderRule>> rules, Message message, List<Account> lineage) {
    for (int i = 0; i <= lineage.size(); i++) {
      for (SenderRule rule : at(rules, lineage, i)) if (rule.concerns(message) && rule.blocks(message.from())) return rule;
    }
    return null;
  }

  private static SenderRule ruling(Map<String, List<SenderRule>> rules, Message message, List<Account> lineage) {
    for (int i = 0; i <= lineage.size(); i++) {
      for (SenderRule rule : at(rules, lineage, i)) if (rule.rules() && rule.concerns(message)) return rule;
    }
    return null;
  }

  /** Of the account, then of those above it, at last of everyone. */
  private static List<SenderRule> at(Map<String, List<SenderRule>> rules, List<Account> lineage, int place) {
    return rules.getOrDefault(place < lineage.size() ? lineage.get(place).id() : EVERYONE, List.of());
  }
}
