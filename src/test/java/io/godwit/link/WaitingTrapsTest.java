package io.godwit.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.message.Event;
import io.godwit.message.Message;
import io.godwit.message.Status;
import io.godwit.ops.Audit;
import io.godwit.ops.Finding;
import io.godwit.rescue.RescueVerticle;
import io.godwit.simulator.Counters.Count;
import io.godwit.simulator.Profile;
import io.godwit.simulator.Simulator;
import io.godwit.simulator.SimulatorConfig;
import io.godwit.smpp.SessionOptions;
import io.godwit.testing.Await;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The traps of other gateways' users (FIELD.md 1 to 3, 10, 11, 18, 22) about messages that wait, for a link or for an answer. After each test the books are audited. */
class WaitingTrapsTest {
  private final LinkStand stand = new LinkStand();
  private final Simulator carrier = stand.test.await(() -> Simulator.start(stand.test.vertx, SimulatorConfig.embedded(profile(new JsonObject()))));

  private static Profile profile(JsonObject changes) {
    return Profile.from(new JsonObject().put("receiptDelayMin", 20).put("receiptDelayMax", 20).mergeIn(changes));
  }

  @AfterEach
  void theBooksAreClean() {
    stand.test.undeployAll();
    List<Finding> findings = new ArrayList<>();
    stand.test.await(() -> new Audit(stand.test.vertx.getOrCreateContext(), findings::add).run(stand.test.sets.all()));
    stand.close();
    assertEquals(List.of(), findings);
  }

  private void behave(JsonObject changes) {
    stand.test.await(() -> carrier.profile(profile(changes)));
  }

  /** A port of this machine where nobody listens. */
  private void configureUnbound(JsonObject changes) {
    stand.configure("sim", 1, changes);
  }

  private List<Message> send(int messages) {
    List<Message> all = IntStream.range(0, messages).mapToObj(i -> stand.routed("sim", "Hello " + i)).toList();
    stand.send(all);
    return all;
  }

  private long resent(List<Message> messages) {
    return messages.stream().flatMap(m -> stand.events(m).stream()).filter(event -> event instanceof Event.Retried retried && retried.resent()).count();
  }

  @Test
  void trap1WhatWaitsForALinkThatIsNeverBoundStaysUntilItsValidityAndEndsExpired() {
    stand.test.put("account", "operator", new JsonObject());
    stand.test.put("account", "demo", new JsonObject().put("parent", "operator"));
    configureUnbound(new JsonObject().put("failoverAfter", 0));
    stand.start();
    stand.test.await(() -> stand.test.vertx.deployVerticle(() -> new RescueVerticle(stand.test.node), new DeploymentOptions()));
    Message message = send(1).get(0);
    stand.test.clock.addAndGet(600_000);
    assertEquals(Status.EXPIRED, stand.untilFinal(message));
    assertEquals(List.of("ACCEPTED", "EXPIRED"), stand.types(message));
  }

  @Test
  void trap2WhatWaitsForAnUnboundLinkIsNotTouchedUntilItIsBoundAndThenSentOnce() {
    configureUnbound(new JsonObject());
    stand.start();
    List<Message> messages = send(100);
    long token = stand.test.await(() -> stand.queue.holding(stand.test.vertx.getOrCreateContext(), messages.get(0).id())).tried();
    stand.test.clock.addAndGet(60_000);
    assertEquals(token, stand.test.await(() -> stand.queue.holding(stand.test.vertx.getOrCreateContext(), messages.get(0).id())).tried());
    assertEquals(100, stand.waiting("sim"));
    stand.configure("sim", carrier.port(), new JsonObject());
    messages.forEach(m -> assertEquals(Status.DELIVERED, stand.untilFinal(m)));
    messages.forEach(m -> assertEquals(List.of("ACCEPTED", "SENT", "DELIVERED"), stand.types(m)));
    assertEquals(100, carrier.log().count());
  }

