package io.godwit.link;

import com.mongodb.MongoTimeoutException;
import io.godwit.accounts.Directory;
import io.godwit.node.Node;
import io.godwit.queue.Inventory;
import io.godwit.queue.Inventory.Waiting;
import io.godwit.queue.Parcel;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;

/** Links as the operator sees them: what the directory says, what all processes tell, and what waits in all sets. Without passwords. */
public final class LinkViews {
  private static final Set<String> SECRETS = Set.of("password");

  private final Context context;
  private final Node node;
  private final Directory.View<Map<String, LinkConfig>> configs;
  private final Standings standings;

  public LinkViews(Context context, Node node) {
    this.context = context;
    this.node = node;
    this.configs = LinkConfig.view(node.directory());
    this.standings = new Standings(context, node.sets().control());
  }

  /** @param parcels how many of each link and set are counted message by message */
  public Future<List<JsonObject>> of(SortedSet<String> ids, int parcels) {
    return standings.told().compose(told -> {
      List<Future<JsonObject>> views = new ArrayList<>();
      for (String id : ids) views.add(waiting(id, parcels).map(waiting -> view(id, told.getOrDefault(id, List.of()), waiting)));
      return Future.all(views).map(all -> views.stream().map(Future::result).toList());
    });
  }

  /** In the sets that answer; the others are named. */
  private Future<JsonObject> waiting(String id, int parcels) {
    List<Future<Waiting>> counts = new ArrayList<>();
    JsonArray down = new JsonArray();
    for (MongoSet set : node.sets().all()) {
      if (set.isTrusted()) counts.add(Inventory.waiting(context, set, Parcel.link(id), parcels));
      else down.add(set.index());
    }
    return Future.all(counts).map(all -> {
      Waiting sum = counts.stream().map(Future::result).reduce(new Waiting(0, 0, false), Waiting::plus);
      JsonObject json = new JsonObject().put("messages", sum.messages()).put("parcels", sum.parcels()).put("more", sum.more());
      return down.isEmpty() ? json : json.put("setsDown", down);
    });
  }

  /** How many parcels wait for the link, for its receipts, or for another one in its place. Fails while a set does not answer. */
  public Future<Long> unsettled(String id) {
    List<Future<Long>> counts = new ArrayList<>();
    for (MongoSet set : node.sets().all()) {
      if (!set.isTrusted()) return Future.failedFuture(new MongoTimeoutException("set " + set.index() + " does not answer"));
      for (String queue : List.of(Parcel.link(id), Parcel.await(id))) counts.add(Inventory.parcels(context, set, queue));
      counts.add(Inventory.parcels(context, set, Parcel.DETOUR, id));
    }
    return Future.all(counts).map(all -> counts.stream().mapToLong(Future::result).sum());
  }

  /** Into an entry whose passwords were left out, as here, those of the earlier one. */
  public static JsonObject withSecrets(JsonObject entry, JsonObject before) {
    for (String secret : SECRETS) {
      if (!entry.containsKey(secret) && before.containsKey(secret)) entry.put(secret, before.getValue(secret));
    }
    if (entry.getValue("tls") instanceof JsonObject tls && before.getValue("tls") instanceof JsonObject earlier) withSecrets(tls, earlier);
    return entry;
  }

  private JsonObject view(String id, List<Told> told, JsonObject waiting) {
    JsonObject order = node.directory().entry(Order.KIND, id);
    LinkConfig config = configs.get().get(id);
    JsonObject view = new JsonObject().put("id", id).put("order", order == null ? new JsonObject().put("order", Order.RUN.wireName()) : order)
      .put("state", state(order, told)).put("waiting", waiting);
    if (config != null) view.put("binds", new JsonObject().put("wanted", config.binds() * config.direction().types().size()).put("bound", sum(told, Told::bound)))
      .put("window", new JsonObject().put("size", config.window()).put("inFlight", sum(told, Told::inFlight)))
      .put("rate", new JsonObject().put("limit", config.rate()).put("perSecond", sum(told, Told::perSecond)));
    List<String> troubles = told.stream().map(Told::trouble).filter(Objects::nonNull).distinct().toList();
    if (!troubles.isEmpty()) view.put("troubles", new JsonArray(troubles));
    return view.put("config", open(node.directory().entry(LinkConfig.KIND, id)));
  }

  /** The best that a process says of it. */
  private static String state(JsonObject order, List<Told> told) {
    boolean stopped = order != null && Order.STOP.wireName().equals(order.getString("order"));
    if (stopped) return told.stream().mapToInt(Told::bound).sum() == 0 ? "stopped" : "stopping";
    return told.stream().map(Told::state).min(Comparator.naturalOrder()).orElse(Link.State.DOWN).name().toLowerCase(Locale.ROOT);
  }

  private interface Figure {
    int of(Told told);
  }

  private static int sum(List<Told> told, Figure figure) {
    return told.stream().mapToInt(figure::of).sum();
  }

  private static JsonObject open(JsonObject entry) {
    JsonObject open = entry.copy();
    SECRETS.forEach(open::remove);
    if (open.getValue("tls") instanceof JsonObject tls) SECRETS.forEach(tls::remove);
    return open;
  }
}
