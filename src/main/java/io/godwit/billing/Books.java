package io.godwit.billing;

import com.mongodb.client.model.Filters;
import io.godwit.accounts.Account;
import io.godwit.events.Manifest;
import io.godwit.message.Event;
import io.godwit.message.Leg;
import io.godwit.store.MongoSet;
import io.godwit.store.Snapshot;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.bson.BsonDocument;
import org.bson.Document;

/**
 * Each account's money in each currency: top-ups + transfers − billed = free + drawn and underway + allotted + reserved, and nothing is below its
 * bounds. Where the money is comes from the stores, each set as of one moment; what is billed and reserved is told message by message
 * ({@link #add}). True at rest only ({@link #hasSameMoneyAs}). Confined to one context.
 */
public final class Books {
  private static final String NO_CURRENCY = "XXX";

  private final Map<String, Account> directory = new HashMap<>();
  private final Map<Key, Sums> accounts = new TreeMap<>();
  private final List<Draw> underway = new ArrayList<>();
  /** How far accounts that are below their floor might go once, as a value ≤ 0: whoever may go less far now is where he was allowed to go. */
  private final Map<String, Long> earlierFloors = new HashMap<>();
  /** Of the returns to each account, the last that arrived from each slot. */
  private final Map<String, Document> arrived = new HashMap<>();

