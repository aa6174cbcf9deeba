package io.godwit.billing;

import io.godwit.accounts.Form;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

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
  /** Of a list's money, as of an account's. */
  static final Pattern CURRENCY = Pattern.compile("[A-Z]{3}");
  private static final Set<String> FIELDS = Set.of("account", "seller", "currency", "prices", "deck", "earlier", "markup");
  private static final int TEXT_CHARS = 128;

  /** Fails with {@link Form.Invalid}. */
  static PriceList from(String id, JsonObject body) {
    Form form = Form.entry(KIND, id, body);
    PriceList list = read(id, form);
    form.check();
    return list;
  }

  /** What is wrong in it the form tells. */
  static PriceList read(String id, Form form) {
    String account = form.text("account", TEXT_CHARS);
    String seller = form.text("seller", TEXT_CHARS);
    if (form.has("account") == form.has("seller")) form.wrong(form.has("seller") ? "invalid-field" : "missing-field", "seller", "or 'account' must be there, and not both");
    return new PriceList(id, account, seller, form.required("currency", TEXT_CHARS), deckId(form), prices(form.object("prices")), form.has("markup") ? Markup.read(form.object("markup")) : null);
  }

  /** What only a change must heed: nothing unknown, and a currency that an account may have. */
  static void check(Form form) {
    form.only(FIELDS).matching("currency", CURRENCY, "three capital letters as in ISO 4217");
  }

  /** Null when no rows were uploaded. */
  static String deckId(Form form) {
    return form.has("deck") ? form.object("deck").text("id", TEXT_CHARS) : null;
  }

  /** Rows as an entry has them: micro-units by prefix. */
  static Deck prices(Form prices) {
    Deck.Builder rows = new Deck.Builder();
    List<String> added = new ArrayList<>();
    for (String prefix : prices.json().fieldNames()) {
      try {
        rows.add(Deck.prefix(prefix), 0, price(prices, prefix));
        added.add(prefix);
      } catch (IllegalArgumentException e) {
        prices.wrong("invalid-field", prefix, "is no price of a prefix: " + e.getMessage());
      }
    }
    try {
      return rows.build();
    } catch (Deck.Twice e) {
      return prices.invalid(added.get(e.row()), "is " + e.getMessage(), Deck.EMPTY);
    }
  }

  private static long price(Form prices, String prefix) {
    Object price = prices.json().getValue(prefix);
    if ((price instanceof Integer || price instanceof Long) && ((Number) price).longValue() >= 0) return ((Number) price).longValue();
    return prices.invalid(prefix, "must be a whole number of micro-units, 0 or more", 0L);
  }
}
