package io.godwit.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.accounts.ApiKey;
import io.godwit.billing.BillingHandler;
import io.godwit.billing.Ledger;
import io.godwit.billing.Pricing;
import io.godwit.events.MessageState;
import io.godwit.events.Trail;
import io.godwit.http.Auth;
import io.godwit.message.Event;
import io.godwit.message.Lane;
import io.godwit.message.Message;
import io.godwit.message.Origin;
import io.godwit.message.Status;
import io.godwit.ops.Audit;
import io.godwit.ops.DeadLetterRoutes;
import io.godwit.ops.Finding;
import io.godwit.ops.Totals;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.godwit.testing.Await;
import io.godwit.testing.TestNode;
import io.godwit.worker.MessageHandler.Decision;
import io.godwit.worker.MessageHandler.Surroundings;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.internal.VertxInternal;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A handler with a bug behind the billing, on a real mongod: from the poisoned batch to the retried message's end, and what the books say. */
class PoisonTest {
  private static final int MANY = 40;
  private static final long PRICE = 70;
  private static final long CREDIT = 1_000_000;

  private final TestNode node = TestNode.start(1);
  private final MessageQueue queue = node.node.queue(0);
  private final Context context = ((VertxInternal) node.vertx).createEventLoopContext();
  private final BillingHandler billing = new BillingHandler();
  private final DeadLetterRoutes routes = new DeadLetterRoutes();
  private final Ledger ledger = new Ledger(node.sets, new Pricing(node.directory));
  private volatile boolean mended;
  private volatile Function<Message, Decision> bug = PoisonTest::fail;
  private Stage stage;
  private Slot link;
  private HttpServer server;

  @BeforeEach
  void aWorkerAndADoorForItsOperator() {
    node.put("account", "operator", new JsonObject());
    node.put("account", "demo", new JsonObject().put("parent", "operator"));
    node.put("key", "operator", new JsonObject().put("account", "operator").put("hash", ApiKey.hash("admin-key")));
    node.put("rate", "retail", new JsonObject().put("account", "demo").put("currency", "EUR").put("prices", new JsonObject().put("", PRICE)));
    node.put("rate", "wholesale", new JsonObject().put("seller", "operator").put("currency", "EUR").put("prices", new JsonObject().put("", PRICE)));
    node.await(ledger::open);
    node.await(() -> ledger.topUp("start", "demo", CREDIT, "test"));
    Await.on(context, () -> {
      Slot slot = queue.openSlot("worker");
      link = queue.openSlot("link");
      return billing.start(new Surroundings(node.node, 0, slot, new JsonObject())).onSuccess(v -> {
        stage = new Stage(context, queue, Parcel.ROUTE, slot, new Handlers(queue, List.of(handler(m -> Decision.route(m, "sim")), billing, handler(this::digest)), q -> 500, account -> 1));
        stage.start();
      });
    });
    Router router = Router.router(node.vertx);
    Auth auth = new Auth(node.directory);
    router.route("/v1/*").handler(auth);
    server = Await.on(context, () -> {
      routes.mount(router, node.node, auth);
      return node.vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1");
    });
  }

  @AfterEach
  void close() {
    Await.on(context, () -> server.close().eventually(routes::close).eventually(stage::stop).eventually(billing::stop));
    node.close();
  }

  private static MessageHandler handler(Function<Message, Decision> decide) {
    return new MessageHandler() {
      @Override
      public String name() {
        return "script";
      }

      @Override
      public Future<List<Decision>> handle(List<Message> batch) {
        return Future.succeededFuture(batch.stream().map(decide).toList());
      }
    };
  }

  private Decision digest(Message message) {
    return message.text().equals("poison") && !mended ? bug.apply(message) : Decision.next(message);
  }

  private static Decision fail(Message message) {
    throw new IllegalStateException("cannot digest this");
  }

