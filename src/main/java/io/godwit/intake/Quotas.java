package io.godwit.intake;

import io.godwit.accounts.Account;
import io.godwit.accounts.AccountLimits;
import io.godwit.accounts.Alerts;
import io.godwit.accounts.Amount;
import io.godwit.accounts.Slices;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds accounts to their {@link AccountLimits}, over all doors and nodes, by {@link Slices} of a quarter of a second's segments, or a hundredth of a day's
 * segments or spending. So nobody ever hands in more than a day allows, and may be refused up to a hundredth of it too early for each other door that holds a
 * slice. Segments a second hold in the long run, with bursts of a second's worth; a message or batch goes through when there is room for one segment,
 * and the rest is owed. What is refused later is not given back. Confined to its context.
 */
final class Quotas {
  private static final Logger log = LoggerFactory.getLogger(Quotas.class);
  private static final long ANSWER_WITHIN_MS = 1_000;
  private static final int SLICES_A_SECOND = 4;
  private static final int SLICES_A_DAY = 100;
  private static final long DAY_MS = 86_400_000;
  private static final int PERCENT = 100;
  private static final int MOST_RAISED = 10_000;

  private final Context context;
  private final Slices slices;
  private final Alerts alerts;
  /** Alerts that were stored from here, or are about to be; what is forgotten is stored once more, as the same. */
  private final Map<String, Boolean> raised = new LinkedHashMap<>() {
    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
      return size() > MOST_RAISED;
    }
  };

  /**
   * A part of an account's limit.
   *
   * @param refusal what is said when it is not there
   */
  private record Claim(Account account, Slices.Claim part, Refusal.Reason refusal) {
    static Claim daily(Account account, String key, long limit, long need, Refusal.Reason refusal) {
      return new Claim(account, new Slices.Claim(key, limit, need, Math.max(need, limit / SLICES_A_DAY), false, 3 * DAY_MS), refusal);
    }

    static Claim rate(Account account, long limit, long need) {
      return new Claim(account, new Slices.Claim("rate/" + account.id(), limit, need, Math.max(1, limit / SLICES_A_SECOND), true, DAY_MS), Refusal.Reason.RATE_LIMIT);
    }

    /** @param offerer whose own limits alone he is told */
    Refusal refused(String offerer) {
      return new Refusal(refusal, null, !account.id().equals(offerer) ? "a limit of an account above it is reached" : switch (refusal) {
        case RATE_LIMIT -> "account " + account.id() + " may hand in " + part.limit() + " segments a second";
        case DAILY_LIMIT -> "account " + account.id() + " may hand in " + part.limit() + " segments a day";
        default -> "account " + account.id() + " may spend " + Amount.text(part.limit()) + " " + account.currency() + " a day";
      });
    }
  }

  Quotas(Context context, MongoSet control) {
    this.context = context;
    this.slices = new Slices(context, control, ANSWER_WITHIN_MS);
    this.alerts = new Alerts(control);
  }

  Future<Void> open() {
    return slices.open().compose(v -> alerts.open(context));
  }

  /**
   * Takes what an offer needs from the limits of its account and of those above it.
   *
   * @param offerer the account that makes it
   * @param spend what it costs each account, in micro-units
   * @param now milliseconds since 1970
   * @return null, or what is said to whoever made the offer
   */
  Future<Refusal> take(String offerer, List<Account> limited, int segments, Map<String, Long> spend, long now) {
    List<Claim> claims = new ArrayList<>();
    LocalDate day = LocalDate.ofInstant(Instant.ofEpochMilli(now), ZoneOffset.UTC);
    for (Account account : limited) claims(claims, account, day, segments, spend.getOrDefault(account.id(), 0L));
    return take(claims, 0).map(lacking -> lacking == null ? null : lacking.refused(offerer));
  }

  private static void claims(List<Claim> claims, Account account, LocalDate day, int segments, long spend) {
    AccountLimits limits = account.limits();
    if (limits.segmentsPerDay() > 0) claims.add(Claim.daily(account, "segments/" + account.id() + "/" + day, limits.segmentsPerDay(), segments, Refusal.Reason.DAILY_LIMIT));
    if (limits.spendPerDay() > 0 && spend > 0) claims.add(Claim.daily(account, "spend/" + account.id() + "/" + day, limits.spendPerDay(), spend, Refusal.Reason.SPEND_LIMIT));
    if (limits.segmentsPerSecond() > 0) claims.add(Claim.rate(account, limits.segmentsPerSecond(), segments));
  }

  /** Null, or of which there is not enough. */
  private Future<Claim> take(List<Claim> claims, int from) {
    for (int i = from; i < claims.size(); i++) {
      Claim claim = claims.get(i);
      if (slices.spend(claim.part)) continue;
      int at = i;
      if (slices.isShut(claim.part)) return refused(claims, at);
      return slices.draw(claim.part, used -> drawn(claim, used)).compose(again -> again ? take(claims, at) : refused(claims, at));
    }
    return Future.succeededFuture();
  }

  /** What was taken before stays here for the next. */
  private Future<Claim> refused(List<Claim> claims, int at) {
    for (Claim taken : claims.subList(0, at)) slices.giveBack(taken.part);
    return Future.succeededFuture(claims.get(at));
  }

  /** An alert, once a mark: whoever draws beyond it raises it, unless it was stored from here. */
  private void drawn(Claim claim, long used) {
    long limit = claim.part.limit();
    long mark = limit / PERCENT * claim.account.limits().alertAt();
    String alert = claim.part.key() + "/" + mark;
    if (claim.refusal != Refusal.Reason.SPEND_LIMIT || used < mark || raised.put(alert, true) != null) return;
    JsonObject details = new JsonObject().put("limit", Amount.text(limit)).put("used", Amount.text(used)).put("currency", claim.account.currency());
    alerts.raise(context, alert, claim.account.id(), Alerts.Kind.SPEND, details).onFailure(e -> {
      raised.remove(alert);
      log.warn("an alert could not be stored, the next draw tries again: {}", e.toString());
    });
  }
}
