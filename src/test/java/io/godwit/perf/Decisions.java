package io.godwit.perf;

import com.mongodb.client.model.Updates;
import com.mongodb.client.model.UpdateOptions;
import io.godwit.accounts.Directory;
import io.godwit.billing.PriceUploads;
import io.godwit.billing.Pricing;
import io.godwit.message.Encoding;
import io.godwit.message.Lane;
import io.godwit.message.Message;
import io.godwit.message.MessageId;
import io.godwit.message.Origin;
import io.godwit.message.Prefixes;
import io.godwit.node.Node;
import io.godwit.node.Queues;
import io.godwit.node.Readiness;
import io.godwit.node.Settings;
import io.godwit.routing.Routing;
import io.godwit.store.Mongo;
import io.godwit.store.Sets;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;
import org.bson.Document;

/**
 * How long the choice of a link takes with many routes, accounts, costs and rates, from the messages that the worker would show to the link; beside it the same messages'
 * prices, and as ceiling the plain look-up of their prefixes. Tells also what the start and the heap cost with that directory, against an empty one.
 */
public final class Decisions {
  private static final int LINKS = 50;
  private static final int RESELLERS = 20;
  private static final String[] COUNTRIES = {"DE", "FR", "GB", "AT", "IT", "ES", "PL", "NL"};
  private static final String[] CODES = {"49", "33", "44", "43", "39", "34", "48", "31"};

  private final Arguments arguments;
  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final MessageId.Generator ids = new MessageId.Generator(0, 1, System::currentTimeMillis);
  private final Random random = new Random(7);
  private Sets sets;

  private Decisions(Arguments arguments) {
    this.arguments = arguments;
  }

  public static void main(String[] words) {
    Arguments.measure(words, arguments -> new Decisions(arguments).run());
  }

  /** What a process knows when it has started, in milliseconds and octets of heap. */
  private record Opened(Node node, Routing routing, Pricing pricing, double millis, long heap) { }

  private JsonObject run() throws Exception {
    sets = await(() -> Sets.open(vertx, List.of(arguments.text("mongo")), System::currentTimeMillis));
    Opened empty = open();
    empty.node.directory().close();
    seed();
    Opened full = open();
    List<Message> messages = messages(full.node);
    Prefixes<String> plain = plain();
    JsonArray rounds = new JsonArray();
    for (int round = -2; round < arguments.number("rounds"); round++) {   // the first ones warm up
      JsonObject measured = new JsonObject().put("choose", measure(messages, message -> full.routing.choose(message, link -> true, System.currentTimeMillis()).link()))
        .put("quote", measure(messages, message -> full.pricing.quote(message).legs())).put("plain", measure(messages, message -> plain.longest(message.to())));
      if (round >= 0) rounds.add(measured);
    }
    int routed = 0;
    for (Message message : messages) if (full.routing.choose(message, link -> true, System.currentTimeMillis()).link() != null) routed++;
    return new JsonObject().put("rounds", rounds).put("routed", routed).put("messages", messages.size()).put("start_ms", full.millis - empty.millis)
      .put("heap_mib", (full.heap - empty.heap) / 1048576.0);
  }

  private <T> T await(Supplier<Future<T>> action) throws Exception {
    return Future.<T>future(promise -> context.runOnContext(v -> action.get().onComplete(promise))).await(300, TimeUnit.SECONDS);
  }

  private Opened open() throws Exception {
    long began = System.nanoTime();
    Directory directory = await(() -> Directory.open(sets.control()));
    Node node = new Node(vertx, new Settings(List.of(), null, "", 0, 0, null, null, null), sets, new Queues(), directory, new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), new Readiness(),
      Decisions.class.getClassLoader());
    Future<Routing> opening = Future.future(promise -> context.runOnContext(v -> Routing.of(node).onComplete(promise)));
    Pricing pricing = await(() -> Pricing.open(node));
    Routing routing = await(() -> opening);
    double millis = (System.nanoTime() - began) / 1e6;
    for (int i = 0; i < 3; i++) System.gc();
    return new Opened(node, routing, pricing, millis, Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
  }

  // ---- a directory of the size that is asked for, the same for the same seed

  private void seed() throws Exception {
    List<Document> entries = new ArrayList<>();
    entry(entries, "account", "operator", new JsonObject());
    for (int i = 0; i < RESELLERS; i++) entry(entries, "account", "reseller-" + i, new JsonObject().put("parent", "operator"));
    for (int i = 0; i < arguments.number("accounts"); i++) entry(entries, "account", "c" + i, new JsonObject().put("parent", "reseller-" + i % RESELLERS));
    for (int i = 0; i < LINKS; i++) entry(entries, "link", "l" + i, new JsonObject().put("host", "localhost").put("systemId", "godwit"));
    for (int i = 0; i < CODES.length; i++) for (int n = 0; n < 4; n++) {
      JsonArray prefixes = new JsonArray();
      for (int p = 0; p < 25; p++) prefixes.add(CODES[i] + (n * 25 + p < 10 ? "0" : "") + (n * 25 + p));
      entry(entries, "network", CODES[i] + n, new JsonObject().put("mccmnc", 200 + i + "0" + n).put("prefixes", prefixes));
    }
    for (int i = 0; i < arguments.number("routes"); i++) entry(entries, "route", "r" + i, route(i));
    entry(entries, "rate", "wholesale", list(PriceUploads.ofRates(sets.control()), "wholesale", new JsonObject().put("seller", "operator").put("currency", "EUR"), arguments.number("rates")));
    PriceUploads costs = PriceUploads.ofCosts(sets.control());
    for (int i = 0; i < LINKS; i++) entry(entries, "cost", "l" + i, list(costs, "l" + i, new JsonObject().put("currency", "EUR"), arguments.number("costs")));
    await(() -> Mongo.first(context, sets.control().db().getCollection("directory").insertMany(entries)));
    await(() -> Mongo.first(context, sets.control().db().getCollection("counters").updateOne(new Document("_id", "directory"), Updates.inc("value", 1L), new UpdateOptions().upsert(true))));
  }

