package io.godwit.testing;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.MongoException;
import io.godwit.accounts.Directory;
import io.godwit.events.MessageState;
import io.godwit.events.Pages;
import io.godwit.events.Trail;
import io.godwit.message.Event;
import io.godwit.message.MessageId;
import io.godwit.message.Status;
import io.godwit.ops.Audit;
import io.godwit.ops.Finding;
import io.godwit.ops.Totals;
import io.godwit.reporting.Rows;
import io.godwit.simulator.Counters.Count;
import io.godwit.simulator.MessageLog;
import io.godwit.simulator.Profile;
import io.godwit.simulator.Simulator;
import io.godwit.simulator.SimulatorConfig;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.godwit.store.Snapshot;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bson.Document;

/**
 * One Godwit under test: a fresh database, a carrier that lives in this JVM and so survives its gateways, the configuration of both, and
 * the gateways themselves. At the end its books can be checked.
 */
public final class Site implements AutoCloseable {
  /** The name of the one link, to the carrier. */
  public static final String LINK = "carrier";
  /** No machine is too busy to end what was accepted within it. */
  private static final int LEAST_PATIENCE_SECONDS = 120;
  /** Of a question to the stores: elections may come in between. */
  private static final int ANSWER_SECONDS = 60;

  /** So many seconds a row may come after its events. */
  private static final int ROW_LOOKS = 60;

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final Path home = ServerDirectory.create("site");
  private final List<GodwitProcess> gateways = new ArrayList<>();
  private final List<MongoSet> sets = new ArrayList<>();
  private final List<String> uris;
  private final Simulator carrier;
  private final JsonObject profile;
  private final JsonObject link;
  private final JsonObject numbers = new JsonObject();
  private String postgres;
  private Integer sparePort;
  private int workers = 1;
  private boolean carrierEnded;

  private Site(List<MongoCluster> clusters, JsonObject profile) {
    this.profile = profile;
    uris = clusters.stream().map(mongo -> mongo.uri().replace("/?", "/" + mongo.freshDatabase() + "?")).toList();
    for (String uri : uris) sets.add(MongoSet.connect(vertx, sets.size(), uri, System::currentTimeMillis));
    carrier = Await.on(context, () -> Simulator.start(vertx, SimulatorConfig.embedded(Profile.from(profile))));
    link = new JsonObject().put("host", "127.0.0.1").put("port", carrier.port()).put("systemId", "godwit").put("password", "secret")
      .put("window", 20).put("unsettledMax", 60).put("unknownWait", 500);
    for (String payer : List.of("demo", "demo-reseller")) endow(payer);
  }

  /** With a carrier that behaves as usual. */
  public static Site open(MongoCluster mongo) {
    return open(mongo, new JsonObject());
  }

  /** @param profile how the carrier behaves, see {@link Profile} */
  public static Site open(MongoCluster mongo, JsonObject profile) {
    return new Site(List.of(mongo), profile);
  }

  /** With a set in each of the clusters; the first is the control set. */
  public static Site open(List<MongoCluster> clusters, JsonObject profile) {
    return new Site(clusters, profile);
  }

  /** Changes how the link is configured, before the first gateway starts. */
  public Site link(String key, Object value) {
    link.put(key, value);
    return this;
  }

  /** Gives an account just so much, in micro-units, before the first gateway starts. */
  public Site credit(String account, long amount) {
    for (String field : List.of("topups amount " + account + "-start", "balances free " + account)) {
      String[] at = field.split(" ");
      Await.on(context, () -> Mongo.first(context, sets.get(0).db().getCollection(at[0]).updateOne(new Document("_id", at[2]), new Document("$set", new Document(at[1], amount)))));
    }
    return this;
  }

  /** So many workers in each gateway that runs any, from now on. */
  public Site workers(int each) {
    workers = each;
    return this;
  }

