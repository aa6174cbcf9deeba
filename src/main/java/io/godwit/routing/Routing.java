package io.godwit.routing;

import io.godwit.accounts.AccountTree;
import io.godwit.accounts.Directory;
import io.godwit.billing.Costs;
import io.godwit.link.LinkConfig;
import io.godwit.link.Order;
import io.godwit.message.Carriage;
import io.godwit.message.Message;
import io.godwit.node.Node;
import io.godwit.numbering.Networks;
import io.godwit.quality.Qualities;
import io.vertx.core.Future;
import java.util.Map;
import java.util.function.Predicate;

/** What routes and links are by now, and choices by them: one for the whole process, whoever asks. Thread-safe. */
public final class Routing {
  private final Directory.View<AccountTree> accounts;
  private final Directory.View<Routes> routes;
  private final Directory.View<Map<String, LinkConfig>> links;
  private final Directory.View<Map<String, Order>> orders;
  private final Directory.View<SenderRules> senders;
  private final Networks networks;
  private final Costs costs;
  private final Quality quality;

  private record Opening(Future<Routing> routing) { }

  private Routing(Directory directory, Directory.View<Routes> routes, Networks networks, Costs costs, Quality quality) {
    this.routes = routes;
    this.accounts = AccountTree.view(directory);
    this.links = LinkConfig.view(directory);
    this.orders = Order.view(directory);
    this.senders = directory.view(SenderRules.KIND, SenderRules::of);
    this.networks = networks;
    this.costs = costs;
    this.quality = quality;
  }

  /** The process's own; completes when all that it decides by is there. */
  public static Future<Routing> of(Node node) {
    Future<Networks> networks = Networks.of(node);
    Future<Costs> costs = Costs.of(node);
    Qualities qualities = Qualities.open(node);
    return node.directory().once(Opening.class, () -> {
      Directory.View<Routes> routes = node.directory().view(Route.KIND, Routes::of);
      return new Opening(Future.all(networks, costs).map(v -> new Routing(node.directory(), routes, networks.result(), costs.result(), qualities::permille)));
    }).routing;
  }

  /**
   * @param up whether a link can send now
   * @param now milliseconds since 1970
   */
  public Choice choose(Message message, Predicate<String> up, long now) {
    Terrain terrain = new Terrain(routes.get(), links.get(), orders.get(), costs.now(), senders.get(), quality, up);
    return Choice.make(terrain, query(message, now));
  }

  private Query query(Message message, long now) {
    return new Query(message, accounts.get().lineage(message.account()), networks.of(message.to()), now);
  }

  /** What is known of the message's way over that link; null when that is nothing. */
  Carriage carriage(Message message, String link, long now) {
    Query query = query(message, now);
    Costs.Picture picture = costs.now();
    return Choice.carriage(query, picture.perSegment(link, message.to(), query.network(), now), picture.currency(link));
  }
}
