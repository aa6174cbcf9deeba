package io.godwit.routing;

import io.godwit.billing.Costs;
import io.godwit.link.LinkConfig;
import io.godwit.link.Order;

/**
 * A link of a route as it was when it was looked at for one message: what is not asked for is not found out. Confined to whoever decides.
 */
final class Look {
  /** What became of it. */
  enum Verdict {
    /** It was not needed: another one came first. */
    NOT_NEEDED("not-needed"),
    TAKEN("taken"),
    UNKNOWN("no-such-link"),
    SEGMENTS("needs-more-segments"),
    SENDER("refuses-sender"),
    NOT_OPEN("not-open"),
    DOWN("down"),
    DELIVERS_LESS("delivers-less"),
    DEARER("dearer"),
    NO_COST("no-cost"),
    OTHER_CURRENCY("other-currency"),
    LATER("lower-priority"),
    OTHER_TURN("another-ones-turn");

    private final String wireName;

    Verdict(String wireName) {
      this.wireName = wireName;
    }

    String wireName() {
      return wireName;
    }
  }

  private static final int NOT_ASKED = Integer.MIN_VALUE;

  private final Terrain terrain;
  private final Query query;
  private final Route route;
  private final Route.Hop hop;
  private long cost = NOT_ASKED;
  private int permille = NOT_ASKED;
  Verdict verdict = Verdict.NOT_NEEDED;

  Look(Terrain terrain, Query query, Route route, Route.Hop hop) {
    this.terrain = terrain;
    this.query = query;
    this.route = route;
    this.hop = hop;
  }

  Route route() {
    return route;
  }

  Route.Hop hop() {
    return hop;
  }

  boolean isKnown() {
    return terrain.links().containsKey(hop.link());
  }

  boolean carries() {
    LinkConfig link = terrain.links().get(hop.link());
    return link != null && link.text().carries(query.message());
  }

  boolean takesSender() {
    return terrain.senders().admits(query.message(), query.lineage(), hop.link());
  }

  Order order() {
    return terrain.orders().getOrDefault(hop.link(), Order.RUN);
  }

  boolean isUp() {
    return terrain.up().test(hop.link());
  }

  /** Micro-units a segment; {@link Costs#NONE} when unknown. */
  long cost() {
    if (cost == NOT_ASKED) cost = terrain.costs().perSegment(hop.link(), query.message().to(), query.network(), query.now());
    return cost;
  }

  /** Null when the link has no price list. */
  String currency() {
    return terrain.costs().currency(hop.link());
  }

  /** Delivered of a thousand; negative when unknown. */
  int permille() {
    if (permille == NOT_ASKED) permille = terrain.quality().permille(hop.link(), query.message().country());
    return permille;
  }
}
