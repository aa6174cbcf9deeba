package io.godwit.billing;

import io.godwit.accounts.Account;
import io.godwit.accounts.Amount;
import io.godwit.message.Conversion;
import io.godwit.node.Node;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Every seller's price lists. An account for which neither its own list nor its seller's names a price pays what its seller pays. Immutable. */
final class Rates {
  private final Map<String, Listed> ofAccount = new HashMap<>();
  private final Map<String, Listed> ofSeller = new HashMap<>();

  private record Opening(Future<PriceBook<PriceList, Rates>> book) { }

  /** Those of the process, as they change; completes when there are prices. */
  static Future<PriceBook<PriceList, Rates>> of(Node node) {
    return node.directory().once(Opening.class, () -> new Opening(PriceBook.open(node, PriceList.KIND, PriceList::from, Rates::new))).book;
  }

  /**
   * What is asked for.
   *
   * @param network MCC and MNC of the recipient; null when unknown
   */
  record Asked(String recipient, String network, long now, ExchangeRates exchange) { }

  /**
   * What one segment costs.
   *
   * @param amount micro-units
   * @param conversions by which it came from other currencies
   * @param missing which exchange rate it lacks, or that it is beyond what may be a price, a clause: then it is none; else null
   */
  record Price(long amount, String currency, List<Conversion> conversions, String missing) {
    private static Price of(long amount, String currency, List<Conversion> conversions) {
      if (amount <= Deck.DEAREST) return new Price(amount, currency, conversions, null);
      return new Price(0, currency, List.of(), "more than " + Amount.text(Deck.DEAREST) + " " + currency + " a segment are no price");
    }

    Price into(String wanted, Asked asked) {
      if (missing != null || currency.equals(wanted)) return this;
      Conversion conversion = asked.exchange.between(currency, wanted, asked.now);
      if (conversion == null) return new Price(0, wanted, List.of(), "there is no exchange rate from " + currency + " to " + wanted);
      List<Conversion> all = new ArrayList<>(conversions);
      all.add(conversion);
      return of(conversion.of(amount, Deck.DEAREST + 1), wanted, all);
    }

    private Price with(Markup markup) {
      return missing != null ? this : of(markup.on(amount), currency, conversions);
    }
  }

  private record Listed(PriceList list, Deck deck) { }

  /**
   * Fails for a second list of the same account or seller, with a sentence that names both.
   *
   * @param decks the uploaded rows by their ids, all that the lists name
   */
  Rates(Collection<PriceList> lists, Map<String, Deck> decks) {
    for (PriceList list : lists) {
      Deck deck = list.rows(decks);
      Listed other = list.account() != null ? ofAccount.put(list.account(), new Listed(list, deck)) : ofSeller.put(list.seller(), new Listed(list, deck));
      if (other != null) throw new IllegalArgumentException("rate " + list.id() + ": " + other.list.id() + " is a list of the same " + (list.account() != null ? "account" : "seller"));
    }
  }

  /** What the buyer, the first of the lineage, pays to the second, in the currency of whoever named it; null when nobody names a price. */
  Price price(List<Account> lineage, Asked asked) {
    for (int buyer = 0; buyer + 1 < lineage.size(); buyer++) {
      List<Account> upwards = lineage.subList(buyer + 1, lineage.size());
      Price price = in(ofAccount.get(lineage.get(buyer).id()), upwards, asked);
      if (price == null) price = in(ofSeller.get(upwards.get(0).id()), upwards, asked);
      if (price != null) return price;
    }
    return null;
  }

  /** @param seller who made the list and those above it */
  private Price in(Listed list, List<Account> seller, Asked asked) {
    if (list == null) return null;
    long amount = list.deck.price(asked.recipient, asked.network, asked.now);
    if (amount != Deck.NONE) return Price.of(amount, list.list.currency(), List.of());
    if (list.list.markup() == null) return null;
    Price cost = price(seller, asked);
    return cost == null ? null : cost.into(list.list.currency(), asked).with(list.list.markup());
  }
}
