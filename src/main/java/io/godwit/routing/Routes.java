package io.godwit.routing;

import io.godwit.accounts.Account;
import io.godwit.accounts.Form;
import io.godwit.message.Prefixes;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * All routes, found by account, then by network or else by country, then by prefix: so few of five thousand have to be looked at. Those with none of them
 * are looked at for each message. Immutable.
 */
final class Routes {
  /** Looking for expressions in texts takes time: so many of all routes may have one. */
  static final int MOST_TEXT_EXPRESSIONS = 50;

  private final Map<String, Route> byId = new HashMap<>();
  private final Shelf everyones = new Shelf();
  private final Map<String, Shelf> ofAccount = new HashMap<>();

  /** Routes of an account, or of no account. */
  private static final class Shelf {
    final Map<String, Drawer> networks = new HashMap<>();
    final Map<String, Drawer> countries = new HashMap<>();
    final Drawer others = new Drawer();
  }

  /** Routes by prefix. */
  private static final class Drawer {
    private Prefixes.Builder<List<Filed>> builder = new Prefixes.Builder<>();
    private Prefixes<List<Filed>> prefixes;

    void add(Filed filed, Set<String> under) {
      for (String prefix : under) builder.add(prefix, List.of(filed), Drawer::both);
    }

    private static List<Filed> both(List<Filed> some, List<Filed> more) {
      List<Filed> all = some instanceof ArrayList<Filed> ? some : new ArrayList<>(some);
      all.addAll(more);
      return all;
    }

    void close() {
      prefixes = builder.build();
      builder = null;
    }
  }

  /** @param often whether it lies in more than one place where it could be found for the same message */
  private record Filed(Route route, int rank, boolean often) { }

  private Routes(Map<String, JsonObject> entries) {
    List<Form.Wrong> wrongs = new ArrayList<>();
    int rank = 0;
    int expressions = 0;
    for (Map.Entry<String, JsonObject> entry : new TreeMap<>(entries).entrySet()) {
      Form form = Form.entry(Route.KIND, entry.getKey(), entry.getValue());
      Route route = Route.read(entry.getKey(), form);
      if (route.match().text() != null && ++expressions > MOST_TEXT_EXPRESSIONS) {
        form.object("match").wrong("invalid-field", "textPattern", "is one too many: " + MOST_TEXT_EXPRESSIONS + " routes may have one");
      }
      wrongs.addAll(form.wrongs());
      byId.put(route.id(), route);
      if (form.wrongs().isEmpty()) file(route, rank++);
    }
    Form.check(wrongs);
    close(everyones);
    ofAccount.values().forEach(Routes::close);
  }

  /** Fails with {@link Form.Invalid}. */
  static Routes of(Map<String, JsonObject> entries) {
    return new Routes(entries);
  }

  private void file(Route route, int rank) {
    Match match = route.match();
    Filed filed = new Filed(route, rank, match.accounts().size() > 1 || match.prefixes().size() > 1);
    if (match.accounts().isEmpty()) file(everyones, filed);
    for (String account : match.accounts()) file(ofAccount.computeIfAbsent(account, a -> new Shelf()), filed);
  }

  private static void file(Shelf shelf, Filed filed) {
    Match match = filed.route.match();
    Set<String> prefixes = match.prefixes().isEmpty() ? Set.of("") : match.prefixes();
    if (match.networks().isEmpty() && match.countries().isEmpty()) shelf.others.add(filed, prefixes);
    for (String network : match.networks()) shelf.networks.computeIfAbsent(network, n -> new Drawer()).add(filed, prefixes);
    if (match.networks().isEmpty()) for (String country : match.countries()) shelf.countries.computeIfAbsent(country, c -> new Drawer()).add(filed, prefixes);
  }

  private static void close(Shelf shelf) {
    shelf.networks.values().forEach(Drawer::close);
    shelf.countries.values().forEach(Drawer::close);
    shelf.others.close();
  }

  /** Null when there is none. */
  Route get(String id) {
    return byId.get(id);
  }

  /** The routes that are for the message but for their expressions on texts, the one that is to be taken first. */
  List<Candidate> candidates(Query query) {
    List<Candidate> found = new ArrayList<>(4);
    List<Account> lineage = query.lineage();
    if (!ofAccount.isEmpty()) for (int distance = 0; distance < lineage.size(); distance++) find(ofAccount.get(lineage.get(distance).id()), distance, query, found);
    find(everyones, Candidate.ANY, query, found);
    if (found.size() > 1) found.sort(null);
    return found;
  }

  private static void find(Shelf shelf, int distance, Query query, List<Candidate> found) {
    if (shelf == null) return;
    if (query.network() != null && !shelf.networks.isEmpty()) find(shelf.networks.get(query.network()), distance, query, found);
    if (!shelf.countries.isEmpty()) find(shelf.countries.get(query.message().country()), distance, query, found);
    find(shelf.others, distance, query, found);
  }

  private static void find(Drawer drawer, int distance, Query query, List<Candidate> found) {
    if (drawer == null) return;
    drawer.prefixes.each(query.message().to(), (digits, filed) -> {
      for (int i = 0; i < filed.size(); i++) add(filed.get(i), digits, distance, query, found);
    });
  }

  /** The nearest account and the longest prefix come first: what is found again counts as it was found. */
  private static void add(Filed filed, int digits, int distance, Query query, List<Candidate> found) {
    if (filed.often) for (int i = 0; i < found.size(); i++) if (found.get(i).route() == filed.route) return;
    if (filed.route.match().fits(query)) found.add(new Candidate(filed.route, digits, distance, filed.rank));
  }
}
