package io.godwit.reporting;

import io.godwit.accounts.Account;
import io.godwit.billing.Ledger;
import io.godwit.store.Deadline;
import io.vertx.core.Future;

/**
 * An account's balance, and beside it what messages have reserved: all credit that came in, less what was billed, less the balance.
 *
 * @param reserved micro-units; null while it is not known what was billed
 */
public record Standing(Ledger.Balance balance, Long reserved) {
  /** The balance is wanted more than this. */
  private static final long BILLED_WITHIN_MS = 2_000;

  /**
   * What was billed is asked for first and all credit last: what is billed or comes in meanwhile, and what the reports do not know yet, counts as reserved for that long.
   * Fails as {@link Ledger#balance} does.
   */
  public static Future<Standing> of(Account account, Ledger ledger, Usage usage) {
    Future<Long> billed = Deadline.within(BILLED_WITHIN_MS, usage.billed(account.id(), account.currency())).otherwise((Long) null);
    return billed.compose(known -> ledger.balance(account.id()).compose(balance -> known == null ? Future.succeededFuture(new Standing(balance, null))
      : ledger.creditBefore(account.id(), Long.MAX_VALUE).map(credit -> new Standing(balance, Math.max(0, credit - known - balance.balance())))));
  }
}
