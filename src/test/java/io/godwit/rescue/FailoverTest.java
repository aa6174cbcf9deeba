package io.godwit.rescue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.UpdateOptions;
import io.godwit.accounts.Account;
import io.godwit.billing.Ledger;
import io.godwit.billing.Pricing;
import io.godwit.events.Trail;
import io.godwit.message.Encoding;
import io.godwit.message.Event;
import io.godwit.message.Failure;
import io.godwit.message.Lane;
import io.godwit.message.Leg;
import io.godwit.message.Message;
import io.godwit.message.MessageId;
import io.godwit.message.Origin;
import io.godwit.ops.Audit;
import io.godwit.ops.Finding;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.godwit.testing.Await;
import io.godwit.testing.Gate;
import io.godwit.testing.TestNode;
import io.godwit.worker.WorkerVerticle;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What becomes of messages that wait for a link that does not send: with a real worker before it, and the rescue. No link runs; which of them send is
 * written into their seats. After each test the books are audited.
 */
class FailoverTest {
  private final TestNode test = TestNode.start(2);
  private final MessageQueue queue = test.node.queue(0);
  private final Context context = test.vertx.getOrCreateContext();
  private final Slot slot = Await.on(context, () -> Future.succeededFuture(queue.openSlot("test")));
  private final List<String> deployed = new ArrayList<>();
  private final Ledger ledger = new Ledger(test.sets, new Pricing(test.directory));

  @BeforeEach
  void aWorkerThatRoutesToTheFirstOfThreeLinks() {
    test.vertx.setPeriodic(10, t -> test.clock.addAndGet(10));
    test.put(Account.KIND, "operator", new JsonObject());
    test.put(Account.KIND, "demo", new JsonObject().put("parent", "operator"));
    price(70);
    for (String link : List.of("a", "b", "c")) link(link, 100);
    test.put("route", "everywhere", new JsonObject().put("links", new JsonArray().add(hop("a", 1)).add(hop("b", 2)).add(hop("c", 3))));
    test.await(ledger::open);
    test.await(() -> ledger.topUp("start", "demo", 1_000, "test"));
    deployed.add(test.await(() -> test.vertx.deployVerticle(() -> new WorkerVerticle(test.node),
      new DeploymentOptions().setConfig(new JsonObject().put("handlers", new JsonArray().add("routing").add("billing"))))));
  }

  @AfterEach
  void theBooksAreClean() {
    for (String deployment : deployed) test.await(() -> test.vertx.undeploy(deployment));
    List<Finding> findings = new ArrayList<>();
    test.await(() -> new Audit(context, findings::add).run(test.sets.all()));
    test.close();
    assertEquals(List.of(), findings);
  }

  private static JsonObject hop(String link, int priority) {
    return new JsonObject().put("link", link).put("priority", priority);
  }

  private void link(String id, int failoverAfter) {
    test.put("link", id, new JsonObject().put("host", "localhost").put("systemId", "godwit").put("failoverAfter", failoverAfter));
  }

  private void price(int amount) {
    test.put("rate", "all", new JsonObject().put("seller", "operator").put("currency", "EUR").put("prices", new JsonObject().put("", amount)));
  }

  /** As the process that holds the link's bind writes it down. */
  private void sends(String link, boolean up) {
    Document seat = new Document("link", link).append("number", 0).append("holder", test.sets.control().incarnation().number()).append("up", up);
    Await.first(test.sets.control().db().getCollection("seats").updateOne(Filters.eq("_id", link + "/0"), new Document("$set", seat), new UpdateOptions().upsert(true)));
  }

  private void startTheRescue() {
    deployed.add(test.await(() -> test.vertx.deployVerticle(() -> new RescueVerticle(test.node), new DeploymentOptions())));
  }

  private void commit(Step step) {
    Await.on(context, () -> slot.commit(step));
  }

  /** Accepted, and in time routed to link a. */
  private List<Message> accept(int messages) {
    List<Message> accepted = IntStream.range(0, messages).mapToObj(i -> test.message("demo", "+4917012345678")).toList();
    Step step = accepted(queue, accepted);
    commit(step);
    for (Message m : accepted) untilAt("link.a", m);
    return accepted;
  }

  private static Step accepted(MessageQueue queue, List<Message> messages) {
    Step step = new Step().put(Parcel.of(queue.newId(), Parcel.ROUTE, Lane.BULK, queue.now(), 0, messages));
    messages.forEach(m -> step.event(new Event.Accepted(m, queue.now())));
    return step;
  }