  /** What the stores say of an account's credit: {@code free}, what slots hold, and what is on its way. */
  public List<Long> credit(String account) {
    Document balance = Await.on(context, () -> Mongo.first(context, sets.get(0).db().getCollection("balances").find(new Document("_id", account))));
    long held = 0;
    long underway = sum(balance.get("open", Document.class).values());
    for (MongoSet set : sets) for (Document allotment : Await.on(context, () -> Mongo.all(context, set.db().getCollection("allotments").find()))) {
      held += allotment.get("a", new Document()).get(account, 0L);
      Object home = allotment.get("home", new Document()).get(account);
      underway += home == null ? 0 : sum(List.of(home));
    }
    return List.of(balance.getLong("free"), held, underway);
  }

  private static long sum(Collection<Object> transfers) {
    return transfers.stream().mapToLong(transfer -> ((Document) transfer).getLong("amount")).sum();
  }

  /** Gives the account a number of its own, before the first gateway starts. */
  public Site number(String number, String account) {
    numbers.put(number.substring(1), new JsonObject().put("number", number).put("account", account));
    return this;
  }

  /** Adds a link {@code spare} to a carrier on this port, for what does not go over the first. */
  public Site spare(int port) {
    sparePort = port;
    return this;
  }

  /** Its gateways, from now on, report into this database. */
  public Site reporting(String postgres) {
    this.postgres = postgres;
    return this;
  }

  /** More credit than a test can spend. */
  private void endow(String account) {
    Document topUp = new Document("_id", account + "-start").append("account", account).append("amount", 1_000_000_000_000L).append("currency", "EUR");
    Await.on(context, () -> Mongo.first(context, sets.get(0).db().getCollection("topups").insertOne(topUp)));
    Document balance = new Document("_id", account).append("currency", "EUR").append("seq", 0L).append("free", 1_000_000_000_000L)
      .append("open", new Document()).append("in", new Document());
    Await.on(context, () -> Mongo.first(context, sets.get(0).db().getCollection("balances").insertOne(balance)));
  }

  /** Where its first so many sets are, as {@code GODWIT_MONGO_URIS} says it. */
  public String uris(int sets) {
    return String.join(" ", uris.subList(0, sets));
  }

  /** Changes an entry of the directory, or makes it; in force in every gateway within a second. */
  public void change(String kind, String id, UnaryOperator<JsonObject> change) {
    Directory directory = Await.on(context, () -> Directory.open(sets.get(0)));
    Await.on(context, () -> directory.put(context, kind, id, change.apply(Optional.ofNullable(directory.entry(kind, id)).map(JsonObject::copy).orElseGet(JsonObject::new))));
    directory.close();
  }

  /** A gateway, not started yet. */
  public GodwitProcess gateway(String name) {
    GodwitProcess gateway = new GodwitProcess(name, write("verticles.json", verticles())).with("GODWIT_MONGO_URIS", uris(uris.size())).with("GODWIT_DEMO_DIR", configuration());
    if (postgres != null) gateway.with("GODWIT_PG_URL", postgres);
    gateways.add(gateway);
    return gateway;
  }

