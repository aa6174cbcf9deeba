package io.godwit.submission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.http.Inflow;
import io.godwit.message.Limits;
import io.godwit.testing.Await;
import io.godwit.testing.MongoCluster;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What all requests under way may weigh together, and that none waits for ever. */
class InflowTest {
  private final MongoCluster cluster = MongoCluster.start(1);
  private HttpDoor door;
  private NetClient customers;

  @BeforeEach
  void open() {
    door = new HttpDoor(cluster, new JsonObject(), 1);
    customers = door.vertx.createNetClient();
  }

  @AfterEach
  void close() {
    cluster.resume(0);
    door.close();
    cluster.close();
  }

  /** A connection on which a body is promised and does not come. */
  private NetSocket promise(String length) {
    return promise(length, new StringBuffer());
  }

  private NetSocket promise(String length, StringBuffer heard) {
    int port = door.vertx.sharedData().<String, Integer>getLocalMap(HttpVerticle.PORTS).get("http");
    NetSocket socket = Await.await(customers.connect(port, "127.0.0.1").onSuccess(open -> open.handler(heard::append).closeHandler(v -> heard.append("closed"))));
    Await.await(socket.write("POST /v1/batches HTTP/1.1\r\nHost: godwit\r\nAuthorization: Bearer " + HttpDoor.KEY + "\r\n" + length + "\r\n\r\n"));
    return socket;
  }

  @Test
  void bodiesThatWouldWeighTooMuchTogetherAreRefusedBeforeTheyAreRead() {
    List<NetSocket> promising = new ArrayList<>();
    for (long bytes = 0; bytes <= Limits.REQUESTS_BYTES; bytes += Limits.BODY_BYTES) promising.add(promise("Content-Length: " + Limits.BODY_BYTES));
    Await.until("the promises weigh", () -> Inflow.weight() > Limits.REQUESTS_BYTES - Limits.BODY_BYTES - (8 << 10));
    String large = HttpDoor.sms().put("text", "x".repeat(Limits.BODY_BYTES - 1_000)).encode();
    HttpDoor.Answer refused = door.post("/v1/messages", large);
    assertEquals(503, refused.status());
    assertEquals("overloaded", refused.code());
    assertTrue(refused.raw().headers().firstValue("Retry-After").isPresent());
    promising.forEach(socket -> Await.await(socket.close()));
    Await.until("nothing weighs", () -> Inflow.weight() == 0);
    assertEquals(202, door.post("/v1/messages", HttpDoor.sms()).status());
    Await.until("an answered request weighs nothing", () -> Inflow.weight() == 0);
  }

  @Test
  void bodyInChunksWeighsWhatHasCome() {
    NetSocket socket = promise("Transfer-Encoding: chunked");
    Await.await(socket.write("10000\r\n" + "x".repeat(0x10000) + "\r\n"));
    Await.until("the chunk weighs", () -> Inflow.weight() > 0x10000);
    Await.await(socket.close());
    Await.until("nothing weighs", () -> Inflow.weight() == 0);
  }

  @Test
  void whoOpensOneConnectionTooManyIsToldAndOthersGoOnWhenItIsClosed() {
    door.close();
    door = new HttpDoor(cluster, new JsonObject().put("connections", 3), 1);
    customers = door.vertx.createNetClient();
    List<NetSocket> open = new ArrayList<>();
    List<StringBuffer> heardByOthers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      long before = Inflow.weight();
      heardByOthers.add(new StringBuffer());
      open.add(promise("Content-Length: 10", heardByOthers.get(i)));
      Await.until("it is under way", () -> Inflow.weight() > before);
    }
    StringBuffer heard = new StringBuffer();
    promise("Content-Length: 10", heard);
    Await.await(open.get(1).write("0123456789POST /v1/batches HTTP/1.1\r\nHost: godwit\r\nAuthorization: Bearer " + HttpDoor.KEY + "\r\nContent-Length: 2\r\n\r\n{}"));
    Await.until("who was there before goes on", () -> heardByOthers.get(1).toString().split("HTTP/1.1 400 ", -1).length == 3);
    Await.until("it is told and closed", () -> heard.toString().endsWith("closed"));
    assertTrue(heard.toString().startsWith("HTTP/1.1 503 ") && heard.toString().contains("\"overloaded\"") && heard.toString().contains("too many connections"), heard.toString());
    Await.await(open.get(0).close());
    Await.until("there is room", () -> door.post("/v1/messages", HttpDoor.sms()).status() == 202);
  }

  @Test
  void requestThatSaysSoBeforeItBeginsGetsMoreTime() {
    Inflow inflow = new Inflow(1_000);
    Map<String, RoutingContext> under = new ConcurrentHashMap<>();
    Router router = Router.router(door.vertx);
    router.route().handler(inflow);
    router.get("/usual").handler(ctx -> under.put("usual", ctx));
    router.get("/patient").handler(ctx -> {
      Inflow.patient(ctx, Limits.LONG_ANSWER);
      under.put("patient", ctx);
    });
    HttpServer server = Await.on(door.context, () -> door.vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1"));
    for (String path : List.of("/usual", "/patient")) Await.await(customers.connect(server.actualPort(), "127.0.0.1").compose(socket -> socket.write("GET " + path + " HTTP/1.1\r\nHost: godwit\r\n\r\n")));
    Await.until("both are under way", () -> under.size() == 2);

    assertEquals(List.of(true, false), answered(inflow, under, 10_000));
    assertEquals(List.of(true, false), answered(inflow, under, Limits.LONG_ANSWER - 20_000));
    assertEquals(List.of(true, true), answered(inflow, under, Limits.LONG_ANSWER + 1_000));
    Await.await(server.close());
  }

  /** Whether the usual and the patient request are answered when they have taken so many milliseconds more. */
  private List<Boolean> answered(Inflow inflow, Map<String, RoutingContext> under, long millis) {
    return Await.on(door.context, () -> {
      inflow.tick(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis));
      return Future.succeededFuture(Stream.of("usual", "patient").map(path -> under.get(path).response().ended()).toList());
    });
  }

  @Test
  void requestThatTheStoreHoldsUpIsAnsweredInTime() {
    door.close();
    String patient = cluster.uri().replace("/?", "/" + cluster.freshDatabase() + "?") + "&socketTimeoutMS=60000&serverSelectionTimeoutMS=60000";
    door = new HttpDoor(new JsonObject().put("answerTimeout", 1_000), 1, List.of(patient));
    cluster.pause(0);
    long began = System.nanoTime();
    HttpDoor.Answer keyed = door.post("/v1/messages", HttpDoor.sms().encode(), "Idempotency-Key", "a-key");
    assertEquals(503, keyed.status());
    assertEquals("outcome-unknown", keyed.code());
    assertTrue(keyed.raw().headers().firstValue("Retry-After").isPresent());
    HttpDoor.Answer read = door.get("/v1/account");
    assertEquals(503, read.status());
    assertEquals("store-unavailable", read.code());
    assertTrue(System.nanoTime() - began < TimeUnit.SECONDS.toNanos(40), "both came before the driver's own time-outs");
  }
}
