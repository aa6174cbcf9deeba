package io.godwit.billing;

import io.godwit.accounts.Form;
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

  /** Fails with {@link Form.Invalid}. */
  static CostList from(String id, JsonObject body) {
    Form form = Form.entry(KIND, id, body);
    CostList list = read(id, form);
    form.check();
    return list;
  }

  /** What is wrong in it the form tells. */
  static CostList read(String id, Form form) {
    form.only(FIELDS);
    if (!form.has("currency")) form.wrong("missing-field", "currency", "is missing");
    return new CostList(id, form.matching("currency", PriceList.CURRENCY, "three capital letters as in ISO 4217"), PriceList.deckId(form), PriceList.prices(form.object("prices")));
  }
}
