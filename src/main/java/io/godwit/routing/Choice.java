package io.godwit.routing;

import io.godwit.billing.Costs;
import io.godwit.message.Carriage;
import io.godwit.message.Failure;
import io.godwit.message.Message;
import io.godwit.routing.Look.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The choice of a link for one message, by the rules in the room's package-info, and all that was looked at for it: who wants to explain it need not find out anything again. The same message
 * gets the same link while routes and links stay as they are. Confined to whoever makes it.
 */
public final class Choice {
  /** Routes that follow each other by {@code then}, the first one counted. */
  static final int LONGEST_CHAIN = 8;

  private final Terrain terrain;
  private final Query query;
  private final List<Candidate> candidates;
  private final List<Look> looks = new ArrayList<>(4);
  private Candidate matched;
  private Look taken;
  private boolean waits;
  private boolean unfit;
  private boolean unwelcome;

  private Choice(Terrain terrain, Query query) {
    this.terrain = terrain;
    this.query = query;
    this.candidates = terrain.routes().candidates(query);
  }

  static Choice make(Terrain terrain, Query query) {
    Choice choice = new Choice(terrain, query);
    for (Candidate candidate : choice.candidates) {
      if (!candidate.route().match().fitsText(query.message())) continue;
      choice.matched = candidate;
      choice.taken = choice.along(candidate.route());
      if (choice.taken == null) continue;
      choice.taken.verdict = Verdict.TAKEN;
      return choice;
    }
    choice.matched = null;
    return choice;
  }

  /** The link of the first route of the chain that has one that can send; with none, one of the first that has a link at all: there the message waits. */
  private Look along(Route first) {
    List<Look> waiting = null;
    Route route = first;
    for (int i = 0; route != null && i < LONGEST_CHAIN; i++) {
      List<Look> fit = fit(route);
      List<Look> ready = keep(keep(fit, look -> look.order().isOpen(), Verdict.NOT_OPEN), Look::isUp, Verdict.DOWN);
      if (!ready.isEmpty()) return best(route, ready);
      if (waiting == null && !fit.isEmpty()) waiting = fit;
      route = route.then() == null ? null : terrain.routes().get(route.then());
    }
    if (waiting == null) return null;
    waits = true;
    return best(waiting.get(0).route(), waiting);
  }

  /** Those of its links that are there, take its sender and can carry the message. */
  private List<Look> fit(Route route) {
    List<Look> all = new ArrayList<>(route.hops().size());
    for (Route.Hop hop : route.hops()) all.add(new Look(terrain, query, route, hop));
    looks.addAll(all);
    List<Look> known = keep(all, Look::isKnown, Verdict.UNKNOWN);
    List<Look> taking = keep(known, Look::takesSender, Verdict.SENDER);
    if (taking.size() < known.size()) unwelcome = true;
    List<Look> fit = keep(taking, Look::carries, Verdict.SEGMENTS);
    if (fit.size() < taking.size()) unfit = true;
    return fit;
  }

  private Look best(Route route, List<Look> ready) {
    List<Look> left = ready;
    if (route.minDelivery() > 0) left = delivering(route, left);
    if (route.strategy() == Route.Strategy.LEASTCOST) left = cheapest(left);
    int first = left.get(0).hop().priority();
    return turn(keep(left, look -> look.hop().priority() == first, Verdict.LATER));
  }

  /** Those that deliver enough, or of which nobody knows; all when there are none of these. */
  private static List<Look> delivering(Route route, List<Look> ready) {
    for (Look look : ready) {
      if (delivers(route, look)) return keep(ready, one -> delivers(route, one), Verdict.DELIVERS_LESS);
    }
    return ready;
  }

  private static boolean delivers(Route route, Look look) {
    return look.permille() < 0 || look.permille() >= route.minDelivery();
  }

  /** Those with the least cost, in the currency of the first whose cost is known; all when no cost is known. */
  private static List<Look> cheapest(List<Look> ready) {
    List<Look> priced = keep(ready, look -> look.cost() != Costs.NONE, Verdict.NO_COST);
    if (priced.isEmpty()) return ready;
    String currency = priced.get(0).currency();
    List<Look> comparable = keep(priced, look -> currency.equals(look.currency()), Verdict.OTHER_CURRENCY);
    long least = Long.MAX_VALUE;
    for (Look look : comparable) least = Math.min(least, look.cost());
    long cheapest = least;
    return keep(comparable, look -> look.cost() == cheapest, Verdict.DEARER);
  }

  /** By weight and by the message's id. */
  private Look turn(List<Look> equals) {
    int sum = 0;
    for (Look look : equals) sum += look.hop().weight();
    int point = Math.floorMod(spread(query.message().id().hashCode()), sum);
    Look chosen = null;
    for (Look look : equals) {
      point -= look.hop().weight();
      if (point < 0 && chosen == null) chosen = look;
      else look.verdict = Verdict.OTHER_TURN;
    }
    return chosen;
  }

  /** Ids that follow each other differ in their last characters only: murmur's finish spreads them. */
  private static int spread(int h) {
    h = (h ^ h >>> 16) * 0x85ebca6b;
    h = (h ^ h >>> 13) * 0xc2b2ae35;
    return h ^ h >>> 16;
  }

  /** What passes; the verdict is noted on what does not. */
  private static List<Look> keep(List<Look> looks, Predicate<Look> test, Verdict otherwise) {
    List<Look> kept = new ArrayList<>(looks.size());
    for (Look look : looks) {
      if (test.test(look)) kept.add(look);
      else look.verdict = otherwise;
    }
    return kept;
  }

  /** Null when no route leads there. */
  public String link() {
    return taken == null ? null : taken.hop().link();
  }

  /** What is known of the way over the link; null when that is nothing, or there is no link. */
  Carriage carriage() {
    return taken == null ? null : carriage(query, taken.cost(), taken.currency());
  }

  /** @param cost micro-units a segment; {@link Costs#NONE} when unknown */
  static Carriage carriage(Query query, long cost, String currency) {
    return cost == Costs.NONE ? Carriage.over(query.network()) : new Carriage(query.network(), Math.multiplyExact(cost, (long) query.message().segments()), currency);
  }

  /** Whether no link of the route can send: the message is put where it waits. */
  public boolean waits() {
    return waits;
  }

  /** Why there is no link. */
  Failure refusal() {
    if (unfit) return Failure.of("segments-exceeded", "each link to " + message().to() + " would need more than the " + message().segments() + " segments of the price");
    if (unwelcome) return Failure.of("sender-not-allowed", "no link to " + message().to() + " takes the sender '" + message().from() + "'");
    return Failure.of("no-route", "no route leads to " + message().to());
  }

  Message message() {
    return query.message();
  }

  Query query() {
    return query;
  }

  /** The first of the routes that matched and have a link; null when there is none. The link may be one of a route that follows it. */
  Candidate matched() {
    return matched;
  }

  Look taken() {
    return taken;
  }

  /** In the order in which they were looked at. */
  List<Look> looks() {
    return looks;
  }

  /** All routes that are for the message, those that were not needed, too. */
  List<Candidate> matching() {
    return candidates.stream().filter(candidate -> candidate.route().match().fitsText(query.message())).toList();
  }
}
