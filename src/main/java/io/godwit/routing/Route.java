package io.godwit.routing;

import io.godwit.accounts.Account;
import io.godwit.message.Message;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * One route of the directory; what is null in it matches everything.
 *
 * @param prefix leading digits of the recipient, "" = all
 * @param account the sending account or one above it
 * @param links by priority, never empty
 * @param priority lower comes first
 */
record Route(String id, String prefix, String country, String account, String sender, String tag, List<Hop> links, int priority) {
  static final String KIND = "route";
  static final int USUAL = 100;

  /** Which of two matching routes is taken: the lesser one. */
  static final Comparator<Route> ORDER = Comparator.comparingInt(Route::priority)
    .thenComparing(Comparator.comparingInt((Route r) -> r.prefix.length()).reversed())
    .thenComparing(Comparator.comparingInt(Route::conditions).reversed())
    .thenComparing(Route::id);

  /** A link of a route. Of those with equal priority each gets its weight's part of the messages. */
  record Hop(String link, int priority, int weight) { }

  /** Fails with a sentence that names the route. */
  static Route from(String id, JsonObject body) {
    JsonObject match = body.getJsonObject("match", new JsonObject());
    return new Route(id, match.getString("prefix", "").replace("+", ""), match.getString("country"), match.getString("account"), match.getString("sender"),
      match.getString("tag"), hops(id, body.getJsonArray("links", new JsonArray())), body.getInteger("priority", USUAL));
  }

  private static List<Hop> hops(String id, JsonArray links) {
    List<Hop> hops = new ArrayList<>();
    for (int i = 0; i < links.size(); i++) {
      JsonObject link = links.getJsonObject(i);
      int weight = link.getInteger("weight", 1);
      if (weight < 1 || weight > 1_000_000) throw new IllegalArgumentException("route " + id + ": weight " + weight + " of a link is not in 1..1000000");
      hops.add(new Hop(Objects.requireNonNull(link.getString("link"), "route " + id + ": a link without its id"), link.getInteger("priority", USUAL), weight));
    }
    if (hops.isEmpty()) throw new IllegalArgumentException("route " + id + ": has no links");
    hops.sort(Comparator.comparingInt(Hop::priority));
    return List.copyOf(hops);
  }

  private int conditions() {
    return (int) Stream.of(country, account, sender, tag).filter(Objects::nonNull).count();
  }

  /** Whether everything but the prefix fits. */
  boolean fits(Message message, List<Account> lineage) {
    return (country == null || country.equals(message.country()))
      && (account == null || lineage.stream().anyMatch(above -> above.id().equals(account)))
      && (sender == null || sender.equals(message.from()))
      && (tag == null || message.origin().tags().contains(tag));
  }
}
