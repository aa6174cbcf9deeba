package io.godwit.billing;

import io.vertx.core.json.JsonObject;

/**
 * A directory entry of kind {@code rate}: {@code {account | seller, currency, prices?: {prefix: micro-units a segment}, deck?: {id, …}, markup?: {percent?, add?}}}.
 * It is what this one account pays to whom it buys from, or what this seller takes from all its customers that have no list of their own. A short list stands in
 * the entry ({@code prices}), a long one was uploaded ({@code deck}); where it has no price but a markup, the price is the seller's own and that.
 *
 * @param account null for a seller's list
 * @param seller null for an account's list
 * @param deckId of the uploaded rows (see {@link Decks}); null when they stand in the entry
 * @param prices the entry's own rows
 * @param markup null = none
 */
record PriceList(String id, String account, String seller, String currency, String deckId, Deck prices, Markup markup) implements Listing {
  static final String KIND = "rate";

  /** Fails with a sentence that names the list. */
  static PriceList from(String id, JsonObject body) {
    try {
      String account = body.getString("account");
      String seller = body.getString("seller");
      if ((account == null) == (seller == null)) throw new IllegalArgumentException("needs either an account or a seller");
      String currency = body.getString("currency");
      if (currency == null) throw new IllegalArgumentException("needs a currency");
      JsonObject deck = body.getJsonObject("deck");
      String deckId = deck == null ? null : deck.getString("id");
      return new PriceList(id, account, seller, currency, deckId, prices(body.getJsonObject("prices", new JsonObject())), Markup.from(body.getJsonObject("markup")));
    } catch (ClassCastException | IllegalArgumentException e) {
      throw new IllegalArgumentException("rate " + id + ": " + e.getMessage(), e);
    }
  }

  /** Rows as an entry has them: micro-units by prefix. Fails with a clause that names the row. */
  static Deck prices(JsonObject prices) {
    Deck.Builder rows = new Deck.Builder();
    for (var price : prices) {
      if (!(price.getValue() instanceof Integer || price.getValue() instanceof Long)) throw new IllegalArgumentException(
        "the price for '" + price.getKey() + "' must be a whole number of micro-units");
      long amount = ((Number) price.getValue()).longValue();
      if (amount < 0) throw new IllegalArgumentException("the price for '" + price.getKey() + "' is negative");
      rows.add(Deck.prefix(price.getKey()), 0, amount);
    }
    return rows.build();
  }
}