  private Message acceptInTheSecondSet() {
    MessageQueue there = test.node.queue(1);
    Message message = Message.accepted(there.newId(), Lane.BULK, "demo", "Godwit", "+4917012345678", "Hello", Encoding.GSM7, 1, "DE", test.clock.get() + 3_600_000, Origin.NONE);
    Slot door = Await.on(context, () -> Future.succeededFuture(there.openSlot("test")));
    Await.on(context, () -> door.commit(accepted(there, List.of(message))));
    untilAt("link.a", message);
    return message;
  }

  private Parcel holding(Message m) {
    return Await.on(context, () -> test.node.queue(MessageId.set(m.id())).holding(context, m.id()));
  }

  private void untilAt(String name, Message m) {
    Await.until("message " + m.id() + " waits in " + name, () -> isAt(name, m));
  }

  /** Not while it is on its way from one parcel into another: a search may miss both. */
  private boolean isAt(String name, Message m) {
    Parcel parcel = holding(m);
    return parcel != null && parcel.queue().equals(name);
  }

  private Message stored(Message m) {
    Parcel parcel = holding(m);
    return parcel.message(parcel.position(m.id()));
  }

  private List<Event> events(Message m) {
    return Await.on(context, () -> Trail.of(context, test.sets.control(), m.id()));
  }

  private List<String> types(Message m) {
    return events(m).stream().map(Event::type).toList();
  }

  private List<Parcel> claim(String name, int tryable) {
    return Await.on(context, () -> queue.claim(name, 10, tryable));
  }

  @Test
  void whatWasNeverTriedGoesOverTheNextLinkThatSendsAtThePriceOfThisMoment() {
    List<Message> accepted = accept(3);
    price(50);
    sends("c", true);
    startTheRescue();
    for (Message m : accepted) {
      untilAt("link.c", m);
      assertEquals(List.of("ACCEPTED", "ROUTED", "ROUTED"), types(m));
      Event.Routed again = assertInstanceOf(Event.Routed.class, events(m).get(2));
      assertEquals("a", again.instead());
      assertEquals("c", again.link());
      assertEquals(Event.Money.reserved(List.of(new Leg("demo", "operator", 50, "EUR"))), again.money());
      assertEquals(again.money().legs(), stored(m).legs());
    }
  }

  @Test
  void aSetThatDiesWhileItIsLookedThroughHoldsUpNoOther() {
    Message far = acceptInTheSecondSet();
    sends("b", true);
    try (Gate gate = new Gate(); TestNode rescuer = test.another(gate, 1)) {
      Gate.Stop commit = gate.before("commitTransaction", null);
      String rescue = rescuer.await(() -> rescuer.vertx.deployVerticle(() -> new RescueVerticle(rescuer.node), new DeploymentOptions()));
      commit.reached();
      gate.cut();
      Message near = test.message("demo", "+4917012345678");
      commit(accepted(queue, List.of(near))); // the rescue may be faster than whoever looks for it at link a
      untilAt("link.b", near);
      gate.heal();
      untilAt("link.b", far);
      rescuer.await(() -> rescuer.vertx.undeploy(rescue));
    }
  }

  @Test
  void whatBecameDearerIsReservedAndWhatTheCreditDoesNotReachForStays() {
    List<Message> accepted = accept(10);
    price(120);
    sends("b", true);
    startTheRescue();
    Await.until("300 of credit pay 6 times 50 more", () -> accepted.stream().filter(m -> isAt("link.b", m)).count() == 6);
    assertEquals(4, accepted.stream().filter(m -> holding(m).queue().equals("link.a") && stored(m).legs().get(0).amount() == 70).count());
  }

  @Test
  void whatMayHaveBeenSubmittedAndWhatACarrierGaveBackWaitForTheirOwnLink() {
    List<Message> accepted = accept(3);
    Parcel held = claim("link.a", 1).get(0);
    Await.on(context, () -> queue.giveBack(List.of(held), true));
    Message retried = accept(1).get(0);
    Parcel tried = claim("link.a", 0).stream().filter(p -> p.position(retried.id()) >= 0).findFirst().orElseThrow();
    Message again = tried.message(0).next().again(false);
    commit(new Step().finish(tried).event(new Event.Retried(again.id(), again.n(), queue.now(), "a", new Failure("carrier-busy", true, null, "busy"), false, 0))
      .put(Parcel.of(queue.newId(), "link.a", Lane.BULK, 1, 0, List.of(again))));
    Parcel claimedToo = holding(accepted.get(0));
    Await.on(context, () -> queue.giveBack(List.of(claimedToo), true));
    sends("b", true);
    startTheRescue();
    untilAt("link.b", accepted.get(1));
    untilAt("link.b", accepted.get(2));
    assertEquals("link.a", holding(accepted.get(0)).queue());
    assertEquals(1, holding(accepted.get(0)).tried());
    assertEquals("link.a", holding(retried).queue());
  }

