package io.godwit.accounts;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** All accounts and who sells to whom, as one picture that never changes: what a view of the directory holds. */
public final class AccountTree {
  private static final int DEEPEST = 16;

  private final Map<String, Account> accounts;
  private final Map<String, List<Account>> lineages = new HashMap<>();

  private AccountTree(Map<String, Account> accounts) {
    this.accounts = accounts;
    accounts.values().forEach(account -> lineages.put(account.id(), climb(account)));
  }

  /** From the directory's entries of kind {@link Account#KIND}. Fails, naming the account, when parents are missing or go in a circle. */
  public static AccountTree of(Map<String, JsonObject> entries) {
    return new AccountTree(Account.all(entries));
  }

  private List<Account> climb(Account account) {
    List<Account> lineage = new ArrayList<>(List.of(account));
    for (Account at = account; at.parent() != null; lineage.add(at)) {
      String parent = at.parent();
      at = accounts.get(parent);
      if (at == null) throw new IllegalArgumentException("account " + account.id() + ": there is no account " + parent + " above it");
      if (lineage.size() >= DEEPEST) throw new IllegalArgumentException("account " + account.id() + ": more than " + DEEPEST + " accounts above it, or a circle");
    }
    return List.copyOf(lineage);
  }

  /** The account, or null. */
  public Account get(String id) {
    return accounts.get(id);
  }

  /** The account and those above it, up to the operator; empty for an unknown account. */
  public List<Account> lineage(String id) {
    return lineages.getOrDefault(id, List.of());
  }

  /** The ids of the account and of all below it, in no order. */
  public List<String> below(String id) {
    return accounts.keySet().stream().filter(other -> lineage(other).stream().anyMatch(above -> above.id().equals(id))).toList();
  }
}
