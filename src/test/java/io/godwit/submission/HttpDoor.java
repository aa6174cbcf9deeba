package io.godwit.submission;

import io.godwit.accounts.ApiKey;
import io.godwit.accounts.Directory;
import io.godwit.events.EventStream;
import io.godwit.message.Event;
import io.godwit.node.Node;
import io.godwit.node.Queues;
import io.godwit.node.Readiness;
import io.godwit.node.Settings;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.MongoQueue;
import io.godwit.store.CommitSlot;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.godwit.store.Sets;
import io.godwit.store.UnitOfWork;
import io.godwit.testing.Await;
import io.godwit.testing.MongoCluster;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.bson.Document;

/** The HTTP door over a real replica set, with a small tree of accounts, and a client in front of it; for test threads. */
final class HttpDoor implements AutoCloseable {
  static final String KEY = "demo-key";
  private static final long DAY_MS = 86_400_000;
  private static final long UNTIL_NOON = DAY_MS - (System.currentTimeMillis() + DAY_MS / 2) % DAY_MS;
  /** It is noon (UTC) when the tests begin: for those in which no day may end. */
  static final LongSupplier FROM_NOON = () -> System.currentTimeMillis() + UNTIL_NOON;

  final Vertx vertx = Vertx.vertx();
  final Context context = ((VertxInternal) vertx).createEventLoopContext();
  final Readiness readiness = new Readiness();
  final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  final Sets sets;
  final Queues queues = new Queues();
  final MessageQueue queue;
  final Node node;
  final String deployment;
  private final Directory directory;
  private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String base;

  HttpDoor() {
    this(MongoCluster.shared(), new JsonObject(), 1);
  }

  HttpDoor(MongoCluster cluster, JsonObject config, int instances) {
    this(List.of(cluster), config, instances);
  }

  /** Over a set in each of the clusters. */
  HttpDoor(List<MongoCluster> clusters, JsonObject config, int instances) {
    this(config, instances, clusters.stream().map(cluster -> cluster.uri().replace("/?", "/" + cluster.freshDatabase() + "?")).toList());
  }

  /** Over the sets at these addresses, which another process may use, too. */
  HttpDoor(JsonObject config, int instances, List<String> uris) {
    this(config, instances, uris, System::currentTimeMillis);
  }

  HttpDoor(JsonObject config, int instances, List<String> uris, LongSupplier clock) {
    sets = Await.await(Sets.open(vertx, uris, clock));
    for (MongoSet set : sets.all()) queues.add(Await.await(MongoQueue.open(set)));
    queue = queues.get(0);
    directory = Await.await(Directory.open(sets.control()));
    account("operator", null, "admin-key");
    account("reseller", "operator", "reseller-key");
    account("demo", "reseller", KEY);
    account("other", "reseller", "other-key");
    node = new Node(vertx, new Settings(uris, null, "127.0.0.1", 0, 0, null, null, null), sets, queues, directory, meters, readiness,
      HttpDoor.class.getClassLoader());
    deployment = Await.await(vertx.deployVerticle(() -> new HttpVerticle(node), new DeploymentOptions().setConfig(config).setInstances(instances)));
    base = "http://127.0.0.1:" + vertx.sharedData().<String, Integer>getLocalMap(HttpVerticle.PORTS).get("http");
  }

  void account(String id, String parent, String key) {
    entry("account", id, new JsonObject().put("parent", parent));
    entry("key", id, new JsonObject().put("account", id).put("hash", ApiKey.hash(key)));
  }

  void entry(String kind, String id, JsonObject body) {
    Await.on(context, () -> directory.put(context, kind, id, body));
  }

  /** A status with a body: JSON where the answer has one. */
  record Answer(int status, JsonObject json, HttpResponse<String> raw) {
    String code() {
      return json.getString("code");
    }

    String field() {
      return json.getString("field");
    }

    String id() {
      return json.getString("id");
    }
  }

  Answer post(String path, JsonObject body) {
    return post(path, body.encode());
  }

  Answer post(String path, String body, String... headers) {
    return sending(path, body, headers).join();
  }

