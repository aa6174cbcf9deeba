package io.godwit.routing;

import io.godwit.accounts.Account;
import io.godwit.message.Prefixes;
import io.vertx.core.json.JsonObject;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Numbers and prefixes that no message may go to: for everyone, or for an account and all below it. Immutable. */
final class BlockList {
  static final String KIND = "block";
  private static final String EVERYONE = "";

  private final Map<String, Set<String>> numbers = new java.util.HashMap<>();
  private final Prefixes<Set<String>> prefixes;

  private BlockList(Map<String, JsonObject> entries) {
    Prefixes.Builder<Set<String>> builder = new Prefixes.Builder<>();
    entries.forEach((id, body) -> add(builder, id, body));
    prefixes = builder.build();
  }

  static BlockList of(Map<String, JsonObject> entries) {
    return new BlockList(entries);
  }

  private void add(Prefixes.Builder<Set<String>> builder, String id, JsonObject body) {
    String account = body.getString("account", EVERYONE);
    String number = body.getString("number");
    String prefix = body.getString("prefix");
    if ((number == null) == (prefix == null)) throw new IllegalArgumentException("block " + id + ": needs either a number or a prefix");
    if (number != null) numbers.computeIfAbsent(number, n -> new HashSet<>()).add(account);
    else add(builder, id, prefix, account);
  }

  private static void add(Prefixes.Builder<Set<String>> builder, String id, String prefix, String account) {
    try {
      builder.add(prefix, Set.of(account), BlockList::union);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("block " + id + ": " + e.getMessage(), e);
    }
  }

  private static Set<String> union(Set<String> some, Set<String> others) {
    Set<String> all = new HashSet<>(some);
    all.addAll(others);
    return all;
  }

  /** Whether this recipient is closed to an account with this lineage. */
  boolean blocks(String recipient, List<Account> lineage) {
    Set<String> closedTo = numbers.get(recipient);
    if (closedTo != null && concerns(closedTo, lineage)) return true;
    for (long key = prefixes.key(recipient); key > 0; key = Prefixes.shorter(key)) {
      Set<String> accounts = prefixes.at(key);
      if (accounts != null && concerns(accounts, lineage)) return true;
    }
    return false;
  }

  private static boolean concerns(Set<String> accounts, List<Account> lineage) {
    return accounts.contains(EVERYONE) || lineage.stream().anyMatch(account -> accounts.contains(account.id()));
  }
}
