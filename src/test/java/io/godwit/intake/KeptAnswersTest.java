package io.godwit.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.mongodb.MongoException;
import io.godwit.intake.KeptAnswers.Key;
import io.godwit.intake.KeptAnswers.Kept;
import io.godwit.message.Message;
import io.godwit.store.CommitSlot;
import io.godwit.store.UnitOfWork;
import io.godwit.testing.Await;
import io.godwit.testing.Gate;
import io.godwit.testing.TestNode;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A key whose bucket moves between two sets, and what was under way at its old home; whole requests are in submission/IdempotencyTest. */
class KeptAnswersTest {
  private final Gate gate = new Gate();
  private final TestNode node = TestNode.start(2);
  private final TestNode other = node.another(gate);
  private final Process here = new Process(node);
  private final Process there = new Process(other);

  @AfterEach
  void close() {
    other.close();
    node.close();
    gate.close();
  }

  /** What one process knows of the key. */
  private static final class Process {
    final TestNode node;
    final Context context;
    final KeptAnswers answers;

    Process(TestNode node) {
      this.node = node;
      context = node.vertx.getOrCreateContext();
      answers = new KeptAnswers(context, node.node);
      Await.on(context, answers::open);
    }

    Key key() {
      return answers.key("demo", "a-key", Buffer.buffer("a request"));
    }

    Kept earlier(Key key) {
      return earlier(key, 0);
    }

    Kept earlier(Key key, long since) {
      return Await.on(context, () -> answers.earlier(key, since));
    }

    /** Commits the answer to one message at the key's home, as a line of the intake does. */
    void answer(Key key, Kept outdated, String body) {
      Message message = node.message("demo", "+447700900123");
      UnitOfWork work = new UnitOfWork();
      key.keep(new Offer(List.of(), false, null, -1), outdated, accepted -> body).extra().write(work, new Outcome.Accepted(null, List.of(message)));
      Await.on(context, () -> {
        CommitSlot slot = node.sets.get(key.home()).slot("test");
        return slot.run(work).onComplete(done -> slot.close());
      });
    }
  }

  /** All buckets are in one set, or came from the other one so many seconds ago. */
  private void live(int set, Integer seconds) {
    JsonArray homes = new JsonArray();
    JsonObject moved = new JsonObject();
    for (int bucket = 0; bucket < Buckets.COUNT; bucket++) {
      homes.add(set);
      if (seconds != null) moved.put(String.valueOf(bucket), new JsonObject().put("from", 1 - set).put("at", node.clock.get() - seconds * 1_000));
    }
    for (TestNode each : List.of(node, other)) each.put(Buckets.KIND, Buckets.ID, new JsonObject().put("homes", homes).put("moved", moved));
  }

  @Test
  void nothingIsWrittenAtTheEarlierHomeAnyMoreOnceNothingWasFoundThere() {
    live(0, null);
    Key before = here.key();
    live(1, 30);
    Key after = here.answers.again(before);
    assertEquals(List.of(1, 0), List.of(after.home(), after.earlier()));
    assertNull(here.earlier(after));
    assertThrows(MongoException.class, () -> here.answer(before, null, "late"));
    assertNull(here.earlier(after), "a tombstone is no answer");
    here.answer(after, null, "first");
    assertEquals("first", here.earlier(after).body());
  }

  @Test
  void answerThatWasWrittenAtTheEarlierHomeBeforeAnybodyAskedIsTheOne() {
    live(0, null);
    Key before = here.key();
    live(1, 30);
    here.answer(before, null, "late");
    assertEquals("late", here.earlier(here.answers.again(before)).body());
  }

  @Test
  void outdatedAnswerAtTheEarlierHomeIsNotRenewedThereAnyMore() {
    live(0, null);
    Key before = here.key();
    here.answer(before, null, "long ago");
    long since = node.clock.addAndGet(1_000);
    Kept outdated = here.earlier(before, since);
    assertEquals("long ago", outdated.body());
    live(1, 30);
    Key after = here.answers.again(before);
    assertNull(here.earlier(after, since));
    assertThrows(UnitOfWork.Fenced.class, () -> here.answer(before, outdated, "late"));
    here.answer(after, null, "first");
    assertEquals("first", here.earlier(after, since).body());
  }

  /** Its clock or its picture of the directory is late. */
  @Test
  void processThatHasNotHeardOfTheMoveIsToldThatTheKeyLivesElsewhere() {
    live(0, null);
    Key before = here.key();
    live(1, 30);
    assertNull(here.earlier(here.answers.again(before)));
    assertThrows(KeptAnswers.Elsewhere.class, () -> here.earlier(before));
  }

  @Test
  void keyIsTakenAgainWhereItsBucketComesBack() {
    live(1, 60);
    assertNull(here.earlier(here.key()));
    live(0, 30);
    Key back = here.key();
    assertNull(here.earlier(back));
    here.answer(back, null, "back");
    assertEquals("back", here.earlier(back).body());
  }

  @Test
  void tombstoneOfAnEarlierMoveKeepsNobodyOutWhoTookTheKeyForAtHomeThereAgain() {
    live(1, 90);
    assertNull(here.earlier(here.key()));
    live(0, 60);
    Key back = here.key();
    live(1, 30);
    assertNull(here.earlier(here.key()));
    assertThrows(KeptAnswers.Elsewhere.class, () -> here.earlier(back), "a tombstone of the last move stands there");
  }

  @Test
  void twoThatFindNothingAtOnceBothGoOnAtTheNewHome() {
    live(1, 30);
    Gate.Stop bury = gate.before("findAndModify", "idempotency");
    Future<Kept> second = Await.start(there.context, () -> there.answers.earlier(there.key(), 0));
    bury.reached();
    assertNull(here.earlier(here.key()));
    bury.pass();
    assertNull(Await.await(second));
  }

  @Test
  void whoComesAfterAnAnswerWasWrittenAtTheEarlierHomeMeanwhileIsGivenIt() {
    live(0, null);
    Key before = here.key();
    live(1, 30);
    Gate.Stop bury = gate.before("findAndModify", "idempotency");
    Future<Kept> asked = Await.start(there.context, () -> there.answers.earlier(there.key(), 0));
    bury.reached();
    here.answer(before, null, "late");
    bury.pass();
    assertEquals("late", Await.await(asked).body());
  }

  @Test
  void keyWhoseBucketDidNotMoveLatelyCostsOneReadAndNoWrite() {
    live(0, 49 * 3_600);
    int reads = gate.seen("find", "idempotency");
    assertNull(there.earlier(there.key()));
    assertEquals(reads + 1, gate.seen("find", "idempotency"));
    assertEquals(0, gate.seen("findAndModify", "idempotency"));
  }
}