  /** Under way; may be joined by any thread. */
  CompletableFuture<Answer> sending(String path, String body, String... headers) {
    HttpRequest.Builder request = request(path, KEY, headers).POST(HttpRequest.BodyPublishers.ofString(body));
    if (List.of(headers).stream().noneMatch("Content-Type"::equals)) request.header("Content-Type", "application/json");
    return client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString()).thenApply(HttpDoor::answer);
  }

  Answer get(String path) {
    return get(path, KEY);
  }

  /** @param key null = without one */
  Answer get(String path, String key) {
    return client.sendAsync(request(path, key).GET().build(), HttpResponse.BodyHandlers.ofString()).thenApply(HttpDoor::answer).join();
  }

  Answer delete(String path) {
    return call("DELETE", path, KEY);
  }

  Answer call(String method, String path, String key) {
    HttpRequest request = request(path, key).method(method, HttpRequest.BodyPublishers.noBody()).build();
    return client.sendAsync(request, HttpResponse.BodyHandlers.ofString()).thenApply(HttpDoor::answer).join();
  }

  private HttpRequest.Builder request(String path, String key, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path));
    if (key != null && List.of(headers).stream().noneMatch("Authorization"::equals)) request.header("Authorization", "Bearer " + key);
    return headers.length == 0 ? request : request.headers(headers);
  }

  private static Answer answer(HttpResponse<String> response) {
    boolean isJson = response.headers().firstValue("Content-Type").orElse("").contains("json");
    return new Answer(response.statusCode(), isJson ? new JsonObject(response.body()) : null, response);
  }

  /** Commits events as if messages had gone their ways. */
  void write(List<Event> some) {
    EventStream stream = new EventStream(sets.control());
    Await.on(context, () -> stream.prepareDays().compose(v -> {
      UnitOfWork work = new UnitOfWork();
      stream.append(work, some);
      CommitSlot slot = sets.control().slot("test");
      return slot.run(work).onComplete(done -> slot.close());
    }));
  }

  /** Every parcel, as it stands in mongosh. */
  List<Document> parcels() {
    return find("parcels");
  }

  /** Every event of every page. */
  List<Document> events() {
    return pages().stream().flatMap(page -> page.getList("e", Document.class).stream()).toList();
  }

  List<Document> pages() {
    return collections().stream().filter(name -> name.startsWith("events_")).flatMap(name -> find(name).stream()).toList();
  }

  List<Document> find(String collection) {
    return find(sets.control(), collection);
  }

  private List<Document> find(MongoSet set, String collection) {
    return Await.on(context, () -> Mongo.all(context, set.db().getCollection(collection).find()));
  }

  private List<String> collections() {
    return Await.on(context, () -> Mongo.all(context, sets.control().db().listCollectionNames()));
  }

  /** How many events there are in all sets together. */
  int eventsInAllSets() {
    return sets.all().stream().mapToInt(set -> Await.on(context, () -> Mongo.all(context, set.db().listCollectionNames())).stream()
      .filter(name -> name.startsWith("events_")).flatMap(name -> find(set, name).stream()).mapToInt(page -> page.getList("e", Document.class).size()).sum()).sum();
  }

  /** Messages that wait to be accepted, or are in flight. */
  double waiting() {
    return meters.get("godwit.intake.waiting").gauge().value();
  }

  static JsonObject sms() {
    return new JsonObject().put("to", "+44 7700 900123").put("text", "Hello").put("from", "Godwit");
  }

  static JsonArray recipients(int count) {
    JsonArray recipients = new JsonArray();
    for (int i = 0; i < count; i++) recipients.add(new JsonObject().put("to", "+447700" + (900_000 + i)));
    return recipients;
  }

  @Override
  public void close() {
    Await.await(vertx.undeploy(deployment).recover(gone -> io.vertx.core.Future.succeededFuture()));
    directory.close();
    queues.all().forEach(each -> Await.await(each.close()));
    Await.await(sets.close());
    Await.await(vertx.close());
  }
}
