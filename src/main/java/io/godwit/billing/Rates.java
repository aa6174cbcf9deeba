package io.godwit.billing;

import io.godwit.accounts.Account;
import io.godwit.message.Prefixes;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Every seller's price lists, by the longest prefix of the recipient. A directory entry of kind {@code rate} is
 * {@code {account | seller, currency, prices: {prefix: micro-units a segment}}}: what this one account pays to whom it buys from, or
 * what this seller takes from all its customers that have no list of their own. An account for which neither names a price
 * pays what its seller pays. Immutable.
 */
final class Rates {
  static final String KIND = "rate";

  private final Map<String, Prefixes<Price>> ofAccount;
  private final Map<String, Prefixes<Price>> ofSeller;

  /** What one segment costs, in micro-units. */
  record Price(long amount, String currency) { }

  private Rates(Map<String, Prefixes<Price>> ofAccount, Map<String, Prefixes<Price>> ofSeller) {
    this.ofAccount = ofAccount;
    this.ofSeller = ofSeller;
  }

  static Rates of(Map<String, JsonObject> entries) {
    Map<String, Prefixes.Builder<Price>> accounts = new HashMap<>();
    Map<String, Prefixes.Builder<Price>> sellers = new HashMap<>();
    entries.forEach((id, body) -> {
      String account = body.getString("account");
      String seller = body.getString("seller");
      if ((account == null) == (seller == null)) throw new IllegalArgumentException("rate " + id + ": needs either an account or a seller");
      add(id, body, account != null ? accounts.computeIfAbsent(account, a -> new Prefixes.Builder<>()) : sellers.computeIfAbsent(seller, s -> new Prefixes.Builder<>()));
    });
    return new Rates(built(accounts), built(sellers));
  }

  private static void add(String id, JsonObject body, Prefixes.Builder<Price> deck) {
    String currency = body.getString("currency");
    if (currency == null) throw new IllegalArgumentException("rate " + id + ": needs a currency");
    for (var price : body.getJsonObject("prices", new JsonObject())) {
      if (!(price.getValue() instanceof Integer || price.getValue() instanceof Long)) throw new IllegalArgumentException(
        "rate " + id + ": the price for '" + price.getKey() + "' must be a whole number of micro-units");
      long amount = ((Number) price.getValue()).longValue();
      if (amount < 0) throw new IllegalArgumentException("rate " + id + ": the price for '" + price.getKey() + "' is negative");
      deck.add(price.getKey(), new Price(amount, currency), (one, two) -> {
        throw new IllegalArgumentException("rate " + id + ": a second price for '" + price.getKey() + "'");
      });
    }
  }

  private static Map<String, Prefixes<Price>> built(Map<String, Prefixes.Builder<Price>> decks) {
    Map<String, Prefixes<Price>> built = new HashMap<>();
    decks.forEach((owner, deck) -> built.put(owner, deck.build()));
    return built;
  }

  /** What the buyer, the first of the lineage, pays to the second; null when nobody names a price. */
  Price price(List<Account> lineage, String recipient) {
    for (int buyer = 0; buyer + 1 < lineage.size(); buyer++) {
      Price price = in(ofAccount.get(lineage.get(buyer).id()), recipient);
      if (price == null) price = in(ofSeller.get(lineage.get(buyer + 1).id()), recipient);
      if (price != null) return price;
    }
    return null;
  }

  private static Price in(Prefixes<Price> deck, String recipient) {
    return deck == null ? null : deck.longest(recipient);
  }
}