  private static void entry(List<Document> entries, String kind, String id, JsonObject body) {
    entries.add(new Document("_id", kind + "/" + id).append("kind", kind).append("id", id).append("version", 1L).append("body", Document.parse(body.encode())));
  }

  /** The entry that names so many rows. */
  private JsonObject list(PriceUploads uploads, String id, JsonObject entry, int rows) throws Exception {
    await(uploads::prepare);
    StringBuilder csv = new StringBuilder("prefix,price\n");
    for (String code : CODES) csv.append(code).append(",").append(500 + random.nextInt(500)).append('\n');
    for (int i = CODES.length; i < rows; i++) csv.append(CODES[i % CODES.length]).append(10_000_000 + i).append(',').append(500 + random.nextInt(500)).append('\n');
    return await(() -> uploads.upload(context, id, entry, csv.toString(), false)).entry();
  }

  /** Of ten: four of an account and a country, three of a prefix, two of a network by least cost, one with a time window, a sender and a tag. The first hold for all. */
  private JsonObject route(int i) {
    int code = i % CODES.length;
    JsonObject match = new JsonObject();
    JsonObject route = new JsonObject().put("match", match).put("links", links());
    if (i < CODES.length) return route.put("priority", 500).put("match", match.put("prefix", CODES[code]));
    int kind = random.nextInt(10);
    if (kind < 4) match.put("account", random.nextInt(8) == 0 ? "reseller-" + random.nextInt(RESELLERS) : "c" + random.nextInt(arguments.number("accounts"))).put("country", COUNTRIES[code]);
    else if (kind < 7) match.put("prefix", CODES[code] + random.nextInt(100_000));
    else if (kind < 9) match.put("network", 200 + code + "0" + random.nextInt(4)).put("prefix", CODES[code] + random.nextInt(1_000));
    else match.put("country", COUNTRIES[code]).put("prefix", CODES[code] + random.nextInt(100)).put("sender", "Sender" + random.nextInt(5)).put("tag", "tag" + random.nextInt(5))
      .put("time", new JsonObject().put("from", "08:00").put("to", "20:00").put("zone", "Europe/Berlin"));
    return kind == 7 || kind == 8 ? route.put("strategy", "leastCost").put("minDelivery", 90) : route;
  }

  private JsonArray links() {
    JsonArray links = new JsonArray();
    for (int i = 0; i < 4; i++) links.add(new JsonObject().put("link", "l" + random.nextInt(LINKS)).put("priority", 1 + i / 2).put("weight", 1 + i));
    return links;
  }

  private List<Message> messages(Node node) {
    List<Message> messages = new ArrayList<>();
    for (int i = 0; i < arguments.number("messages"); i++) {
      int code = random.nextInt(CODES.length);
      Origin origin = new Origin(null, null, List.of("tag" + random.nextInt(5)), null, null, 0, false);
      messages.add(Message.accepted(ids.next(), Lane.BULK, "c" + random.nextInt(arguments.number("accounts")), "Sender" + random.nextInt(5), "+" + CODES[code] + (100_000_000 + random.nextInt(900_000_000)),
        "Godwits fly for eleven days.", Encoding.GSM7, 1, COUNTRIES[code], Long.MAX_VALUE, origin));
    }
    return messages;
  }

  /** As many prefixes as routes, in nothing else. */
  private Prefixes<String> plain() {
    Prefixes.Builder<String> prefixes = new Prefixes.Builder<>();
    for (int i = 0; i < arguments.number("routes"); i++) prefixes.add(CODES[i % CODES.length] + random.nextInt(100_000), "l" + i % LINKS, (one, other) -> one);
    return prefixes.build();
  }

  // ---- measuring

  private interface Question {
    Object ask(Message message);
  }

  private static JsonObject measure(List<Message> messages, Question question) {
    Histogram nanos = new Histogram(3);
    int answers = 0;
    for (int i = 0; i < messages.size(); i++) {
      long began = System.nanoTime();
      Object answer = question.ask(messages.get(i));
      nanos.recordValue(System.nanoTime() - began);
      if (answer != null) answers++;
    }
    return new JsonObject().put("answers", answers).put("p50", nanos.getValueAtPercentile(50) / 1e3).put("p99", nanos.getValueAtPercentile(99) / 1e3)
      .put("p999", nanos.getValueAtPercentile(99.9) / 1e3).put("mean", nanos.getMean() / 1e3);
  }
}
