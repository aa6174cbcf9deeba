package io.godwit.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.godwit.accounts.ApiKey;
import io.godwit.events.Trail;
import io.godwit.http.Auth;
import io.godwit.message.DeliveryReport;
import io.godwit.message.DeliveryReport.Outcome;
import io.godwit.message.Encoding;
import io.godwit.message.Event;
import io.godwit.message.Lane;
import io.godwit.message.Message;
import io.godwit.message.MessageId;
import io.godwit.message.Notice;
import io.godwit.message.Origin;
import io.godwit.node.Node;
import io.godwit.node.Queues;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.godwit.testing.Await;
import io.godwit.testing.TestNode;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServer;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What operators are told about dead letters in two real sets, and what their decisions do there. */
class DeadLetterRoutesTest {
  private static final String PATH = "/v1/dead-letters";

  private final TestNode node = TestNode.start(2);
  private final Context context = ((VertxInternal) node.vertx).createEventLoopContext();
  private DeadLetterRoutes routes = new DeadLetterRoutes();
  private final HttpClient client = HttpClient.newHttpClient();
  private final Map<Integer, Slot> slots = new HashMap<>();
  private HttpServer server;

  @BeforeEach
  void aDoor() {
    for (String id : List.of("operator", "demo")) {
      node.put("account", id, id.equals("operator") ? new JsonObject() : new JsonObject().put("parent", "operator"));
      node.put("key", id, new JsonObject().put("account", id).put("hash", ApiKey.hash(id + "-key")));
    }
    Await.on(context, () -> {
      for (MessageQueue queue : node.node.queues().all()) slots.put(queue.set(), queue.openSlot("test"));
      return Future.succeededFuture();
    });
    server = listen(context, routes, node.node);
  }

  private HttpServer listen(Context context, DeadLetterRoutes routes, Node node) {
    Router router = Router.router(node.vertx());
    Auth auth = new Auth(node.directory());
    router.route("/v1/*").handler(auth);
    return Await.on(context, () -> {
      routes.mount(router, node, auth);
      return node.vertx().createHttpServer().requestHandler(router).listen(0, "127.0.0.1");
    });
  }

  @AfterEach
  void close() {
    Await.on(context, () -> server.close().eventually(routes::close));
    node.close();
  }

  // ---- what is there

  private void commit(int set, Step step) {
    Await.on(context, () -> slots.get(set).commit(step));
  }

  /** A message that the worker gave up. */
  private Message deadMessage(int set) {
    MessageQueue queue = node.node.queue(set);
    Message m = Message.accepted(queue.newId(), Lane.BULK, "demo", "Godwit", "+491701234567", "Hello", Encoding.GSM7, 1, "DE", node.clock.get() + 3_600_000, Origin.NONE);
    commit(set, new Step().event(new Event.Accepted(m, queue.now())).event(new Event.Dead(m.id(), 2, queue.now(), "a bug", null))
      .deadLetter(m, Parcel.ROUTE, "a bug", node.clock.getAndIncrement()));
    return m;
  }

  private String deadReceipt(int set) {
    String id = node.node.queue(set).newId();
    commit(set, new Step().deadLetter(new DeliveryReport(id, "sim", "c1", Outcome.DELIVERED, null, -1, 9), Parcel.RECEIPTS, "no message was found for it", node.clock.getAndIncrement()));
    return id;
  }

