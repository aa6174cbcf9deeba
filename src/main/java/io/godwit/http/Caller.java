package io.godwit.http;

import io.godwit.accounts.Account;
import java.util.Map;

/**
 * Whoever sent a request.
 *
 * @param account its account, as it was when the request came
 * @param accounts all accounts by id, as they were then
 */
public record Caller(Account account, Map<String, Account> accounts) {
  /** Accounts are a tree; a deeper path is a mistake in the directory. */
  private static final int DEEPEST = 32;

  public String id() {
    return account.id();
  }

  /** Whether what belongs to that account is the caller's to see: his own, and all below him in the tree. */
  public boolean sees(String accountId) {
    String at = accountId;
    for (int depth = 0; at != null && depth < DEEPEST; depth++) {
      if (at.equals(account.id())) return true;
      Account of = accounts.get(at);
      at = of == null ? null : of.parent();
    }
    return false;
  }
}
