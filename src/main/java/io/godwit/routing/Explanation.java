package io.godwit.routing;

import io.godwit.billing.Costs;
import io.godwit.link.Order;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Locale;

/**
 * A choice in JSON, for people who wonder. It tells what the choice has found out; of the links it has them find out what was not needed, too.
 * <pre>
 * {link, route, waits?, network?, refusal?: {code, detail}, cost?: {amount, currency},
 *  routes: [{id, verdict: taken | followed | no-link | later, by?, priority, prefixDigits, conditions, override?}],
 *  links: [{route, link, verdict, state, priority, weight, delivered?, cost?, currency?}]}
 * </pre>
 * {@code by} says what put the route behind the taken one; {@code delivered} is in percent, costs are micro-units a segment, in {@code cost} of all segments. Who is not to know the
 * carriers is told neither {@code link} nor {@code links} nor {@code cost}.
 */
public final class Explanation {
  private final Choice choice;
  private final boolean carriers;

  private Explanation(Choice choice, boolean carriers) {
    this.choice = choice;
    this.carriers = carriers;
  }

  /** @param carriers whether links and what their carriers take may be told */
  public static JsonObject of(Choice choice, boolean carriers) {
    return new Explanation(choice, carriers).json();
  }

  private JsonObject json() {
    JsonObject json = new JsonObject();
    if (carriers) json.put("link", choice.link());
    json.put("route", choice.taken() == null ? null : choice.taken().route().id());
    if (choice.waits()) json.put("waits", true);
    if (choice.query().network() != null) json.put("network", choice.query().network());
    if (choice.link() == null) json.put("refusal", new JsonObject().put("code", choice.refusal().code()).put("detail", choice.refusal().text()));
    if (carriers && choice.carriage() != null && choice.carriage().currency() != null) {
      json.put("cost", new JsonObject().put("amount", choice.carriage().cost()).put("currency", choice.carriage().currency()));
    }
    JsonArray routes = new JsonArray();
    choice.matching().forEach(candidate -> routes.add(route(candidate)));
    json.put("routes", routes);
    if (!carriers) return json;
    JsonArray links = new JsonArray();
    choice.looks().forEach(look -> links.add(link(look)));
    return json.put("links", links);
  }

  private JsonObject route(Candidate candidate) {
    Route route = candidate.route();
    JsonObject json = new JsonObject().put("id", route.id()).put("verdict", verdict(candidate)).put("priority", route.priority()).put("prefixDigits", candidate.digits())
      .put("conditions", route.conditions());
    if (route.overrides()) json.put("override", true);
    Candidate matched = choice.matched();
    if (matched != null && candidate.compareTo(matched) > 0) json.put("by", wireName(matched.apart(candidate)));
    return json;
  }

  /** Followed: none of its own links could send, and one of a route behind it was taken. */
  private String verdict(Candidate candidate) {
    Candidate matched = choice.matched();
    if (matched == null || candidate.compareTo(matched) < 0) return "no-link";
    if (candidate.compareTo(matched) > 0) return "later";
    return choice.taken().route() == candidate.route() ? "taken" : "followed";
  }

  private JsonObject link(Look look) {
    JsonObject json = new JsonObject().put("route", look.route().id()).put("link", look.hop().link()).put("verdict", look.verdict.wireName()).put("state", state(look))
      .put("priority", look.hop().priority()).put("weight", look.hop().weight());
    if (look.permille() >= 0) json.put("delivered", look.permille() / 10.0);
    if (look.cost() != Costs.NONE) json.put("cost", look.cost()).put("currency", look.currency());
    return json;
  }

  /** What an operator wants of it comes first: a link that is stopped is not down. */
  private static String state(Look look) {
    if (!look.isKnown()) return "unknown";
    if (look.order() != Order.RUN) return wireName(look.order());
    return look.isUp() ? "up" : "down";
  }

  private static String wireName(Enum<?> word) {
    return word.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