  private CompletableFuture<HttpResponse<String>> calling(String method, String path, String key) {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url() + path)).header("Authorization", "Bearer " + key).method(method, HttpRequest.BodyPublishers.noBody()).build();
    return client.sendAsync(request, HttpResponse.BodyHandlers.ofString());
  }

  private String url() {
    return "http://127.0.0.1:" + server.actualPort();
  }

  /** The operator's call; its answer must have that status. */
  private JsonObject call(int status, String method, String path) {
    HttpResponse<String> answer = calling(method, path, "operator-key").join();
    assertEquals(status, answer.statusCode(), answer.body());
    return new JsonObject(answer.body());
  }

  private static List<String> ids(JsonObject page) {
    return page.getJsonArray("items").stream().map(item -> ((JsonObject) item).getString("id")).toList();
  }

  private List<Event> trail(String id) {
    return node.await(() -> Trail.of(node.vertx.getOrCreateContext(), node.sets.get(MessageId.set(id)), id));
  }

  private Map<String, Long> waiting() {
    return node.node.queues().all().stream().flatMap(queue -> Await.on(context, () -> queue.depths(context)).stream())
      .collect(Collectors.groupingBy(MessageQueue.Depth::queue, Collectors.summingLong(MessageQueue.Depth::messages)));
  }

  private void assertCleanBooks() {
    List<Finding> findings = new ArrayList<>();
    node.await(() -> new Audit(node.vertx.getOrCreateContext(), findings::add).run(node.sets.all()));
    assertEquals(List.of(), findings);
  }

  // ---- listing

  @Test
  void lettersOfAllSetsAreListedTheNewestFirstAndPageByPage() {
    List<String> newestFirst = new ArrayList<>();
    for (int i = 0; i < 7; i++) newestFirst.add(0, i % 3 == 0 ? deadReceipt(i % 2) : deadMessage(i % 2).id());
    List<String> seen = new ArrayList<>();
    String cursor = "";
    do {
      JsonObject page = call(200, "GET", PATH + "?limit=3" + cursor);
      seen.addAll(ids(page));
      assertFalse(page.containsKey("setsDown"));
      cursor = page.containsKey("next") ? "&cursor=" + page.getString("next") : null;
    } while (cursor != null);
    assertEquals(newestFirst, seen);
  }

  @Test
  void lettersAreListedByQueueSetAndTime() {
    String receipt = deadReceipt(0);
    String first = deadMessage(1).id();
    String since = java.time.Instant.ofEpochMilli(node.clock.get()).toString();
    String second = deadMessage(0).id();
    assertEquals(List.of(receipt), ids(call(200, "GET", PATH + "?queue=receipt")));
    assertEquals(List.of(second, first), ids(call(200, "GET", PATH + "?queue=route")));
    assertEquals(List.of(first), ids(call(200, "GET", PATH + "?set=1")));
    assertEquals(List.of(second), ids(call(200, "GET", PATH + "?since=" + since)));
  }

  @Test
  void aLetterKeepsTheMessageTheReasonAndHowItIsRetried() {
    Message m = deadMessage(1);
    JsonObject letter = call(200, "GET", PATH + "/" + m.id());
    assertEquals("a bug", letter.getString("why"));
    assertEquals("route", letter.getString("queue"));
    assertEquals(1, letter.getInteger("set"));
    assertEquals(m.to(), letter.getJsonObject("message").getString("to"));
    assertEquals("it goes through all handlers again, is priced anew, and ends EXPIRED if that is after " + java.time.Instant.ofEpochMilli(m.validUntil()), letter.getString("retry"));
    assertEquals("c1", call(200, "GET", PATH + "/" + deadReceipt(0)).getJsonObject("receipt").getString("carrierId"));
  }

  /** A process that could not reach the second set when it started. */
  private Node joinedToTheFirst() {
    return new Node(node.vertx, node.node.settings(), node.sets, new Queues(node.node.queue(0)), node.directory, node.node.meters(), node.node.readiness(), node.node.plugins());
  }

  @Test
  void aSetThatDoesNotAnswerIsNamed() {
    String here = deadMessage(0).id();
    String there = deadMessage(1).id();
    Await.on(context, () -> server.close().eventually(routes::close));
    server = listen(context, routes = new DeadLetterRoutes(), joinedToTheFirst());
    JsonObject page = call(200, "GET", PATH);
    assertEquals(List.of(here), ids(page));
    assertEquals("[1]", page.getJsonArray("setsDown").encode());
    assertEquals("store-unavailable", call(503, "GET", PATH + "?set=1").getString("code"));
    assertEquals("store-unavailable", call(503, "POST", PATH + "/" + there + "/retry").getString("code"));
  }

  // ---- deciding

  @Test
  void aRetriedMessageWaitsInItsQueueUnderItsOwnId() {
    Message m = deadMessage(1);
    assertEquals("route", call(202, "POST", PATH + "/" + m.id() + "/retry").getString("queue"));
    assertEquals(Map.of("route", 1L), waiting());
    Event.Revived revived = (Event.Revived) trail(m.id()).get(2);
    assertEquals(3, revived.n());
    assertEquals("operator", revived.by());
    assertEquals("not-found", call(404, "POST", PATH + "/" + m.id() + "/retry").getString("code"));
    assertCleanBooks();
  }

  @Test
  void ofMoreWhoRetryTheSameOneAtOnceExactlyOneDoes() {
    Message m = deadMessage(0);
    DeadLetterRoutes second = new DeadLetterRoutes();
    Context elsewhere = ((VertxInternal) node.vertx).createEventLoopContext();
    HttpServer another = listen(elsewhere, second, node.node);
    List<CompletableFuture<HttpResponse<String>>> calls = IntStream.range(0, 12).mapToObj(i -> client.sendAsync(
      HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + (i % 2 == 0 ? server : another).actualPort() + PATH + "/" + m.id() + "/retry"))
        .header("Authorization", "Bearer operator-key").POST(HttpRequest.BodyPublishers.noBody()).build(), HttpResponse.BodyHandlers.ofString())).toList();
    Map<Integer, Long> answers = calls.stream().collect(Collectors.groupingBy(call -> call.join().statusCode(), Collectors.counting()));
    Await.on(elsewhere, () -> another.close().eventually(second::close));
    assertEquals(Map.of(202, 1L, 404, 11L), answers);
    assertEquals(Map.of("route", 1L), waiting());
    assertEquals(List.of("ACCEPTED", "DEAD", "REVIVED"), trail(m.id()).stream().map(Event::type).toList());
    assertCleanBooks();
  }

  @Test
  void theOldestOfAQueueAreRetriedUpToTheLimit() {
    List<String> receipts = IntStream.range(0, 5).mapToObj(i -> deadReceipt(0)).toList();
    String message = deadMessage(0).id();
    JsonObject answer = call(202, "POST", PATH + "/retry?queue=receipt&limit=3");
    assertEquals(3, answer.getInteger("retried"));
    assertEquals(true, answer.getBoolean("more"));
    assertEquals(List.of(message, receipts.get(4), receipts.get(3)), ids(call(200, "GET", PATH)));
    assertEquals(Map.of("receipt", 3L), waiting());
    assertEquals(2, call(202, "POST", PATH + "/retry?queue=receipt").getInteger("retried"));
    assertEquals(0, call(202, "POST", PATH + "/retry?queue=receipt").getInteger("retried"));
  }

  @Test
  void moreThanOneUnitOfWorkAreRetriedInOneCall() {
    Step step = new Step();
    for (int i = 0; i < Letters.SLICE + 50; i++) {
      step.deadLetter(new DeliveryReport(node.node.queue(1).newId(), "sim", "c" + i, Outcome.DELIVERED, null, -1, 1), Parcel.RECEIPTS, "lost", node.clock.get());
    }
    commit(1, step);
    node.clock.incrementAndGet();
    assertEquals(Letters.SLICE + 50, call(202, "POST", PATH + "/retry?queue=receipt&limit=1000").getInteger("retried"));
    assertEquals(Map.of("receipt", Letters.SLICE + 50L), waiting());
  }

  @Test
  void aDroppedMessageStaysDeadAndItsTrailSaysWhoDidItAndWhy() {
    Message m = deadMessage(0);
    assertEquals("missing-parameter", call(400, "DELETE", PATH + "/" + m.id()).getString("code"));
    call(200, "DELETE", PATH + "/" + m.id() + "?why=too+old");
    Event.Dropped dropped = (Event.Dropped) trail(m.id()).stream().filter(e -> e instanceof Event.Dropped).findFirst().orElseThrow();
    assertEquals("operator: too old", dropped.by() + ": " + dropped.why());
    assertEquals(List.of(), ids(call(200, "GET", PATH)));
    assertEquals(Map.of(), waiting());
    assertCleanBooks();
  }

  @Test
  void aMessageFromAHandsetThatNobodyUnderstoodIsRetriedWithoutATrailOrReceivedForNobody() {
    Message retried = deadReply();
    Message dropped = deadReply();
    assertEquals("it is looked at once more; dropped, it is RECEIVED for nobody", call(200, "GET", PATH + "/" + retried.id()).getString("retry"));
    assertEquals("inbound", call(202, "POST", PATH + "/" + retried.id() + "/retry").getString("queue"));
    assertEquals(Map.of("inbound", 1L), waiting());
    assertEquals(List.of(), trail(retried.id()));
    call(200, "DELETE", PATH + "/" + dropped.id() + "?why=nonsense");
    assertEquals(Set.of("RECEIVED", "DROPPED"), trail(dropped.id()).stream().map(Event::type).collect(Collectors.toSet()));
    assertCleanBooks();
  }

  private Message deadReply() {
    MessageQueue queue = node.node.queue(0);
    Message m = Message.received(queue.newId(), "+4915112345678", "+447700900001", "?", Encoding.GSM7, 1, "DE", node.clock.get() + 3_600_000, "sim");
    commit(0, new Step().deadLetter(m, Parcel.INBOUND, "a bug", node.clock.getAndIncrement()));
    return m;
  }

  @Test
  void whatACustomerRefusesIsShownBesideTheOthersAndToldOnceMore() {
    MessageQueue queue = node.node.queue(0);
    Message reply = Message.received(queue.newId(), "+4915112345678", "+447700900001", "Yes", Encoding.GSM7, 1, "DE", node.clock.get() + 3_600_000, "sim").withAccount("demo");
    String receipt = deadReceipt(0);
    commit(0, new Step().event(new Event.Received(reply, queue.now(), null, List.of()))
      .deadLetter(Notice.ofReceived(reply, queue.now()), Parcel.deliver("demo"), "the customer's receiver refused it", node.clock.getAndIncrement()));
    assertEquals(List.of(reply.id(), receipt), ids(call(200, "GET", PATH)));
    JsonObject shown = call(200, "GET", PATH + "/" + reply.id());
    assertEquals("Yes", shown.getJsonObject("message").getString("text"));
    assertEquals("RECEIVED", shown.getString("status"));
    call(202, "POST", PATH + "/" + reply.id() + "/retry");
    assertEquals(Map.of("deliver.demo", 1L), waiting());
    assertCleanBooks();
  }

  @Test
  void nobodyButTheOperatorSeesOrDecides() {
    String id = deadMessage(0).id();
    for (String call : List.of("GET ", "GET /" + id, "POST /retry?queue=route", "POST /" + id + "/retry", "DELETE /" + id + "?why=x")) {
      String[] parts = call.split(" ", -1);
      HttpResponse<String> answer = calling(parts[0], PATH + parts[1], "demo-key").join();
      assertEquals(403, answer.statusCode(), call);
      assertEquals("operator-only", new JsonObject(answer.body()).getString("code"));
    }
    assertEquals(List.of(id), ids(call(200, "GET", PATH)));
  }

  @Test
  void wrongQuestionsAreNamed() {
    for (String query : List.of("limit=0", "limit=1001", "set=2", "since=soon", "cursor=x")) {
      JsonObject problem = call(400, "GET", PATH + "?" + query);
      assertEquals("invalid-parameter", problem.getString("code"), query);
      assertEquals(query.substring(0, query.indexOf('=')), problem.getString("field"));
    }
    assertEquals("unknown-parameter", call(400, "GET", PATH + "?que=route").getString("code"));
    assertEquals("missing-parameter", call(400, "POST", PATH + "/retry").getString("code"));
    assertEquals("not-found", call(404, "GET", PATH + "/nonsense").getString("code"));
  }

  // ---- scripts/ops

  private record Told(int code, List<String> lines) { }

  private Told ops(String... arguments) throws IOException, InterruptedException {
    List<String> command = Stream.concat(Stream.of("python3", "scripts/ops", "dead-letters", "--url", url(), "--key", "operator-key"), Stream.of(arguments)).toList();
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Told(process.waitFor(), said.lines().toList());
  }

  @Test
  void theOperatorsCommandListsShowsRetriesAndDrops() throws IOException, InterruptedException {
    String receipt = deadReceipt(0);
    String dropped = deadMessage(1).id();
    String retried = deadMessage(0).id();
    assertEquals(List.of(retried, dropped, receipt), ops("list").lines.stream().map(line -> new JsonObject(line).getString("id")).toList());
    assertEquals(1, ops("list", "--queue", "receipt").lines.size());
    assertEquals("a bug", new JsonObject(ops("show", dropped).lines.get(0)).getString("why"));
    assertEquals(0, ops("retry", retried).code);
    assertEquals(0, ops("drop", dropped, "--why", "too old, says Anna").code);
    assertEquals(1, new JsonObject(ops("retry", "--queue", "receipt").lines.get(0)).getInteger("retried"));
    assertEquals(new Told(0, List.of()), ops("list"));
    assertEquals(new Told(1, List.of("scripts/ops: not-found: there is no such thing, or it is not yours")), ops("retry", retried));
    assertEquals(2, ops("drop", dropped).code);
    assertEquals(2, ops("retry").code);
  }
}
