package io.godwit.billing;

import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.ne;
import static com.mongodb.client.model.Filters.or;

import com.mongodb.client.model.Projections;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.godwit.store.OneByOne;
import io.godwit.store.Sets;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.bson.Document;
import org.bson.conversions.Bson;

/**
 * Finds out where accounts' money is: a look reads balances, then all allotments, then the balances again. While a balance stands still nothing is sent off from it and nothing
 * arrives; what is under way its marks and those of the allotments tell. May be used from any context.
 */
final class Whereabouts {
  private static final int LOOKS = 5;
  /** What tells whether a balance stood still: {@code free} falls only where one of the two counts rises. */
  private static final List<String> MOVING = List.of("free", "seq", Debt.SENT, "open");

  private final Sets sets;
  private final Pricing pricing;

  /** @param pricing knows the accounts' currencies */
  Whereabouts(Sets sets, Pricing pricing) {
    this.sets = sets;
    this.pricing = pricing;
  }

  /** What one set's allotment says of the accounts. */
  private record Held(int set, Document allotment) { }

  /** Balances by account, as they were before the allotments were read and after. */
  private record Look(Map<String, Document> before, Map<String, Document> after, List<Held> held, List<Return> returns) {
    boolean stoodStill(String account) {
      Document was = before.get(account);
      Document is = after.get(account);
      return was == null || is == null ? was == is : MOVING.stream().allMatch(field -> Objects.equals(was.get(field), is.get(field)));
    }

    boolean hasArrived(Draw draw) {
      return held.stream().anyMatch(of -> of.set == draw.set() && of.allotment.getString("_id").equals(draw.allotment()) && Allotments.number(of.allotment, "in", draw.account()) >= draw.seq());
    }
  }

  /** See {@link Ledger#balance}. */
  Future<Ledger.Balance> of(Context here, String account) {
    return areAllKnown() ? of(here, account, LOOKS) : unknown();
  }

  /** See {@link Ledger#balances}. */
  Future<Map<String, Future<Ledger.Balance>>> ofEach(Context here, List<String> accounts) {
    Map<String, Future<Ledger.Balance>> found = new HashMap<>();
    return areAllKnown() ? together(here, accounts, found).map(v -> found) : unknown();
  }

  private boolean areAllKnown() {
    return sets.all().stream().allMatch(MongoSet::isTrusted);
  }

  private static <T> Future<T> unknown() {
    return Future.failedFuture(new IllegalStateException("a set does not answer, and may hold some of the money"));
  }

  private Future<Ledger.Balance> of(Context here, String account, int looks) {
    return look(here, List.of(account))
      .compose(look -> looks > 1 && !look.stoodStill(account) ? of(here, account, looks - 1) : Future.succeededFuture(sum(account, look)));
  }

  /** Those of which money moved meanwhile are looked at again: together while they become much fewer, and the last of them one by one. */
  private Future<Void> together(Context here, List<String> accounts, Map<String, Future<Ledger.Balance>> found) {
    return look(here, accounts).compose(look -> {
      List<String> moved = accounts.stream().filter(account -> !look.stoodStill(account)).toList();
      accounts.stream().filter(look::stoodStill).forEach(account -> found.put(account, Future.succeededFuture(account).map(one -> sum(one, look))));
      if (moved.size() > 1 && moved.size() <= accounts.size() / 2) return together(here, moved, found);
      return OneByOne.each(here, moved, account -> {
        Future<Ledger.Balance> one = of(here, account, LOOKS);
        found.put(account, one);
        return one.otherwiseEmpty().mapEmpty();
      });
    });
  }

  private Future<Look> look(Context here, List<String> accounts) {
    return Balances.read(here, sets.control(), accounts, MOVING).compose(before -> {
      List<Draw> underWay = before.values().stream().flatMap(Whereabouts::draws).toList();
      List<Future<List<Held>>> asked = sets.all().stream().map(set -> held(here, set, accounts, underWay)).toList();
      return Future.all(asked).compose(all -> {
        List<Held> held = asked.stream().flatMap(of -> of.result().stream()).toList();
        List<Return> returns = held.stream().flatMap(of -> Return.of(of.set, of.allotment).stream()).toList();
        Set<String> fields = new LinkedHashSet<>(MOVING);
        returns.forEach(open -> fields.add("in." + key(open)));
        return Balances.read(here, sets.control(), accounts, List.copyOf(fields)).map(after -> new Look(before, after, held, returns));
      });
    });
  }

  private static Stream<Draw> draws(Document balance) {
    return balance.get("open", new Document()).values().stream().map(open -> Draw.of(balance.getString("_id"), (Document) open));
  }

  private static String key(Return open) {
    return Allotments.key(open.set(), open.allotment());
  }

  /** Those that are drained, very many, keep the marks of their draws and those alone: of them only where a draw is under way to. */
  private static Future<List<Held>> held(Context here, MongoSet set, List<String> accounts, List<Draw> underWay) {
    List<String> named = underWay.stream().filter(draw -> draw.set() == set.index()).map(Draw::allotment).distinct().toList();
    Bson wanted = named.isEmpty() ? ne("drained", true) : or(ne("drained", true), in("_id", named));
    List<String> fields = accounts.stream().flatMap(account -> Stream.of("a." + account, "in." + account, "home." + account)).toList();
    return Mongo.all(here, Allotments.in(set).find(wanted).projection(Projections.include(fields))).map(found -> found.stream().map(d -> new Held(set.index(), d)).toList());
  }

  /** A transfer that has arrived and is not closed yet is counted where it arrived. */
  private Ledger.Balance sum(String account, Look look) {
    Document balance = look.after.get(account);
    long held = look.held.stream().mapToLong(of -> Allotments.number(of.allotment, "a", account)).sum();
    if (balance == null) return new Ledger.Balance(account, pricing.currency(account), 0, held, 0);
    long home = look.returns.stream().filter(open -> open.account().equals(account) && Allotments.number(balance, "in", key(open)) < open.seq()).mapToLong(Return::amount).sum();
    long drawn = draws(balance).filter(draw -> !look.hasArrived(draw)).mapToLong(Draw::amount).sum();
    return new Ledger.Balance(account, pricing.currency(account), balance.getLong("free"), held, home + drawn);
  }
}
