package io.godwit.routing;

import io.godwit.accounts.AccountTree;
import io.godwit.billing.Costs;
import io.godwit.link.LinkConfig;
import io.godwit.link.Order;
import io.godwit.message.Encoding;
import io.godwit.message.Lane;
import io.godwit.message.Message;
import io.godwit.message.MessageId;
import io.godwit.message.Origin;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Choices without any store: routes as JSON, links a to d, and an account demo below a reseller below the operator. For test threads. */
final class Crossroads {
  static final AccountTree TREE = AccountTree.of(entries("""
    {"operator": {}, "reseller": {"parent": "operator"}, "demo": {"parent": "reseller"}}"""));
  static final String GERMANY = "+491701234567";
  private static final Map<String, LinkConfig> LINKS = new HashMap<>();

  static {
    for (String link : List.of("a", "b", "c", "d")) LINKS.put(link, LinkConfig.from(link, new JsonObject().put("host", "localhost").put("systemId", "godwit")));
  }

  private final MessageId.Generator ids = new MessageId.Generator(0, 1, () -> 1_700_000_000_000L);
  Set<String> down = Set.of();
  Map<String, Order> orders = Map.of();
  Costs.Picture costs = Costs.Picture.of(Map.of());
  SenderRules senders = SenderRules.of(Map.of());
  Quality quality = Quality.UNKNOWN;
  String network;
  String sender = "Godwit";
  String text = "Hi";
  long now = Instant.parse("2026-11-27T12:00:00Z").toEpochMilli();

  static Map<String, JsonObject> entries(String json) {
    JsonObject object = new JsonObject(json);
    Map<String, JsonObject> entries = new HashMap<>();
    object.fieldNames().forEach(id -> entries.put(id, object.getJsonObject(id)));
    return entries;
  }

  Message to(String number, String... tags) {
    Origin origin = new Origin(null, null, List.of(tags), null, null, 0, false);
    return Message.accepted(ids.next(), Lane.BULK, "demo", sender, number, text, Encoding.GSM7, 1, number.startsWith("+33") ? "FR" : "DE", Long.MAX_VALUE, origin);
  }

  Choice choose(String routes, Message message) {
    Terrain terrain = new Terrain(Routes.of(entries(routes)), LINKS, orders, costs, senders, quality, link -> !down.contains(link));
    return Choice.make(terrain, new Query(message, TREE.lineage(message.account()), network, now));
  }

  String link(String routes, Message message) {
    return choose(routes, message).link();
  }

  String link(String routes) {
    return link(routes, to(GERMANY));
  }

  /** What became of each link that was looked at, as an explanation says it. */
  String verdicts(String routes) {
    StringBuilder verdicts = new StringBuilder();
    for (Object link : Explanation.of(choose(routes, to(GERMANY)), true).getJsonArray("links")) {
      verdicts.append(verdicts.isEmpty() ? "" : ", ").append(((JsonObject) link).getString("link")).append(' ').append(((JsonObject) link).getString("verdict"));
    }
    return verdicts.toString();
  }
}