  @Test
  void whatHasNoOtherLinkThatSendsWaitsAndExpiresAtItsTime() {
    Message m = accept(1).get(0);
    startTheRescue();
    test.clock.addAndGet(3_600_000);
    Await.until("it has expired", () -> types(m).equals(List.of("ACCEPTED", "ROUTED", "EXPIRED")));
  }

  @Test
  void aSecondLinkThatStopsSendingIsLeftLikeTheFirst() {
    Message m = accept(1).get(0);
    sends("b", true);
    startTheRescue();
    untilAt("link.b", m);
    sends("b", false);
    sends("c", true);
    untilAt("link.c", m);
    assertEquals(List.of("ACCEPTED", "ROUTED", "ROUTED", "ROUTED"), types(m));
    assertEquals(70, stored(m).legs().get(0).amount());
  }

  @Test
  void whatWaitsForALinkThatIsNotConfiguredAnyMoreGoesOverOneOfItsRoutes() {
    Message accepted = test.message("demo", "+4917012345678");
    Message moved = accepted.next().withRoute("gone", List.of());
    commit(new Step().event(new Event.Accepted(accepted, queue.now())).event(new Event.Routed(moved.id(), 2, queue.now(), "gone", "Godwit", null, null))
      .put(Parcel.of(queue.newId(), "link.gone", Lane.BULK, 1, 0, List.of(moved))));
    sends("b", true);
    startTheRescue();
    untilAt("link.b", moved);
    assertEquals("gone", assertInstanceOf(Event.Routed.class, events(moved).get(2)).instead());
  }

  @Test
  void whatALinkHoldsOrALinkThatMayWaitForEverHasStays() {
    link("a", 0);
    Message patient = accept(1).get(0);
    sends("b", true);
    startTheRescue();
    Message accepted = test.message("demo", "+4917012345679");
    Message moved = accepted.next().withRoute("c", List.of());
    commit(new Step().event(new Event.Accepted(accepted, queue.now())).event(new Event.Routed(moved.id(), 2, queue.now(), "c", "Godwit", null, null))
      .put(Parcel.of(queue.newId(), "link.c", Lane.BULK, 1, 0, List.of(moved))));
    untilAt("link.b", moved);
    assertEquals("link.a", holding(patient).queue());
  }

  @Test
  void aLinkThatIsBackAndClaimsWhileItsMessagesAreReadKeepsThem() {
    Message m = accept(1).get(0);
    Parcel seen = Await.on(context, () -> queue.waiting(context, "link.a", Lane.BULK, Long.MIN_VALUE, Set.of(), 10)).get(0);
    Parcel claimed = claim("link.a", 1).get(0);
    Step late = new Step().amend(seen, Set.of(0), Map.of())
      .event(new Event.Routed(m.id(), 3, queue.now(), "b", "Godwit", null, "a")).put(Parcel.of(queue.newId(), "link.b", Lane.BULK, 1, 0, List.of(stored(m).next())));
    assertTrue(Await.on(context, () -> slot.commit(late).map(false).otherwise(true)), "the rescue took what the link had claimed");
    assertEquals("link.a", holding(m).queue());
    assertEquals(List.of("ACCEPTED", "ROUTED"), types(m));
    Await.on(context, () -> queue.giveBack(List.of(claimed), false));
  }

  @Test
  void aFewOfManyThatStayAreNoObstacleToThoseBehindThem() {
    test.put("route", "france", new JsonObject().put("match", new JsonObject().put("prefix", "33")).put("links", new JsonArray().add(hop("a", 1))));
    Step step = new Step();
    List<Message> stay = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      Message m = test.message("demo", "Godwit", "+33612345678", 1, Origin.NONE);
      Message routed = m.next().withRoute("a", List.of());
      stay.add(m);
      step.event(new Event.Accepted(m, queue.now())).event(new Event.Routed(m.id(), 2, queue.now(), "a", "Godwit", null, null))
        .put(Parcel.of(queue.newId(), "link.a", Lane.BULK, i / 20, 0, List.of(routed)));
    }
    commit(step);
    Message last = accept(1).get(0);
    sends("b", true);
    startTheRescue();
    untilAt("link.b", last);
    stay.forEach(m -> assertEquals("link.a", holding(m).queue()));
  }

  @Test
  void aLinkThatIsToBeDrainedIsNoWayRound() {
    sends("a", false);
    sends("b", true);
    sends("c", true);
    test.put(io.godwit.link.Order.KIND, "b", new JsonObject().put("order", "drain"));
    List<Message> messages = accept(3);
    startTheRescue();
    messages.forEach(m -> untilAt("link.c", m));
  }
}
