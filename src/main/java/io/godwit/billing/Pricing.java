package io.godwit.billing;

import io.godwit.accounts.Account;
import io.godwit.accounts.AccountTree;
import io.godwit.accounts.Directory;
import io.godwit.message.Leg;
import io.godwit.message.Message;
import io.godwit.node.Node;
import io.godwit.numbering.Networks;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** What a message costs each buyer in its chain, by the prices of this moment, and what is agreed with accounts about credit. Thread-safe. */
public final class Pricing {
  private final Directory.View<AccountTree> accounts;
  private final Networks networks;
  private final Directory.View<ExchangeRates> exchange;
  private final LongSupplier clock;
  private final PriceBook<PriceList, Rates> book;

  private Pricing(Directory directory, Networks networks, LongSupplier clock, PriceBook<PriceList, Rates> book) {
    this.accounts = AccountTree.view(directory);
    this.networks = networks;
    this.exchange = directory.view(ExchangeRates.KIND, ExchangeRates::of);
    this.clock = clock;
    this.book = book;
  }

  /** One that knows accounts only, and quotes nothing. */
  public Pricing(Directory directory) {
    this(directory, null, null, null);
  }

  /** One that knows the price lists, too; completes when they are read. */
  public static Future<Pricing> open(Node node) {
    return Networks.of(node).compose(networks -> Rates.of(node).map(book -> new Pricing(node.directory(), networks, node::now, book)));
  }

  /** Completes when what the price lists of this moment say is in force in this process, or what later ones say. */
  public static Future<Void> inForce(Node node) {
    return Rates.of(node).compose(PriceBook::inForce);
  }

  /**
   * What is to be paid, or why that cannot be said.
   *
   * @param legs from the sender up
   * @param missing which price is missing, a sentence; null when none is
   */
  public record Quote(List<Leg> legs, String missing) {
    public boolean isComplete() {
      return missing == null;
    }
  }

  /**
   * One leg for each account from the sender up that buys from another: price × segments, in the buyer's currency: of another one the price of a segment is converted. Empty for
   * an account that buys from nobody.
   */
  public Quote quote(Message message) {
    return quote(message.account(), message.to(), message.segments());
  }

  /** The same by the prices of another moment, milliseconds since 1970. */
  public Quote quote(Message message, long at) {
    return quote(message.account(), message.to(), message.segments(), at);
  }

  /** The same for what is no message yet. */
  public Quote quote(String account, String to, int segments) {
    return quote(account, to, segments, clock.getAsLong());
  }

  private Quote quote(String account, String to, int segments, long at) {
    List<Account> lineage = accounts.get().lineage(account);
    if (lineage.isEmpty()) return new Quote(List.of(), "there is no account " + account);
    List<Leg> legs = new ArrayList<>(lineage.size() - 1);
    Rates rates = book.prices();
    Rates.Asked asked = new Rates.Asked(to, networks.of(to), at, exchange.get());
    for (int i = 0; i + 1 < lineage.size(); i++) {
      Account buyer = lineage.get(i);
      String seller = lineage.get(i + 1).id();
      Rates.Price named = rates.price(lineage.subList(i, lineage.size()), asked);
      if (named == null) return new Quote(List.of(), seller + " has no price for " + to + " to " + buyer.id());
      Rates.Price price = named.into(buyer.currency(), asked);
      if (price.missing() != null) return new Quote(List.of(), price.missing() + ", for the price of " + seller + " to " + buyer.id());
      legs.add(new Leg(buyer.id(), seller, Math.multiplyExact(price.amount(), (long) segments), price.currency(), price.conversions()));
    }
    return new Quote(legs, null);
  }

  /** MCC and MNC of a number's network; null when unknown. */
  public String network(String to) {
    return networks.of(to);
  }

  /** How far the account's balance may go below zero, as a value ≤ 0; micro-units. */
  public long floor(String account) {
    Account found = accounts.get().get(account);
    return found == null ? 0 : found.postpaidFloor();
  }

  /** The account's currency; null when there is no such account. */
  public String currency(String account) {
    Account found = accounts.get().get(account);
    return found == null ? null : found.currency();
  }
}
