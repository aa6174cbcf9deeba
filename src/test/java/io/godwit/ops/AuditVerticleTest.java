package io.godwit.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.godwit.message.Event;
import io.godwit.message.Message;
import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.godwit.store.Duty;
import io.godwit.testing.Await;
import io.godwit.testing.Gate;
import io.godwit.testing.TestNode;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Set;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AuditVerticleTest {
  private final TestNode node = TestNode.start(1);
  private final Context context = node.vertx.getOrCreateContext();

  @AfterEach
  void close() {
    node.close();
  }

  @Test
  void itSaysHowManyMessagesItWalkedWhatItFoundAndWhen() {
    Message lost = lost();
    Await.await(deploy(new JsonObject().put("periodSeconds", 1)));
    Await.until("the message without a parcel is found", () -> gauge("godwit_audit_findings{kind=\"LOST\"}") == 1);
    Await.until("the success is known", () -> gauge("godwit_audit_last_success_seconds") == node.clock.get() / 1000.0);
    assertEquals(1, gauge("godwit_audit_messages"));
    Step step = new Step().event(new Event.Cancelled(lost.id(), 2, node.clock.get(), null));
    commit(step);
    node.clock.addAndGet(2_000);
    Await.until("the next audit finds nothing", () -> gauge("godwit_audit_findings{kind=\"LOST\"}") == 0);
  }

  @Test
  void anAccountThatIsNotJudgedIsNamedWithTheTimeSinceWhenAndForgottenOnceItIs() {
    Unjudged unjudged = new Unjudged(context, node.sets.control());
    long first = node.clock.get();
    assertEquals(new Unjudged.Summary(1, "demo", first, 1), node.await(() -> unjudged.follow(Set.of("demo"))));
    long second = node.clock.addAndGet(3_600_000);
    assertEquals(new Unjudged.Summary(2, "demo", first, 2), node.await(() -> unjudged.follow(Set.of("demo", "shop"))));
    node.clock.addAndGet(3_600_000);
    assertEquals(new Unjudged.Summary(1, "shop", second, 2), node.await(() -> unjudged.follow(Set.of("shop"))));
    node.clock.addAndGet(3_600_000);
    assertEquals(Unjudged.Summary.NONE, node.await(() -> unjudged.follow(Set.of())));
  }

  @Test
  void itSaysHowManyAccountsMovedWhileItLookedAndSinceWhen() {
    Await.first(balances().insertOne(new Document("_id", "demo").append("seq", 0L).append("free", 0L).append("open", new Document()).append("in", new Document())));
    long first = node.clock.get();
    Await.await(deploy(new JsonObject().put("periodSeconds", 1)));
    Await.until("an audit ends in which the account's money moved", () -> {
      Await.first(balances().updateOne(Filters.eq("_id", "demo"), Updates.inc("free", 1L)));
      node.clock.addAndGet(1_001);
      return gauge("godwit_audit_unjudged") == 1;
    });
    assertTrue(gauge("godwit_audit_unjudged_since_seconds") >= first / 1000.0);
  }

  @Test
  void whatItFoundIsToldThoughTheAccountsThatMovedCannotBeRemembered() {
    lost();
    try (Gate gate = new Gate(); TestNode gated = node.another(gate)) {
      Gate.Stop remember = gate.before("delete", Unjudged.COLLECTION);
      Await.await(deploy(gated, new JsonObject().put("periodSeconds", 1)));
      remember.reached();
      assertEquals(1, gauge(gated, "godwit_audit_messages"));
      assertEquals(1, gauge(gated, "godwit_audit_findings{kind=\"LOST\"}"));
      remember.lose();
      Await.until("the audit is done", () -> gauge(gated, "godwit_audit_last_success_seconds") == node.clock.get() / 1000.0);
    }
  }

  private MongoCollection<Document> balances() {
    return node.sets.control().db().getCollection("balances");
  }

  @Test
  void oneProcessAtATimeHasTheDutyAndADeadOneLosesIt() {
    TestNode other = node.another();
    Duty here = new Duty(context, node.sets.control(), "audit");
    Duty there = new Duty(other.vertx.getOrCreateContext(), other.sets.control(), "audit");
    assertEquals(true, node.await(() -> here.take(1_000)));
    assertEquals(false, other.await(() -> there.take(1_000)), "another living process is at it");
    node.declareDead(node.sets.control().incarnation().number());
    assertEquals(true, other.await(() -> there.take(1_000)));
    other.await(there::done);
    assertEquals(false, other.await(() -> there.take(1_000)), "it was done just now");
    node.clock.addAndGet(1_001);
    assertEquals(true, other.await(() -> there.take(1_000)));
    other.close();
  }

  @Test
  void aConfigurationThatCannotBeStopsTheStart() {
    assertTrue(failure(new JsonObject().put("periodSeconds", 0)).contains("periodSeconds: must be a number"));
    assertTrue(failure(new JsonObject().put("periodseconds", 5)).contains("periodseconds: unknown key"));
    assertTrue(failure(new JsonObject().put("rows", "yes")).contains("rows: must be true or false"));
  }

  private String failure(JsonObject config) {
    return Await.await(deploy(config).recover(e -> Future.succeededFuture(e.getMessage())));
  }

  private Future<String> deploy(JsonObject config) {
    return deploy(node, config);
  }

  private static Future<String> deploy(TestNode node, JsonObject config) {
    return node.vertx.deployVerticle(() -> new AuditVerticle(node.node), new DeploymentOptions().setConfig(config));
  }

  /** Accepted, and in no parcel. */
  private Message lost() {
    Message m = node.message("demo", "+491511111111");
    commit(new Step().event(new Event.Accepted(m, node.clock.get())));
    return m;
  }

  private void commit(Step step) {
    Slot slot = Await.on(context, () -> Future.succeededFuture(node.node.queue(0).openSlot("test")));
    Await.on(context, () -> slot.commit(step));
  }

  private double gauge(String name) {
    return gauge(node, name);
  }

  private static double gauge(TestNode node, String name) {
    return node.node.meters().scrape().lines().filter(line -> line.startsWith(name + " ")).mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
      .findFirst().orElse(Double.NaN);
  }
}
