package io.godwit.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.accounts.Alerts;
import io.godwit.accounts.Slices;
import io.godwit.message.Message;
import io.godwit.message.Origin;
import io.godwit.store.Mongo;
import io.godwit.testing.Await;
import io.godwit.testing.Gate;
import io.godwit.testing.TestNode;
import io.godwit.worker.MessageHandler.Decision;
import io.godwit.worker.MessageHandler.Surroundings;
import io.vertx.core.Context;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** Velocity limits over two processes on a real replica set. */
class VelocityHandlerTest {
  private static final String TO = "+88351234567";
  private static final long MINUTE = 60_000;
  /** Longer than a slow machine's store takes to answer: what is not answered in time is not held to a limit. */
  private static final long PATIENCE_MS = 20_000;

  private final TestNode one = TestNode.start(1);
  private final List<Worker> workers = new ArrayList<>();
  private Gate gate;

  /** The handler of one process. */
  private static final class Worker {
    final TestNode node;
    final Context context;
    final VelocityHandler handler;

    Worker(TestNode node, long patience) {
      this.node = node;
      this.handler = new VelocityHandler(patience);
      this.context = node.vertx.getOrCreateContext();
      Await.on(context, () -> handler.start(new Surroundings(node.node, 0, null, new JsonObject())));
    }

    List<Decision> decide(List<Message> batch) {
      return Await.on(context, () -> handler.handle(batch));
    }

    /** How many of that many messages go on. */
    int send(String account, String to, int messages) {
      return passed(decide(IntStream.range(0, messages).mapToObj(i -> node.message(account, to)).toList()));
    }
  }

  private static int passed(List<Decision> decisions) {
    return (int) decisions.stream().filter(Decision.Next.class::isInstance).count();
  }

  private Worker worker(TestNode node) {
    return worker(node, PATIENCE_MS);
  }

  private Worker worker(TestNode node, long patience) {
    Worker worker = new Worker(node, patience);
    workers.add(worker);
    return worker;
  }

  private void rule(JsonObject rule) {
    one.clock.set(one.clock.get() / MINUTE * MINUTE + MINUTE);
    one.put("account", "operator", new JsonObject());
    one.put("account", "reseller", new JsonObject().put("parent", "operator"));
    one.put("account", "shop", new JsonObject().put("parent", "reseller"));
    one.put("account", "rival", new JsonObject().put("parent", "operator"));
    one.put(VelocityRule.KIND, "pump", rule);
  }

  private List<Alerts.Alert> alerts(String account) {
    return one.await(() -> new Alerts(one.sets.control()).list(one.vertx.getOrCreateContext(), account, Long.MAX_VALUE, 10));
  }

  private long used(String key) {
    Document stored = one.await(() -> Mongo.first(one.vertx.getOrCreateContext(), one.sets.control().db().getCollection(Slices.COLLECTION).find(new Document("_id", key))));
    return stored.get("used", Number.class).longValue();
  }

  @AfterEach
  void close() {
    for (Worker worker : workers) if (worker.node != one) worker.node.close();
    if (gate != null) gate.close();
    one.close();
  }

  @Test
  void twoNodesTogetherLetThroughAsMuchAsTheLimitAndHardlyLess() {
    rule(new JsonObject().put("prefix", "+8835").put("account", "reseller").put("limit", 100));
    Worker here = worker(one);
    Worker there = worker(one.another());
    int passed = 0;
    for (int i = 0; i < 30; i++) passed += here.send("shop", TO, 7) + there.send("reseller", TO, 3);
    assertTrue(passed <= 100 && passed >= 90, "a tenth may be held by the other one: " + passed);
    assertEquals(5, here.send("rival", TO, 5), "who does not belong to the account");
    assertEquals(5, there.send("shop", "+4915112345678", 5), "another destination");
    Await.until("an alarm is stored", () -> !alerts("reseller").isEmpty());
    assertEquals(1, alerts("reseller").size(), "one a window, however many nodes refuse");
    JsonObject told = alerts("reseller").get(0).details();
    assertEquals("pump 100 REFUSE", told.getString("rule") + " " + told.getInteger("limit") + " " + told.getString("action"));

    one.clock.addAndGet(MINUTE);
    assertEquals(100, here.send("shop", TO, 150), "the next window");
  }

