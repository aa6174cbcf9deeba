package io.godwit.http;

import io.godwit.accounts.Account;
import io.godwit.accounts.AccountTree;
import io.godwit.accounts.ApiKey;

/**
 * Whoever sent a request.
 *
 * @param account its account, as it was when the request came
 * @param tree all accounts, as they were then
 * @param key by which it is known
 */
public record Caller(Account account, AccountTree tree, ApiKey key) {
  public String id() {
    return account.id();
  }

  /** Whether it is the one above all accounts. */
  public boolean isOperator() {
    return account.parent() == null;
  }

  /** Whether what belongs to that account is the caller's to see: his own, and all below him in the tree; the operator sees what is nobody's, too. */
  public boolean sees(String accountId) {
    return isOperator() || tree.isWithin(accountId, account.id());
  }
}
