package io.godwit.routing;

import io.godwit.accounts.Account;
import io.godwit.accounts.Form;
import io.godwit.billing.Costs;
import io.godwit.link.LinkConfig;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * What holds between routes and the accounts, links, costs and routes that they name, and between sender rules and their links: whoever changes any of them is told what would be wrong. Choices are
 * tolerant: what a route names and is not there counts as not named. What is wrong in an entry by itself its readers say ({@link io.godwit.accounts.Directory#judge}).
 */
public final class RouteRules {
  public static final String ROUTE = Route.KIND;
  public static final String SENDER_RULE = SenderRules.KIND;

  private final Function<String, Map<String, JsonObject>> whole;
  private final List<Form.Wrong> wrongs = new ArrayList<>();

  private RouteRules(Function<String, Map<String, JsonObject>> whole) {
    this.whole = whole;
  }

  /**
   * @param whole all entries by their kind, as they would be
   * @param before the same as they are: a sender rule whose link is not there then, either, stays
   */
  public static List<Form.Wrong> all(Function<String, Map<String, JsonObject>> whole, Function<String, Map<String, JsonObject>> before) {
    RouteRules rules = new RouteRules(whole);
    whole.apply(Route.KIND).keySet().forEach(rules::route);
    whole.apply(Costs.KIND).keySet().forEach(rules::link);
    whole.apply(SENDER_RULE).forEach((id, body) -> {
      boolean stays = body.equals(before.apply(SENDER_RULE).get(id)) && body.getValue("link") instanceof String link && !before.apply(LinkConfig.KIND).containsKey(link);
      if (!stays) rules.senderRule(id);
    });
    return rules.wrongs;
  }

  /** Of the sender rule with this id alone; nothing when it would be no more. */
  public static List<Form.Wrong> ofSenderRule(Function<String, Map<String, JsonObject>> whole, String id) {
    RouteRules rules = new RouteRules(whole);
    if (whole.apply(SENDER_RULE).containsKey(id)) rules.senderRule(id);
    return rules.wrongs;
  }

  /** Of the route with this id alone, or of those that name it, when it would be no more. */
  public static List<Form.Wrong> ofRoute(Function<String, Map<String, JsonObject>> whole, String id) {
    RouteRules rules = new RouteRules(whole);
    if (whole.apply(Route.KIND).containsKey(id)) {
      rules.route(id);
      rules.expressions(id);
    } else whole.apply(Route.KIND).forEach((other, body) -> {
      if (id.equals(body.getValue("then"))) rules.then(other, body);
    });
    return rules.wrongs;
  }

  /** Of a link's costs, and of the routes that compare them with others'. */
  public static List<Form.Wrong> ofCost(Function<String, Map<String, JsonObject>> whole, String link) {
    RouteRules rules = new RouteRules(whole);
    rules.link(link);
    whole.apply(Route.KIND).forEach((id, body) -> {
      if (links(body).contains(link)) rules.currencies(id, body);
    });
    return rules.wrongs;
  }

  /** Where a link is named: JSON pointers into the whole. */
  public static List<String> naming(Function<String, Map<String, JsonObject>> whole, String link) {
    List<String> naming = new ArrayList<>();
    new TreeMap<>(whole.apply(Account.KIND)).forEach((id, body) -> {
      if (body.getValue("links") instanceof JsonObject links && links.containsKey(link)) naming.add(path(Account.KIND, id) + "/links/" + Form.escaped(link));
    });
    if (whole.apply(Costs.KIND).containsKey(link)) naming.add(path(Costs.KIND, link));
    new TreeMap<>(whole.apply(Route.KIND)).forEach((id, body) -> {
      if (links(body).contains(link)) naming.add(path(Route.KIND, id) + "/links/" + links(body).indexOf(link) + "/link");
    });
    new TreeMap<>(whole.apply(SENDER_RULE)).forEach((id, body) -> {
      if (link.equals(body.getValue("link"))) naming.add(path(SENDER_RULE, id) + "/link");
    });
    return naming;
  }

  private static String path(String kind, String id) {
    return "/" + kind + "/" + Form.escaped(id);
  }

  private void wrong(String kind, String id, String field, String detail) {
    wrongs.add(new Form.Wrong(path(kind, id) + field, "invalid-field", detail));
  }

  private void link(String id) {
    if (whole.apply(Costs.KIND).containsKey(id) && !whole.apply(LinkConfig.KIND).containsKey(id)) wrong(Costs.KIND, id, "", "is no link");
  }

  private void senderRule(String id) {
    if (whole.apply(SENDER_RULE).get(id).getValue("link") instanceof String link && !whole.apply(LinkConfig.KIND).containsKey(link)) wrong(SENDER_RULE, id, "/link", "is no link");
  }

  private void route(String id) {
    JsonObject body = whole.apply(Route.KIND).get(id);
    List<String> links = links(body);
    for (int i = 0; i < links.size(); i++) {
      if (links.get(i) != null && !whole.apply(LinkConfig.KIND).containsKey(links.get(i))) wrong(Route.KIND, id, "/links/" + i + "/link", "is no link");
    }
    accounts(id, body);
    then(id, body);
    currencies(id, body);
  }

  /** An import is told so by whoever reads all routes. */
  private void expressions(String id) {
    Map<String, JsonObject> routes = whole.apply(Route.KIND);
    if (!looksIntoTexts(routes.get(id)) || routes.values().stream().filter(RouteRules::looksIntoTexts).count() <= Routes.MOST_TEXT_EXPRESSIONS) return;
    wrong(Route.KIND, id, "/match/textPattern", "is one too many: " + Routes.MOST_TEXT_EXPRESSIONS + " routes may have one");
  }

  private static boolean looksIntoTexts(JsonObject body) {
    return body.getValue("match") instanceof JsonObject match && match.getValue("textPattern") != null;
  }

  private void accounts(String id, JsonObject body) {
    Object named = body.getValue("match") instanceof JsonObject match ? match.getValue("account") : null;
    for (Object account : named instanceof JsonArray several ? several : new JsonArray().add(named)) {
      if (account instanceof String one && !whole.apply(Account.KIND).containsKey(one)) wrong(Route.KIND, id, "/match/account", "'" + one + "' is no account");
    }
  }

  private void then(String id, JsonObject body) {
    Set<String> chain = new HashSet<>(Set.of(id));
    for (JsonObject at = body; at != null && at.getValue("then") instanceof String next; at = whole.apply(Route.KIND).get(next)) {
      if (!chain.add(next)) {
        wrong(Route.KIND, id, "/then", "goes in a circle");
        return;
      }
      if (at == body && !whole.apply(Route.KIND).containsKey(next)) wrong(Route.KIND, id, "/then", "is no route");
    }
    if (chain.size() > Choice.LONGEST_CHAIN) wrong(Route.KIND, id, "/then", "makes a chain of more than " + Choice.LONGEST_CHAIN + " routes");
  }

  /** What is to be compared must be in one currency. */
  private void currencies(String id, JsonObject body) {
    if (!(body.getValue("strategy") instanceof String strategy) || !strategy.equalsIgnoreCase(Route.Strategy.LEASTCOST.name())) return;
    Set<String> currencies = new TreeSet<>();
    for (String link : links(body)) {
      String currency = link == null ? null : Costs.currency(whole.apply(Costs.KIND).get(link));
      if (currency != null) currencies.add(currency);
    }
    if (currencies.size() > 1) wrong(Route.KIND, id, "/strategy", "cannot compare costs in " + String.join(" and ", currencies));
  }

  /** In their order; null where there is none. */
  private static List<String> links(JsonObject body) {
    List<String> links = new ArrayList<>();
    if (body.getValue("links") instanceof JsonArray hops) for (Object hop : hops) links.add(hop instanceof JsonObject one && one.getValue("link") instanceof String link ? link : null);
    return links;
  }
}
