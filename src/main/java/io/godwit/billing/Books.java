package io.godwit.billing;

import com.mongodb.client.model.Filters;
import io.godwit.accounts.Account;
import io.godwit.events.MessageState;
import io.godwit.message.Event;
import io.godwit.message.Leg;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.godwit.store.Sets;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bson.Document;

/**
 * The audit of the money: for each account, top-ups − billed = free + drawn and underway + allotted + reserved, and nothing is below its
 * bounds. What is billed and reserved is the fold of all events of all sets, in memory: for tests and for sets of their
 * size. True at rest only: while messages move, the parts are read at different moments.
 */
public final class Books {
  private final Sets sets;
  private final Map<String, Totals> accounts = new TreeMap<>();
  private final List<String> discrepancies = new ArrayList<>();

  /** One account's money; micro-units. */
  private static final class Totals {
    long floor;
    long toppedUp;
    long billed;
    long reserved;
    long free;
    long drawn;
    long allotted;
    long returning;

    long excess() {
      return free + drawn + allotted + returning + reserved - (toppedUp - billed);
    }

    @Override
    public String toString() {
      return "top-ups " + toppedUp + " - billed " + billed + " = free " + free + " + drawn " + drawn + " + allotted " + allotted
        + " + returning " + returning + " + reserved " + reserved;
    }
  }

  private Books(Sets sets) {
    this.sets = sets;
  }

  /** What is wrong, a sentence each; empty = the books are in order. */
  public static Future<List<String>> check(Sets sets) {
    Books books = new Books(sets);
    Context context = sets.control().vertx().getOrCreateContext();
    return books.topUps(context)
      .compose(v -> Future.join(sets.all().stream().map(set -> books.allotments(context, set).compose(x -> books.events(context, set))).toList()))
      .compose(v -> books.balances(context))
      .compose(v -> books.floors(context))
      .map(v -> books.conclude());
  }

  private Totals of(String account) {
    return accounts.computeIfAbsent(account, a -> new Totals());
  }

  private Future<Void> topUps(Context context) {
    return Mongo.all(context, sets.control().db().getCollection(Ledger.TOPUPS).find())
      .map(found -> {
        found.forEach(d -> of(d.getString("account")).toppedUp += d.getLong("amount"));
        return null;
      });
  }

  private Future<Void> allotments(Context context, MongoSet set) {
    return Mongo.all(context, Allotments.in(set).find()).map(found -> {
      found.forEach(allotment -> allotment(set, allotment));
      return null;
    });
  }

  private void allotment(MongoSet set, Document allotment) {
    for (String account : allotment.get("a", Document.class).keySet()) {
      long held = Allotments.number(allotment, "a", account);
      of(account).allotted += held;
      if (held < 0) discrepancies.add("allotment " + allotment.getString("_id") + " of " + set + " is " + held + " for " + account);
    }
    Return.of(set.index(), allotment).forEach(open -> of(open.account()).returning += open.amount());
  }

  private Future<Void> balances(Context context) {
    return Mongo.all(context, Balances.in(sets.control()).find()).map(found -> {
      found.forEach(this::balance);
      return null;
    });
  }

  private void balance(Document balance) {
    Totals account = of(balance.getString("_id"));
    account.free += balance.getLong("free");
    balance.get("open", Document.class).values().forEach(open -> account.drawn += ((Document) open).getLong("amount"));
  }

  private Future<Void> floors(Context context) {
    return Mongo.all(context, sets.control().db().getCollection("directory").find(Filters.eq("kind", Account.KIND))).map(found -> {
      for (Document entry : found) {
        Account account = Account.from(entry.getString("id"), new JsonObject(entry.get("body", Document.class).toJson()));
        of(account.id()).floor = account.postpaidFloor();
      }
      return null;
    });
  }

  private Future<Void> events(Context context, MongoSet set) {
    return Mongo.all(context, set.db().listCollectionNames())
      .compose(names -> Future.join(names.stream().filter(name -> name.startsWith("events_")).map(name -> pages(context, set, name)).toList()))
      .map(read -> {
        Map<String, List<Event>> messages = new HashMap<>();
        for (int i = 0; i < read.size(); i++) read.<List<Event>>resultAt(i).forEach(e -> messages.computeIfAbsent(e.id(), id -> new ArrayList<>()).add(e));
        messages.forEach(this::message);
        return null;
      });
  }

  private static Future<List<Event>> pages(Context context, MongoSet set, String collection) {
    return Mongo.all(context, set.db().getCollection(collection).find())
      .map(pages -> pages.stream().flatMap(page -> page.getList("e", Document.class).stream()).map(Event::read).toList());
  }

  private void message(String id, List<Event> events) {
    events.sort(Comparator.comparingInt(Event::n));
    MessageState state = MessageState.of(events);
    if (state == null || state.money() == null) return;
    Event.Money.Action action = state.money().action();
    if (state.isFinal() && action == Event.Money.Action.RESERVED) discrepancies.add("message " + id + " is " + state.status() + " and still has money reserved");
    for (Leg leg : state.money().legs()) {
      if (action == Event.Money.Action.BILLED) of(leg.account()).billed += leg.amount();
      if (action == Event.Money.Action.RESERVED) of(leg.account()).reserved += leg.amount();
    }
  }

  private List<String> conclude() {
    accounts.forEach((id, account) -> {
      if (account.excess() != 0) discrepancies.add("account " + id + " has " + account.excess() + " too much: " + account);
      if (account.free < account.floor) discrepancies.add("account " + id + " is below its floor of " + account.floor + ": " + account);
    });
    return discrepancies;
  }
}
