package io.godwit.replies;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.mongodb.client.model.Filters;
import io.godwit.message.Message;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.godwit.testing.Await;
import io.godwit.testing.Gate;
import io.godwit.testing.TestNode;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which set is asked who said STOP. */
class OptOutsTest {
  private static final String HANDSET = "+4915112345678";
  private static final Set<String> STOPPED = Set.of("demo/" + HANDSET);
  private TestNode node;
  private MongoSet other;
  private OptOuts optOuts;

  @BeforeEach
  void twoSets() {
    node = TestNode.start(2);
    other = node.sets.get(1);
    optOuts = new OptOuts(node.sets);
    node.await(optOuts::open);
  }

  @AfterEach
  void close() {
    node.close();
  }

  private void follow() {
    node.await(() -> new OptOutCopy(Vertx.currentContext(), node.sets.control(), other).follow());
  }

  private void stop() {
    node.await(() -> optOuts.add(Vertx.currentContext(), "demo", HANDSET, null, "it"));
  }

  /** Behind our back, as nobody does it. */
  private void deleteIn(MongoSet set) {
    node.await(() -> Mongo.first(Vertx.currentContext(), OptOuts.in(set).deleteOne(Filters.eq("_id", "demo/" + HANDSET))));
  }

  private Set<String> asked(MongoSet own) {
    Await.until("the control set answers", () -> node.sets.control().isHealthy());
    Message message = node.message("demo", HANDSET);
    return node.await(() -> optOuts.among(Vertx.currentContext(), own, List.of(message)));
  }

  @Test
  void whatIsNotedHoldsForTheNextMessageOfEverySet() {
    follow();
    stop();
    assertEquals(STOPPED, asked(node.sets.control()));
    assertEquals(STOPPED, asked(other));
    node.await(() -> optOuts.remove(Vertx.currentContext(), "demo", HANDSET, null));
    assertEquals(Set.of(), asked(node.sets.control()));
    assertEquals(Set.of(), asked(other));
  }

  @Test
  void messagesAreNoWorkForTheControlSetButForTheirOwn() {
    follow();
    stop();
    deleteIn(node.sets.control());
    assertEquals(STOPPED, asked(other));
  }

  @Test
  void whatASetCouldNotBeToldItIsToldAgain() {
    follow();
    try (Gate gate = new Gate(); TestNode another = node.another(gate, 1)) {
      OptOuts there = new OptOuts(another.sets);
      List<Gate.Stop> tries = List.of(gate.before("update", OptOuts.COLLECTION), gate.before("update", OptOuts.COLLECTION));   // the driver's second, too
      another.begin(() -> there.add(Vertx.currentContext(), "demo", HANDSET, null, "it"));
      tries.forEach(each -> each.reached().lose());
      Await.until("it has been told", () -> asked(other).equals(STOPPED));
    }
  }

  @Test
  void whatASetMissedItFollows() {
    follow();
    stop();
    deleteIn(other);
    assertEquals(Set.of(), asked(other));
    follow();
    assertEquals(STOPPED, asked(other));
  }

  @Test
  void aCopyThatNobodyFollowsIsNotAsked() {
    stop();
    deleteIn(other);
    assertEquals(STOPPED, asked(other), "it was never followed");
    follow();
    deleteIn(other);
    assertEquals(Set.of(), asked(other), "it is followed");
    node.clock.addAndGet(30_000);
    assertEquals(STOPPED, asked(other), "it was left behind");
  }
}
