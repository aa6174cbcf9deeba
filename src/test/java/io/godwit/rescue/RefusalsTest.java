package io.godwit.rescue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.accounts.Account;
import io.godwit.billing.Ledger;
import io.godwit.billing.Pricing;
import io.godwit.events.MessageState;
import io.godwit.events.Trail;
import io.godwit.link.AwaitVerticle;
import io.godwit.link.LinkVerticle;
import io.godwit.message.Event;
import io.godwit.message.Lane;
import io.godwit.message.Leg;
import io.godwit.message.Message;
import io.godwit.message.Status;
import io.godwit.ops.Audit;
import io.godwit.ops.Finding;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.godwit.simulator.Profile;
import io.godwit.simulator.Simulator;
import io.godwit.simulator.SimulatorConfig;
import io.godwit.testing.Await;
import io.godwit.testing.TestNode;
import io.godwit.worker.WorkerVerticle;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Messages that one of two carriers refuses for now, with a real worker, links, simulated carriers and the rescue; afterwards the books are audited. */
class RefusalsTest {
  private final TestNode test = TestNode.start(1);
  private final MessageQueue queue = test.node.queue(0);
  private final Context context = test.vertx.getOrCreateContext();
  private final Slot slot = Await.on(context, () -> Future.succeededFuture(queue.openSlot("test")));
  private final List<String> deployed = new ArrayList<>();
  private final Ledger ledger = new Ledger(test.sets, new Pricing(test.directory));
  private final Simulator refusing = carrier();
  private final Simulator other = carrier();

  private Simulator carrier() {
    return test.await(() -> Simulator.start(test.vertx, SimulatorConfig.embedded(profile("{}"))));
  }

  private static Profile profile(String errors) {
    return Profile.from(new JsonObject().put("receiptDelayMin", 20).put("receiptDelayMax", 20).put("errors", new JsonObject(errors)));
  }

  @BeforeEach
  void aWorkerTwoLinksAndTheRescue() {
    test.vertx.setPeriodic(10, t -> test.clock.addAndGet(10));
    test.put(Account.KIND, "operator", new JsonObject());
    test.put(Account.KIND, "demo", new JsonObject().put("parent", "operator"));
    test.put("rate", "all", new JsonObject().put("seller", "operator").put("currency", "EUR").put("prices", new JsonObject().put("", 70)));
    test.put("link", "a", link(refusing));
    test.await(ledger::open);
    test.await(() -> ledger.topUp("start", "demo", 1_000, "test"));
    refuse("{\"0x08\": 1.0}");
    deploy(new DeploymentOptions().setConfig(new JsonObject().put("handlers", new JsonArray().add("routing").add("billing"))), new WorkerVerticle(test.node));
    for (io.vertx.core.VerticleBase each : List.of(new LinkVerticle(test.node), new AwaitVerticle(test.node), new RescueVerticle(test.node))) deploy(new DeploymentOptions(), each);
  }

  private void deploy(DeploymentOptions options, io.vertx.core.Deployable verticle) {
    deployed.add(test.await(() -> test.vertx.deployVerticle(verticle, options)));
  }

  private static JsonObject link(Simulator carrier) {
    return new JsonObject().put("host", "127.0.0.1").put("port", carrier.port()).put("systemId", "godwit").put("retryPause", 50);
  }

  private void refuse(String errors) {
    test.await(() -> refusing.profile(profile(errors)));
  }

  private void routes(String... links) {
    JsonArray hops = new JsonArray();
    for (int i = 0; i < links.length; i++) hops.add(new JsonObject().put("link", links[i]).put("priority", i + 1));
    test.put("route", "everywhere", new JsonObject().put("links", hops));
  }

  private void linkB() {
    test.put("link", "b", link(other));
    Await.until("link b is bound", () -> !test.await(other::sessions).isEmpty());
    Await.until("it is known to send", () -> test.await(() -> new io.godwit.link.Standings(context, test.sets.control()).sending()).containsAll(List.of("a", "b")));
  }

