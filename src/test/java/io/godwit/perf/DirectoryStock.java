package io.godwit.perf;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import io.godwit.accounts.Directory;
import io.godwit.billing.PriceUploads;
import io.godwit.billing.Pricing;
import io.godwit.node.Node;
import io.godwit.node.Queues;
import io.godwit.node.Readiness;
import io.godwit.node.Settings;
import io.godwit.store.Mongo;
import io.godwit.store.Sets;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.HdrHistogram.Histogram;
import org.bson.Document;

/**
 * A directory as a large operator's: accounts three deep with a key each, routes by prefix, and one price list of so many prefixes of six to ten digits, which belongs
 * to the account {@code priced}. {@code --work fill} writes it, {@code --work price} asks what messages of that account to random numbers cost: one leg, so one
 * look-up in the list beside those of account, network and exchange.
 */
public final class DirectoryStock {
  private static final int AT_ONCE = 1_000;
  private static final int RESELLERS = 100;
  private static final int BATCH = 100;
  private static final long SEED = 7;

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final Sets sets;

  private DirectoryStock(String uri) throws Exception {
    sets = Sets.open(vertx, List.of(uri), System::currentTimeMillis).await(60, TimeUnit.SECONDS);
  }

  public static void main(String[] words) {
    Arguments.measure(words, arguments -> {
      DirectoryStock stock = new DirectoryStock(arguments.text("mongo"));
      return arguments.text("work").equals("fill") ? stock.fill(arguments.number("accounts"), arguments.number("routes"), arguments.number("rates")) : stock.price(arguments);
    });
  }

  private JsonObject fill(int accounts, int routes, int rates) throws Exception {
    write("account", "priced", new JsonObject().put("parent", "operator").put("currency", "EUR"));
    write("account", accounts, i -> new JsonObject().put("name", "Customer " + i).put("parent", i < RESELLERS ? "operator" : id("account", i % RESELLERS)).put("currency", "EUR")
      .put("billOn", "SENT").put("sender", "Shop" + i).put("contact", "someone@customer" + i + ".example"));
    write("key", accounts, i -> new JsonObject().put("account", id("account", i)).put("hash", String.format("%064x", i)).put("name", "first"));
    write("route", routes, i -> new JsonObject().put("match", new JsonObject().put("prefix", Integer.toString(100_000 + i)))
      .put("links", new JsonArray().add(new JsonObject().put("link", "sim").put("priority", 1))));
    PriceUploads uploads = PriceUploads.ofRates(sets.control());
    uploads.prepare().await(60, TimeUnit.SECONDS);
    JsonObject list = new JsonObject().put("account", "priced").put("currency", "EUR");
    write("rate", "priced", uploads.upload(context, "priced", list, rows(rates), false).await(120, TimeUnit.SECONDS).entry());
    Mongo.first(context, sets.control().db().getCollection("counters").updateOne(Filters.eq("_id", "directory"), Updates.inc("value", 1L), new UpdateOptions().upsert(true))).await(60, TimeUnit.SECONDS);
    return new JsonObject().put("entries", Mongo.first(context, sets.control().db().getCollection("directory").countDocuments()).await(60, TimeUnit.SECONDS));
  }

  private static String id(String kind, int number) {
    return "stock-" + kind + "-" + number;
  }

  private void write(String kind, int count, IntFunction<JsonObject> body) throws Exception {
    for (int from = 0; from < count; from += AT_ONCE) {
      List<Document> some = new ArrayList<>();
      for (int i = from; i < Math.min(count, from + AT_ONCE); i++) some.add(entry(kind, id(kind, i), body.apply(i)));
      Mongo.first(context, sets.control().db().getCollection("directory").insertMany(some)).await(60, TimeUnit.SECONDS);
    }
  }

  private void write(String kind, String id, JsonObject body) throws Exception {
    Mongo.first(context, sets.control().db().getCollection("directory").insertOne(entry(kind, id, body))).await(60, TimeUnit.SECONDS);
  }

  private static Document entry(String kind, String id, JsonObject body) {
    return new Document("_id", kind + "/" + id).append("kind", kind).append("id", id).append("version", 1L).append("body", Document.parse(body.encode()));
  }

  private static String rows(int count) {
    StringBuilder csv = new StringBuilder("prefix,price\n");
    Random random = new Random(SEED);
    Set<Long> there = new HashSet<>();
    while (there.size() < count) {
      long prefix = prefix(random);
      if (there.add(prefix)) csv.append(prefix).append(',').append(1 + random.nextInt(100_000)).append('\n');
    }
    return csv.toString();
  }

  private static long prefix(Random random) {
    long prefix = 1 + random.nextInt(9);
    for (int more = 5 + random.nextInt(5); more > 0; more--) prefix = 10 * prefix + random.nextInt(10);
    return prefix;
  }

  /** Half of the numbers have a price, most of the others not; in batches, since a look-up is shorter than the clock's own time. */
  private JsonObject price(Arguments arguments) throws Exception {
    Directory directory = Directory.open(sets.control()).await(60, TimeUnit.SECONDS);
    Node node = new Node(vertx, new Settings(List.of(arguments.text("mongo")), null, "127.0.0.1", 0, 0, null, null, null), sets, new Queues(), directory,
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), new Readiness(), DirectoryStock.class.getClassLoader());
    Pricing pricing = Pricing.open(node).await(120, TimeUnit.SECONDS);
    Random random = new Random(SEED);
    String[] numbers = new String[200_000];
    for (int i = 0; i < numbers.length; i++) numbers[i] = "+" + prefix(i % 2 == 0 ? random : new Random(i)) + String.format("%03d", i % 1_000);
    int priced = 0;
    for (String number : numbers) if (pricing.quote("priced", number, 1).isComplete()) priced++;
    JsonArray rounds = new JsonArray();
    for (int i = 0; i < arguments.number("rounds"); i++) rounds.add(round(pricing, numbers));
    return new JsonObject().put("rounds", rounds).put("priced", (double) priced / numbers.length);
  }

  private static JsonObject round(Pricing pricing, String[] numbers) {
    Histogram nanos = new Histogram(3);
    long complete = 0;
    long began = System.nanoTime();
    for (int i = 0; i + BATCH <= numbers.length; i += BATCH) {
      long start = System.nanoTime();
      for (int j = i; j < i + BATCH; j++) if (pricing.quote("priced", numbers[j], 1).isComplete()) complete++;
      nanos.recordValue((System.nanoTime() - start) / BATCH);
    }
    return new JsonObject().put("mean", (double) (System.nanoTime() - began) / (numbers.length / BATCH * BATCH)).put("p50", nanos.getValueAtPercentile(50))
      .put("p99", nanos.getValueAtPercentile(99)).put("complete", complete);
  }
}
