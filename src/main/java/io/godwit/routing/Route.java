package io.godwit.routing;

import io.godwit.accounts.Form;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * One route of the directory.
 *
 * @param hops its links by priority, never empty
 * @param priority lower comes first
 * @param minDelivery of a thousand messages to the recipient's country so many must be delivered by a link, where that is known; 0 = any
 * @param then id of the route that is taken when none of these links can send; null = none
 * @param overrides whether it comes before all routes that do not
 * @param conditions that it has besides the prefix
 */
record Route(String id, Match match, List<Hop> hops, int priority, Strategy strategy, int minDelivery, String then, boolean overrides, int conditions) {
  static final String KIND = "route";
  static final int USUAL = 100;
  private static final Set<String> FIELDS = Set.of("match", "links", "priority", "strategy", "minDelivery", "then", "override", "note");
  private static final Set<String> HOP_FIELDS = Set.of("link", "priority", "weight");
  private static final int MOST_LINKS = 100;
  private static final int ID_CHARS = 64;
  private static final int NOTE_CHARS = 1_000;
  private static final int LOWEST = 1_000_000;

  /** A link of a route. */
  record Hop(String link, int priority, int weight) { }

  /** How one of the links that can send is chosen. */
  enum Strategy { PRIORITY, LEASTCOST }

  /** What is wrong in it the form tells. */
  static Route read(String id, Form form) {
    form.only(FIELDS);
    Match match = Match.read(form);
    boolean overrides = form.flag("override", false);
    if (overrides && match.accounts().isEmpty()) form.wrong("invalid-field", "override", "is for routes of an account: match.account is missing");
    form.text("note", NOTE_CHARS);
    return new Route(id, match, hops(form), (int) form.whole("priority", USUAL, -LOWEST, LOWEST), form.word("strategy", Strategy.class, Strategy.PRIORITY),
      10 * (int) form.whole("minDelivery", 0, 0, 100), form.text("then", ID_CHARS), overrides, match.conditions());
  }

  /** Fails with {@link Form.Invalid}. */
  static Route from(String id, JsonObject body) {
    Form form = Form.entry(KIND, id, body);
    Route route = read(id, form);
    form.check();
    return route;
  }

  private static List<Hop> hops(Form form) {
    if (!form.has("links")) form.wrong("missing-field", "links", "is missing");
    List<Hop> hops = new ArrayList<>();
    for (Form hop : form.objects("links", MOST_LINKS)) {
      hop.only(HOP_FIELDS);
      hops.add(new Hop(hop.required("link", ID_CHARS), (int) hop.whole("priority", USUAL, -LOWEST, LOWEST), (int) hop.whole("weight", 1, 1, 1_000_000)));
    }
    hops.sort(Comparator.comparingInt(Hop::priority));
    return List.copyOf(hops);
  }
}