  @Test
  void whoIsRefusedIsNotToldHowMuchHeMaySend() {
    rule(new JsonObject().put("prefix", "8835").put("limit", 1));
    Decision.Refuse no = (Decision.Refuse) worker(one).decide(List.of(one.message("shop", TO), one.message("shop", TO))).get(1);
    assertEquals("velocity-limit: too many messages to this destination", no.error().code() + ": " + no.error().text());
    Await.until("the operator is told", () -> !alerts("operator").isEmpty());
    JsonObject told = alerts("operator").get(0).details();
    assertEquals("pump 1 60", told.getString("rule") + " " + told.getInteger("limit") + " " + told.getInteger("windowSeconds"));
  }

  @Test
  void aMessageCountsOnceHoweverOftenItIsDecidedAbout() {
    rule(new JsonObject().put("prefix", "8835").put("limit", 10));
    Worker here = worker(one);
    List<Message> batch = IntStream.range(0, 10).mapToObj(i -> one.message("shop", TO)).toList();
    assertEquals(10, passed(here.decide(batch)));
    assertEquals(10, passed(here.decide(batch)), "shown again without a word, as after a decision that took too long");
    batch.forEach(here.handler::undone);
    batch.forEach(here.handler::undone);
    assertEquals(10, passed(here.decide(batch)), "its commit has failed");
    assertEquals(0, here.send("shop", TO, 1), "and no more than these");
    batch.subList(0, 4).forEach(here.handler::undone);
    assertEquals(4, here.send("rival", TO, 9), "what another handler refused makes room");
  }

  @Test
  void segmentsAndEachAccountByItselfAreCountedWhereARuleSaysSo() {
    rule(new JsonObject().put("limit", 6).put("unit", "segments").put("count", "each"));
    Worker here = worker(one);
    List<Message> batch = new ArrayList<>();
    for (String account : List.of("shop", "rival")) for (int i = 0; i < 4; i++) batch.add(one.message(account, "Godwit", TO, 2, Origin.NONE));
    assertEquals(List.of(true, true, true, false, true, true, true, false), here.decide(batch).stream().map(Decision.Next.class::isInstance).toList());
    Await.until("both are alarmed", () -> !alerts("shop").isEmpty() && !alerts("rival").isEmpty());
  }

  @Test
  void anAlarmAloneRefusesNothingAndIsForTheOperatorWhereAllAreCounted() {
    rule(new JsonObject().put("prefix", "8835").put("limit", 10).put("action", "alarm"));
    Worker here = worker(one);
    assertEquals(50, here.send("shop", TO, 50));
    assertEquals(50, here.send("rival", TO, 50));
    Await.until("an alarm is stored", () -> !alerts("operator").isEmpty());
    assertEquals(10, used("velocity/pump//" + one.clock.get()));
    Await.until("it is counted", () -> one.node.meters().scrape().contains("godwit_velocity_alarms_total{rule=\"pump\"} 1.0"));
  }

  @Test
  void manyMessagesCostFewWrites() {
    rule(new JsonObject().put("limit", 1_000_000));
    Worker here = worker(one);
    for (int i = 0; i < 20; i++) assertEquals(500, here.send("shop", TO, 500));
    assertEquals(100_000, used("velocity/pump//" + one.clock.get()), "one slice for all of them");
  }

  @Test
  void whileTheControlSetIsDownTrafficGoesOn() {
    rule(new JsonObject().put("limit", 5));
    gate = new Gate();
    Worker there = worker(one.another(gate), 1_000);
    assertEquals(5, there.send("shop", TO, 20));
    gate.cut();
    one.clock.addAndGet(MINUTE);
    Assertions.assertTimeout(Duration.ofSeconds(10), () -> {
      for (int i = 0; i < 200; i++) assertEquals(50, there.send("shop", TO, 50));
    });
    gate.heal();
  }
}