  private record Key(String account, String currency) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      return account.equals(other.account) ? currency.compareTo(other.currency) : account.compareTo(other.account);
    }
  }

  /** Micro-units. */
  private static final class Sums {
    long toppedUp;
    long billed;
    long reserved;
    long free;
    long drawn;
    long allotted;
    long returning;
    long leastAllotted;

    long held() {
      return free + drawn + allotted + returning;
    }

    long excess() {
      return held() + reserved - (toppedUp - billed);
    }

    @Override
    public String toString() {
      return "top-ups and transfers " + toppedUp + " - billed " + billed + " = free " + free + " + drawn " + drawn + " + allotted " + allotted
        + " + returning " + returning + " + reserved " + reserved;
    }
  }

  private Books() {
  }

  /** Reads where all money is; nothing is billed or reserved in it yet. The first set is the control set. */
  public static Future<Books> read(Context context, List<MongoSet> sets) {
    Books books = new Books();
    Future<Void> done = Snapshot.open(context, sets.get(0)).compose(now -> books.control(now).andThen(read -> now.close()));
    for (MongoSet set : sets) done = done.compose(v -> Snapshot.open(context, set)).compose(now -> books.allotments(now, set.index()).andThen(read -> now.close()));
    return done.map(v -> {
      books.underway.forEach(draw -> books.of(draw.account()).drawn += draw.amount());
      return books;
    });
  }

  private Future<Void> control(Snapshot now) {
    return now.each("directory", Filters.eq("kind", Account.KIND), this::account)
      .compose(v -> now.each(CreditEntry.TOP_UPS, new BsonDocument(), this::credit))
      .compose(v -> now.each(CreditEntry.TRANSFERS, new BsonDocument(), this::credit))
      .compose(v -> now.each(Balances.COLLECTION, new BsonDocument(), this::balance))
      .compose(v -> earlierFloors(now));
  }

  private Future<Void> earlierFloors(Snapshot now) {
    List<String> below = accounts.entrySet().stream().filter(e -> e.getValue().free < floor(e.getKey().account)).map(e -> e.getKey().account).toList();
    return below.isEmpty() ? Future.succeededFuture() : now.each("changes", Filters.and(Filters.eq("kind", Account.KIND), Filters.in("id", below)), change -> {
      for (String side : List.of("before", "after")) if (change.get(side) instanceof Document body) {
        String id = change.getString("id");
        earlierFloors.merge(id, Account.from(id, new JsonObject(body.toJson())).postpaidFloor(), Math::min);
      }
    });
  }

  private long floor(String account) {
    Account known = directory.get(account);
    return known == null ? 0 : Math.min(known.postpaidFloor(), earlierFloors.getOrDefault(account, 0L));
  }

  private Future<Void> allotments(Snapshot now, int set) {
    return now.each(Allotments.COLLECTION, new BsonDocument(), allotment -> allotment(set, allotment));
  }

  private Sums of(String account, String currency) {
    return accounts.computeIfAbsent(new Key(account, currency), key -> new Sums());
  }

  /** What an account has is in its own currency. */
  private Sums of(String account) {
    Account known = directory.get(account);
    return of(account, known == null ? NO_CURRENCY : known.currency());
  }

  private void account(Document entry) {
    directory.put(entry.getString("id"), Account.from(entry.getString("id"), new JsonObject(entry.get("body", Document.class).toJson())));
  }

  private void credit(Document document) {
    CreditEntry entry = CreditEntry.of(document);
    of(entry.to(), entry.currency()).toppedUp += entry.amount();
    if (!entry.isTopUp()) of(entry.from(), entry.currency()).toppedUp -= entry.amount();
  }

  private void balance(Document balance) {
    String id = balance.getString("_id");
    of(id).free += balance.getLong("free");
    balance.get("open", Document.class).values().forEach(open -> underway.add(Draw.of(id, (Document) open)));
    arrived.put(id, balance.get("in", new Document()));
  }

  /** A transfer that has arrived and is not closed yet, since whoever made it has died, is counted where it arrived. */
  private void allotment(int set, Document allotment) {
    String slot = allotment.getString("_id");
    underway.removeIf(draw -> draw.set() == set && draw.allotment().equals(slot) && Allotments.number(allotment, "in", draw.account()) >= draw.seq());
    for (String id : allotment.get("a", Document.class).keySet()) {
      long held = Allotments.number(allotment, "a", id);
      Sums account = of(id);
      account.allotted += held;
      account.leastAllotted = Math.min(account.leastAllotted, held);
    }
    for (Return open : Return.of(set, allotment)) {
      Number mark = arrived.getOrDefault(open.account(), new Document()).get(Allotments.key(set, slot), Number.class);
      if (mark == null || mark.longValue() < open.seq()) of(open.account()).returning += open.amount();
    }
  }

  /** What became of one message's legs in the end, or is so far; null when it never had any. */
  public void add(Event.Money money) {
    if (money == null) return;
    for (Leg leg : money.legs()) {
      if (money.action() == Event.Money.Action.BILLED) of(leg.account(), leg.currency()).billed += leg.amount();
      if (money.action() == Event.Money.Action.RESERVED) of(leg.account(), leg.currency()).reserved += leg.amount();
    }
  }

  /** What one event did, of a message of which others are counted in an archived day. */
  public void move(Event.Money money) {
    for (Leg leg : money.legs()) {
      Sums sums = of(leg.account(), leg.currency());
      if (money.action() == Event.Money.Action.BILLED) sums.billed += leg.amount();
      sums.reserved += money.action() == Event.Money.Action.RESERVED ? leg.amount() : -leg.amount();
    }
  }

  /** What all events of an archived day did. */
  public void add(Manifest day) {
    for (Manifest.Sum sum : day.money()) {
      Sums sums = of(sum.account(), sum.currency());
      sums.billed += sum.billed();
      sums.reserved += sum.reserved();
    }
  }

  /** Whether accounts held as much at another moment: between the two nothing was reserved, released or topped up. Moves within an account do not count. */
  public boolean hasSameMoneyAs(Books other) {
    return holdings().equals(other.holdings());
  }

  /** The accounts that held as much at another moment, in every currency: a single one may have been given back just what it reserved. */
  public Set<String> still(Books other) {
    Map<Key, List<Long>> now = holdings();
    Map<Key, List<Long>> then = other.holdings();
    Set<String> still = accounts();
    for (Map<Key, List<Long>> each : List.of(now, then)) for (Key key : each.keySet()) if (!Objects.equals(now.get(key), then.get(key))) still.remove(key.account);
    return still;
  }

  /** All that have, or had, money in any currency. */
  public Set<String> accounts() {
    return accounts.keySet().stream().map(Key::account).collect(Collectors.toSet());
  }

  private Map<Key, List<Long>> holdings() {
    return accounts.entrySet().stream().filter(e -> e.getValue().toppedUp != 0 || e.getValue().held() != 0)
      .collect(Collectors.toMap(Map.Entry::getKey, e -> List.of(e.getValue().toppedUp, e.getValue().held())));
  }

  /** Accounts that do not add up, with a sentence each. */
  public void unbalanced(BiConsumer<String, String> visitor) {
    accounts.forEach((key, sums) -> {
      if (sums.excess() != 0) visitor.accept(key.account, sums.excess() + " micro-" + key.currency + " too much: " + sums);
    });
  }

  /** Accounts that have spent more than they may, with a sentence each. */
  public void overdrawn(BiConsumer<String, String> visitor) {
    accounts.forEach((key, sums) -> {
      long floor = floor(key.account);
      if (sums.free < floor) visitor.accept(key.account, "below its floor of " + floor + ": " + sums);
      if (sums.leastAllotted < 0) visitor.accept(key.account, "an allotment holds " + sums.leastAllotted + " of it");
    });
  }
}
