package io.godwit.accounts;

import io.godwit.message.Leg;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** All accounts and who sells to whom, as one picture that never changes: what a view of the directory holds. */
public final class AccountTree {
  /** Accounts from the operator down, both counted: no change may make the tree deeper. */
  public static final int DEPTH = 8;
  /** What was deeper before that was said is still read. */
  private static final int DEEPEST = 16;

  private static final Function<Map<String, JsonObject>, AccountTree> READ = AccountTree::of;

  private final Map<String, Account> accounts;
  private final Map<String, List<Account>> lineages = new HashMap<>();

  private AccountTree(Map<String, Account> accounts) {
    this.accounts = accounts;
    accounts.values().forEach(account -> lineages.put(account.id(), climb(account)));
  }

  /** The process's own picture of them. */
  public static Directory.View<AccountTree> view(Directory directory) {
    return directory.view(Account.KIND, READ);
  }

  /** From the directory's entries of kind {@link Account#KIND}. Fails, naming the account, when parents are missing or go in a circle. */
  public static AccountTree of(Map<String, JsonObject> entries) {
    Map<String, Account> accounts = new HashMap<>();
    entries.forEach((id, body) -> accounts.put(id, Account.from(id, body)));
    return new AccountTree(accounts);
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

  /** In no order. */
  public Collection<Account> all() {
    return Collections.unmodifiableCollection(accounts.values());
  }

  /** The account and those above it, up to the operator; empty for an unknown account. */
  public List<Account> lineage(String id) {
    return lineages.getOrDefault(id, List.of());
  }

  /** Whether that account is the other one, or above it. */
  public boolean isWithin(String id, String above) {
    return lineage(id).stream().anyMatch(account -> account.id().equals(above));
  }

  /** The first of the account and those above it that is not active; null when all are. */
  public Account inactive(String id) {
    return lineage(id).stream().filter(account -> account.status() != Account.State.ACTIVE).findFirst().orElse(null);
  }

  /** Whether it, or an account above it, is closed. */
  public boolean isClosed(String id) {
    return lineage(id).stream().anyMatch(account -> account.status() == Account.State.CLOSED);
  }

  /**
   * Whether a message with these legs is billed when it is sent. Legs post together: what one buyer of the chain pays when it is sent all pay then, so that no seller grants
   * what is not his to grant.
   */
  public boolean isBilledWhenSent(List<Leg> legs) {
    return legs.stream().map(leg -> get(leg.account())).anyMatch(buyer -> buyer == null || buyer.isBilledWhenSent());
  }

  /** Those that buy from it, by id. */
  public List<Account> children(String id) {
    return accounts.values().stream().filter(account -> id.equals(account.parent())).sorted(Comparator.comparing(Account::id)).toList();
  }

  /** How many accounts there are one below the other from this one down, itself counted. */
  public int height(String id) {
    int own = lineage(id).size();
    return below(id).stream().mapToInt(other -> lineage(other).size() - own + 1).max().orElse(0);
  }

  /** The ids of the account and of all below it, in no order. */
  public List<String> below(String id) {
    return accounts.keySet().stream().filter(other -> isWithin(other, id)).toList();
  }
}
