package io.godwit.routing;

import io.godwit.accounts.Account;
import io.godwit.message.Message;
import io.godwit.message.Prefixes;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** All routes, found by prefix. Immutable. */
final class Routes {
  private final Prefixes<List<Route>> routes;

  private Routes(Prefixes<List<Route>> routes) {
    this.routes = routes;
  }

  static Routes of(Map<String, JsonObject> entries) {
    Prefixes.Builder<List<Route>> builder = new Prefixes.Builder<>();
    entries.forEach((id, body) -> {
      Route route = Route.from(id, body);
      builder.add(route.prefix(), List.of(route), Routes::both);
    });
    return new Routes(builder.build());
  }

  private static List<Route> both(List<Route> some, List<Route> more) {
    List<Route> all = new ArrayList<>(some);
    all.addAll(more);
    return all;
  }

  /**
   * The link for the message: the same one each time it is asked about the same message, while the links' states stay.
   *
   * @param eligible which links are configured and can carry the message: a route that has none of them is passed over
   * @return null when no route fits
   */
  String link(Message message, List<Account> lineage, Predicate<String> eligible, Predicate<String> up) {
    Route route = routes.all(message.to()).stream().flatMap(List::stream)
      .filter(r -> r.fits(message, lineage) && r.links().stream().anyMatch(hop -> eligible.test(hop.link())))
      .min(Route.ORDER).orElse(null);
    if (route == null) return null;
    List<Route.Hop> hops = route.links().stream().filter(hop -> eligible.test(hop.link())).toList();
    List<Route.Hop> ready = hops.stream().filter(hop -> up.test(hop.link())).toList();
    return first(message, ready.isEmpty() ? hops : ready);
  }

  /** One of those with the best priority, by weight and by the message's id. */
  private static String first(Message message, List<Route.Hop> hops) {
    List<Route.Hop> best = hops.stream().filter(hop -> hop.priority() == hops.get(0).priority()).toList();
    int point = Math.floorMod(spread(message.id().hashCode()), best.stream().mapToInt(Route.Hop::weight).sum());
    for (Route.Hop hop : best) {
      point -= hop.weight();
      if (point < 0) return hop.link();
    }
    throw new IllegalStateException("weights of " + best + " do not add up");
  }

  /** Ids that follow each other differ in their last characters only: murmur's finish spreads them. */
  private static int spread(int h) {
    h = (h ^ h >>> 16) * 0x85ebca6b;
    h = (h ^ h >>> 13) * 0xc2b2ae35;
    return h ^ h >>> 16;
  }
}
