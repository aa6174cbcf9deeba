package io.godwit.billing;

import io.vertx.core.json.JsonObject;
import java.util.Set;

/**
 * A directory entry of kind {@code cost}: {@code {currency, prices?: {prefix: micro-units a segment}, deck?: {id, …}}}, what a carrier takes for what goes over its link.
 *
 * @param id the link's
 */
record CostList(String id, String currency, String deckId, Deck prices) implements Listing {
  static final String KIND = "cost";
  private static final Set<String> FIELDS = Set.of("currency", "prices", "deck", "earlier");

  /** Fails with a sentence that names the list. */
  static CostList from(String id, JsonObject body) {
    try {
      for (String name : body.fieldNames()) if (!FIELDS.contains(name)) throw new IllegalArgumentException(name + " is unknown; known are currency and prices");
      String currency = body.getString("currency");
      if (currency == null || !currency.matches("[A-Z]{3}")) throw new IllegalArgumentException("needs a currency: three capital letters as in ISO 4217");
      JsonObject deck = body.getJsonObject("deck");
      return new CostList(id, currency, deck == null ? null : deck.getString("id"), PriceList.prices(body.getJsonObject("prices", new JsonObject())));
    } catch (ClassCastException | IllegalArgumentException e) {
      throw new IllegalArgumentException("cost " + id + ": " + e.getMessage(), e);
    }
  }
}