  @Test
  void trap3AsManyAreInFlightAsTheWindowHolds() {
    behave(new JsonObject().put("paused", true));
    stand.configure("sim", carrier.port(), new JsonObject().put("window", 40));
    stand.start();
    List<Message> messages = send(100);
    Await.until("forty wait for their answers", () -> carrier.counters().get(Count.SUBMITS) == 40);
    behave(new JsonObject());
    messages.forEach(m -> assertEquals(Status.DELIVERED, stand.untilFinal(m)));
  }

  @Test
  void trap10ALateAnswerSettlesItsMessageAndNoCopyIsSent() {
    behave(new JsonObject().put("paused", true));
    stand.configure("sim", carrier.port(), new JsonObject().put("responseTimeout", 300).put("unknownWait", 300_000));
    stand.start();
    List<Message> messages = send(3);
    Await.until("each may have been sent", () -> resent(messages) == 3);
    behave(new JsonObject());
    messages.forEach(m -> assertEquals(Status.DELIVERED, stand.untilFinal(m)));
    messages.forEach(m -> assertEquals(List.of("ACCEPTED", "RETRIED", "SENT", "DELIVERED"), stand.types(m)));
    assertEquals(3, carrier.counters().get(Count.SUBMITS));
  }

  @Test
  void trap10AnAccountThatWantsNoCopiesIsToldThatNobodyKnows() {
    stand.test.put("account", "operator", new JsonObject());
    stand.test.put("account", "demo", new JsonObject().put("parent", "operator").put("resend", false));
    behave(new JsonObject().put("neverAnswered", 1.0));
    stand.configure("sim", carrier.port(), new JsonObject().put("responseTimeout", 300));
    stand.start();
    Message message = send(1).get(0);
    assertEquals(Status.UNKNOWN, stand.untilFinal(message));
    assertEquals(1, carrier.counters().get(Count.SUBMITS));
  }

  /** One at a time: each submit after the window waits until the time of the one before is over. */
  @Test
  void trap11ACarrierThatStopsAnsweringGetsItsWindowOnceAndThenOneAtATime() {
    behave(new JsonObject().put("paused", true));
    stand.configure("sim", carrier.port(), new JsonObject().put("window", 20).put("unsettledMax", 20).put("responseTimeout", 300).put("unknownWait", 300_000));
    stand.start();
    long began = System.nanoTime();
    List<Message> messages = send(60);
    Await.until("the window is given up", () -> resent(messages) >= 20);
    long submitted = carrier.counters().get(Count.SUBMITS);
    long turns = Duration.ofNanos(System.nanoTime() - began).toMillis() / 300;
    assertTrue(submitted <= 22 + turns, () -> submitted + " submits, with a window of 20 and " + turns + " times more");
    behave(new JsonObject());
    messages.forEach(m -> assertEquals(Status.DELIVERED, stand.untilFinal(m)));
    assertEquals(60, carrier.counters().get(Count.SUBMITS), "no copies: the answers came after all");
  }

  @Test
  void trap18WhatHasGrownOldWhileItsLinkWasDownIsNotSentWhenItIsBack() {
    configureUnbound(new JsonObject());
    stand.start();
    Message stale = send(1).get(0);
    stand.test.clock.addAndGet(600_000);
    Message fresh = send(1).get(0);
    stand.configure("sim", carrier.port(), new JsonObject());
    assertEquals(Status.DELIVERED, stand.untilFinal(fresh));
    assertEquals(Status.EXPIRED, stand.untilFinal(stale));
    assertEquals(1, carrier.log().count());
  }

  @Test
  void trap22WhereNothingIsSaidThereIsAWindowAndEveryRequestExpires() {
    LinkConfig usual = LinkConfig.from("sim", new JsonObject().put("host", "carrier").put("systemId", "godwit"));
    assertEquals(100, usual.window());
    assertEquals(Duration.ofSeconds(30), usual.bind().session().responseTimeout());
    assertEquals(Duration.ofSeconds(30), usual.bind().session().enquireInterval());
    assertEquals(Duration.ofSeconds(10), SessionOptions.DEFAULTS.bindTimeout());
    assertTrue(SessionOptions.DEFAULTS.window() > 1 && SessionOptions.DEFAULTS.maxUnanswered() < Integer.MAX_VALUE);
  }
}