  private List<Message> submit() {
    List<Message> messages = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      Message m = node.message("demo", "Godwit", "+49170123456" + i % 10, 1, Origin.NONE);
      messages.add(i == MANY / 3 ? m.withText("poison", 1) : m);
    }
    Step step = new Step().put(Parcel.of(queue.newId(), Parcel.ROUTE, Lane.BULK, queue.now(), 0, messages));
    messages.forEach(m -> step.event(new Event.Accepted(m, queue.now())));
    Await.on(context, () -> link.commit(step));
    return messages;
  }

  private List<Event> trail(Message message) {
    return node.await(() -> Trail.of(node.vertx.getOrCreateContext(), node.sets.control(), message.id()));
  }

  private Status status(Message message) {
    return MessageState.of(trail(message)).status();
  }

  /** What the link does with what waits for it: all of it is sent, and no receipt will come. */
  private void sendAll() {
    Await.on(context, () -> queue.claim(Parcel.link("sim"), 100, 0).compose(parcels -> {
      Step step = new Step();
      for (Parcel parcel : parcels) {
        step.finish(parcel);
        for (Message m : parcel.messages()) step.event(new Event.Sent(m.id(), m.n() + 1, queue.now(), "sim", List.of(), true, Event.Money.billed(m.legs())));
      }
      return link.commit(step);
    }));
  }

  private HttpResponse<String> call(String method, String path) {
    HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.actualPort() + path)).header("Authorization", "Bearer admin-key")
      .method(method, HttpRequest.BodyPublishers.noBody()).build();
    return HttpClient.newHttpClient().sendAsync(request, HttpResponse.BodyHandlers.ofString()).join();
  }

  private Totals assertCleanBooks() {
    List<Finding> findings = new ArrayList<>();
    Totals totals = node.await(() -> new Audit(node.vertx.getOrCreateContext(), findings::add).run(node.sets.all()));
    assertEquals(List.of(), findings);
    return totals;
  }

  @Test
  void oneMessageWhoseDecisionCannotBeWrittenDiesAndItsNeighboursGoOn() {
    bug = message -> Decision.refuse(Status.REJECTED, null, "a plug-in that gives no code");
    List<Message> messages = submit();
    Message bad = messages.get(MANY / 3);
    Await.until("the others go on and the bad one is dead", () -> messages.stream().allMatch(m -> status(m) == (m == bad ? Status.DEAD : Status.ROUTED)));
    sendAll();
    Await.on(context, billing::stop);
    assertCleanBooks();
  }

  @Test
  void onePoisonedMessageAmongManyDiesFreeOfChargeAndIsSentOnceItsHandlerIsMended() {
    List<Message> messages = submit();
    Message bad = messages.get(MANY / 3);
    List<Message> good = messages.stream().filter(m -> m != bad).toList();
    Await.until("the others go on and the bad one is dead", () -> status(bad) == Status.DEAD && good.stream().allMatch(m -> status(m) == Status.ROUTED));
    sendAll();

    Event.Dead dead = (Event.Dead) trail(bad).get(1);
    assertEquals("java.lang.IllegalStateException: cannot digest this", dead.why());
    Await.on(context, billing::stop);
    assertEquals("checked", assertCleanBooks().toJson().getString("money"));
    assertEquals(CREDIT - PRICE * good.size(), node.await(() -> ledger.balance("demo")).balance(), "the dead one costs nothing, and nothing is held for it");
    JsonArray letters = new JsonObject(call("GET", "/v1/dead-letters?queue=route").body()).getJsonArray("items");
    assertEquals(1, letters.size());
    assertEquals(bad.id(), letters.getJsonObject(0).getString("id"));
    assertEquals("poison", letters.getJsonObject(0).getJsonObject("message").getString("text"));
  }

  @Test
  void aRetriedMessageIsPricedAnewAndSentOnceItsHandlerIsMended() {
    Message bad = submit().get(MANY / 3);
    Await.until("it is dead", () -> status(bad) == Status.DEAD);
    assertEquals(202, call("POST", "/v1/dead-letters/" + bad.id() + "/retry").statusCode());
    Await.until("it died again, since nobody mended the handler", () -> trail(bad).size() == 4 && status(bad) == Status.DEAD);

    mended = true;
    assertEquals(202, call("POST", "/v1/dead-letters/" + bad.id() + "/retry").statusCode());
    Await.until("it goes on", () -> status(bad) == Status.ROUTED);
    sendAll();
    assertEquals(List.of("ACCEPTED", "DEAD", "REVIVED", "DEAD", "REVIVED", "ROUTED", "SENT"), trail(bad).stream().map(Event::type).toList());
    assertEquals(List.of(1, 2, 3, 4, 5, 6, 7), trail(bad).stream().map(Event::n).toList());
    assertTrue(MessageState.of(trail(bad)).isFinal());
    assertEquals(PRICE, MessageState.of(trail(bad)).price());
    assertCleanBooks();
    assertEquals(404, call("GET", "/v1/dead-letters/" + bad.id()).statusCode());
  }
}
