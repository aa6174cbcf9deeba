package io.godwit.accounts;

import io.vertx.core.json.JsonObject;
import java.util.Set;

/**
 * How much an account may hand in, over all doors and nodes; 0 = no limit. Days are UTC.
 *
 * @param segmentsPerDay at acceptance: what is refused or fails later counts, too
 * @param spendPerDay micro-units of the account's currency, by the prices at acceptance
 * @param alertAt percent of {@code spendPerDay} at which an alert is given
 */
public record AccountLimits(long segmentsPerSecond, long segmentsPerDay, long spendPerDay, int alertAt) {
  public static final AccountLimits NONE = new AccountLimits(0, 0, 0, 80);
  private static final Set<String> FIELDS = Set.of("segmentsPerSecond", "segmentsPerDay", "spendPerDay", "alertAt");
  private static final long MOST_PER_SECOND = 100_000;
  private static final long MOST_PER_DAY = 10_000_000_000L;

  static void check(Form form) {
    form.only(FIELDS);
  }

  static AccountLimits read(Form form) {
    Long spend = form.amount("spendPerDay");
    return new AccountLimits(form.whole("segmentsPerSecond", 0, 0, MOST_PER_SECOND), form.whole("segmentsPerDay", 0, 0, MOST_PER_DAY), spend == null ? 0 : spend,
      (int) form.whole("alertAt", NONE.alertAt, 1, 100));
  }

  /** Whether anything is limited at all. */
  public boolean areAny() {
    return segmentsPerSecond > 0 || segmentsPerDay > 0 || spendPerDay > 0;
  }

  JsonObject json() {
    return new JsonObject().put("segmentsPerSecond", segmentsPerSecond).put("segmentsPerDay", segmentsPerDay).put("spendPerDay", Amount.text(spendPerDay))
      .put("alertAt", alertAt);
  }
}