  @AfterEach
  void theBooksAreClean() {
    for (String deployment : deployed) test.await(() -> test.vertx.undeploy(deployment));
    List<Finding> findings = new ArrayList<>();
    test.await(() -> new Audit(context, findings::add).run(test.sets.all()));
    test.close();
    assertEquals(List.of(), findings);
  }

  private Message accept() {
    Message m = test.message("demo", "+4917012345678");
    Step step = new Step().event(new Event.Accepted(m, queue.now())).put(Parcel.of(queue.newId(), Parcel.ROUTE, Lane.BULK, queue.now(), 0, List.of(m)));
    Await.on(context, () -> slot.commit(step));
    return m;
  }

  private List<Event> events(Message m) {
    return Await.on(context, () -> Trail.of(context, test.sets.control(), m.id()));
  }

  private List<String> types(Message m) {
    return events(m).stream().map(Event::type).toList();
  }

  private void untilDelivered(Message m) {
    Await.until(() -> "it is delivered: " + types(m), 30, () -> MessageState.of(events(m)).status() == Status.DELIVERED);
  }

  @Test
  void afterThreeRefusalsForNowAMessageGoesOverTheOtherLinkAtItsPriceOfThatMoment() {
    routes("a", "b");
    linkB();
    test.put("link", "a", link(refusing).put("retryPause", 1_000)); // three seconds for the new price
    Message m = accept();
    Await.until("it was refused", () -> types(m).contains("RETRIED"));
    test.put("rate", "all", new JsonObject().put("seller", "operator").put("currency", "EUR").put("prices", new JsonObject().put("", 50)));
    untilDelivered(m);
    assertEquals(List.of("ACCEPTED", "ROUTED", "RETRIED", "RETRIED", "RETRIED", "ROUTED", "SENT", "DELIVERED"), types(m));
    Event.Routed again = assertInstanceOf(Event.Routed.class, events(m).get(5));
    assertEquals(List.of("a", "b"), List.of(again.instead(), again.link()));
    assertEquals(Event.Money.reserved(List.of(new Leg("demo", "operator", 50, "EUR"))), again.money());
    assertEquals(List.of(3L, 1L), List.of(refusing.counters().get(io.godwit.simulator.Counters.Count.SUBMITS), other.log().count()));
  }

  @Test
  void whereThereIsNoOtherLinkItIsTriedAgainWithGrowingPausesUntilItIsTaken() {
    routes("a");
    Message m = accept();
    Await.until("it was refused four times", () -> types(m).stream().filter("RETRIED"::equals).count() >= 4);
    List<Event> trail = events(m);
    assertTrue(((Event.Retried) trail.get(4)).due() - trail.get(4).at() >= 200, "the third pause");
    refuse("{}");
    untilDelivered(m);
  }

  @Test
  void aLinkMayKeepItsMessagesAndAThrottledOneKeepsThemTooForAWhile() {
    routes("a", "b");
    JsonObject throttling = new JsonObject().put("ESME_RTHROTTLED", new JsonObject().put("pauseMs", 50));
    test.put("link", "a", link(refusing).put("failoverTries", 0).put("errors", throttling));
    linkB();
    Message patient = accept();
    Await.until("it was refused four times", () -> types(patient).stream().filter("RETRIED"::equals).count() >= 4);
    refuse("{\"0x58\": 1.0}");
    Await.until("it is throttled, and no other refusal is on its way", () -> events(patient).stream().anyMatch(e -> e instanceof Event.Retried tried && "0x00000058".equals(tried.error().carrierCode())));
    test.put("link", "a", link(refusing).put("failoverTries", 1).put("errors", throttling));
    Message throttled = accept();
    Await.until("it was throttled twice", () -> types(throttled).stream().filter("RETRIED"::equals).count() >= 2);
    refuse("{}");
    untilDelivered(patient);
    untilDelivered(throttled);
    assertEquals(0, other.log().count());
  }
}
