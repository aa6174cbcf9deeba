package io.godwit.billing;

import io.godwit.message.Leg;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a batch of messages needs from each account. */
final class Demand {
  private final Map<String, Need> needs = new HashMap<>();

  /**
   * Micro-units.
   *
   * @param all the sum over the batch
   * @param least the cheapest message's leg
   */
  private record Need(long all, long least) {
    static Need both(Need one, Need other) {
      return new Need(one.all + other.all, Math.min(one.least, other.least));
    }
  }

  static Demand of(List<Pricing.Quote> quotes) {
    Demand demand = new Demand();
    for (Pricing.Quote quote : quotes) for (Leg leg : quote.legs()) {
      if (leg.amount() > 0) demand.needs.merge(leg.account(), new Need(leg.amount(), leg.amount()), Need::both);
    }
    return demand;
  }

  /** Fetches what the purse lacks of it, account by account at the same time; empty when it lacks nothing. */
  List<Future<Void>> draws(Purse purse) {
    List<Future<Void>> draws = new ArrayList<>();
    needs.forEach((account, need) -> {
      if (purse.available(account) < need.all) draws.add(purse.draw(account, need.all, need.least));
    });
    return draws;
  }
}