  /** Joins gateways that were not started yet over the loopback address. */
  public void cluster(GodwitProcess... together) {
    int[] ports = IntStream.generate(Ports::free).limit(together.length).toArray();
    String members = Arrays.stream(ports).mapToObj(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
    for (int i = 0; i < together.length; i++) {
      together[i].with("GODWIT_CLUSTER_NAME", home.getFileName()).with("GODWIT_CLUSTER_PORT", ports[i]).with("GODWIT_CLUSTER_MEMBERS", members)
        .with("GODWIT_BUS_PORT", Ports.free());
    }
  }

  /** A second carrier, that ends with the site. */
  public Simulator carrierOn(int port) {
    return Await.on(context, () -> Simulator.start(vertx, SimulatorConfig.from(new JsonObject().put("host", "127.0.0.1").put("port", port))));
  }

  /** The project's own list, without the simulator, which lives here, and without reporting when it has no database. */
  private JsonObject verticles() {
    Set<String> absent = postgres == null ? Set.of("simulator", "reporting") : Set.of("simulator");
    JsonArray wanted = new JsonArray();
    for (Object entry : read("verticles.json").getJsonArray("verticles")) {
      JsonObject verticle = (JsonObject) entry;
      if (verticle.getString("name").equals("worker")) verticle.put("instances", workers);
      if (!absent.contains(verticle.getString("name"))) wanted.add(verticle);
    }
    return new JsonObject().put("verticles", wanted);
  }

  /** The demo's accounts, keys, logins and rates, and one link. */
  private Path configuration() {
    for (String file : List.of("account.json", "key.json", "rate.json", "smpp.json")) write("conf/" + file, read("conf/demo/" + file));
    JsonObject links = new JsonObject().put(LINK, link);
    JsonArray hops = new JsonArray().add(new JsonObject().put("link", LINK).put("priority", 1));
    if (sparePort != null) {
      links.put("spare", link.copy().put("port", sparePort));
      hops.add(new JsonObject().put("link", "spare").put("priority", 2));
    }
    write("conf/link.json", links);
    write("conf/number.json", numbers);
    write("conf/route.json", new JsonObject().put("everywhere", new JsonObject().put("match", new JsonObject()).put("links", hops)));
    return home.resolve("conf");
  }

  private static JsonObject read(String file) {
    try {
      return new JsonObject(Files.readString(ServerDirectory.projectRoot().resolve(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path write(String file, JsonObject content) {
    try {
      Path path = home.resolve(file);
      Files.createDirectories(path.getParent());
      return Files.writeString(path, content.encodePrettily());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Vertx vertx() {
    return vertx;
  }

  public Simulator carrier() {
    return carrier;
  }

  /** Returns when the carrier has taken a whole window of messages and answered none of them; it keeps the answers until {@link #answerAgain}. */
  public void fillWindow(int window) {
    // counted in the very turn in which it stops answering: a submit that comes after that is one of the window
    long before = Await.on(context, () -> carrier.profile(Profile.from(profile.copy().put("paused", true))).map(v -> carrier.counters().get(Count.SUBMITS)));
    Await.await(carrier.counters().await(Count.SUBMITS, before + window));
  }

  /** The carrier is gone, and what it has not answered; its log stays. */
  public void endCarrier() {
    carrierEnded = true;
    Await.await(carrier.stop());
  }

  public void answerAgain() {
    Await.await(carrier.profile(Profile.from(profile)));
  }

  // ---- what the stores say

  /** The events of one message, in order. */
  public List<Event> trail(String id) {
    return ask(() -> Trail.of(context, sets.get(MessageId.set(id)), id));
  }

  /** Asks the stores until they answer. */
  private <T> T ask(Supplier<Future<T>> question) {
    List<T> answer = new ArrayList<>();
    MongoException[] trouble = {null};
    Await.until(() -> "the stores answer; they said " + trouble[0], ANSWER_SECONDS, () -> {
      try {
        answer.add(Await.on(context, question));
      } catch (MongoException e) {
        trouble[0] = e;
      }
      return !answer.isEmpty();
    });
    return answer.get(0);
  }

  public MessageState state(String id) {
    return MessageState.of(trail(id));
  }

  /** All events of all messages, by message, in order of {@code n}. */
  public Map<String, List<Event>> events() {
    Map<String, List<Event>> events = new HashMap<>();
    for (MongoSet set : sets) {
      List<Event> found = ask(() -> {
        List<Event> seen = new ArrayList<>();
        return Pages.open(context, set).compose(pages -> Snapshot.open(context, set)
          .compose(now -> pages.each(now, 0, Long.MAX_VALUE, seen::add).andThen(done -> now.close()))).map(seen);
      });
      found.forEach(e -> events.computeIfAbsent(e.id(), id -> new ArrayList<>()).add(e));
    }
    events.values().forEach(of -> of.sort(java.util.Comparator.comparingInt(Event::n)));
    return events;
  }

  /** Waits until no message is in any parcel: each has reached its end. A bound on what hangs; on a busy machine two minutes are the least. */
  public void awaitAllFinal(int seconds) {
    Totals[] seen = {null};
    Await.until(() -> "all messages are final; now " + seen[0] + "\n" + circumstances(), Math.max(LEAST_PATIENCE_SECONDS, seconds), () -> {
      seen[0] = audit(new ArrayList<>(), null);
      return seen[0].waiting().isEmpty();
    });
  }

  /** For whoever has to find out why: where parcels wait in each set and who holds them, and what the gateways said last. */
  private String circumstances() {
    StringBuilder text = new StringBuilder();
    Document by = new Document("q", "$q").append("s", "$s").append("by", "$by");
    Document group = new Document("_id", by).append("parcels", new Document("$sum", 1)).append("lo", new Document("$min", "$lo")).append("hi", new Document("$max", "$hi"))
      .append("from", new Document("$min", "$at")).append("to", new Document("$max", "$at")).append("token", new Document("$min", "$token"));
    for (MongoSet set : sets) {
      List<Document> places = Await.on(context, () -> Mongo.all(context, set.db().getCollection("parcels").aggregate(List.of(new Document("$group", group)))));
      text.append(set).append(": ").append(places).append('\n');
    }
    for (GodwitProcess gateway : gateways) text.append(gateway).append(" said:\n").append(gateway.lastWords()).append('\n');
    return text.toString();
  }

  /** Audits the books, the rows of the reporting database among them when there is one, and fails unless they are clean. */
  public Totals assertCleanBooks() {
    List<Finding> findings = new ArrayList<>();
    Rows rows = postgres == null ? null : Rows.open(vertx, postgres);
    Totals totals = audit(findings, rows);
    if (rows != null) rows.close();
    assertTrue(findings.isEmpty(), () -> totals + "; the first: " + findings.subList(0, Math.min(5, findings.size())));
    return totals;
  }

  private Totals audit(List<Finding> findings, Rows rows) {
    return ask(() -> {
      findings.clear();
      Audit audit = new Audit(context, findings::add);
      return (rows == null ? audit : audit.withRows(rows, ROW_LOOKS)).run(sets);
    });
  }

  /** Every accepted message has events, of which the last is final. */
  public void assertNothingLost(Collection<String> accepted) {
    Map<String, List<Event>> events = events();
    List<String> lost = accepted.stream().filter(id -> !events.containsKey(id) || !last(events.get(id)).isFinal()).toList();
    assertTrue(lost.isEmpty(), () -> lost.size() + " of " + accepted.size() + " accepted messages are lost; the first: " + trail(lost.get(0)));
  }

  private static Event last(List<Event> events) {
    return events.get(events.size() - 1);
  }

  // ---- what the carrier says

  /** How often each text arrived at the carrier. */
  public Map<String, Long> arrivals() {
    return carrier.log().entries().stream().collect(Collectors.groupingBy(MessageLog.Entry::text, TreeMap::new, Collectors.counting()));
  }

  /** When each text first arrived at the carrier, milliseconds since 1970. */
  public Map<String, Long> arrivedAt() {
    return carrier.log().entries().stream().collect(Collectors.toMap(MessageLog.Entry::text, MessageLog.Entry::receivedAtMillis, Math::min));
  }

  /**
   * Every accepted text has arrived, but for those that are UNKNOWN and say so; no text has more copies than its events explain.
   *
   * @return how many more arrived than there are texts
   */
  public long assertArrivedAndExplained(Map<String, String> accepted) {
    Map<String, Long> arrivals = arrivals();
    List<String> missing = accepted.keySet().stream().filter(id -> !arrivals.containsKey(accepted.get(id)) && state(id).status() != Status.UNKNOWN).toList();
    assertTrue(missing.isEmpty(), () -> missing.size() + " of " + accepted.size() + " accepted messages never arrived; the first: " + trail(missing.get(0)));
    events().forEach((id, events) -> {
      String text = MessageState.of(events).message().text();
      long explained = 1 + events.stream().filter(e -> e instanceof Event.Retried retried && retried.resent()).count();
      assertTrue(arrivals.getOrDefault(text, 0L) <= explained, () -> "'" + text + "' arrived " + arrivals.get(text) + " times: " + events);
    });
    return carrier.log().count() - arrivals.size();
  }

  @Override
  public void close() {
    gateways.forEach(GodwitProcess::close);
    if (!carrierEnded) endCarrier();
    sets.forEach(set -> Await.await(set.close()));
    Await.await(vertx.close());
  }
}
