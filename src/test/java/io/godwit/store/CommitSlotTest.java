package io.godwit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.godwit.testing.Await;
import io.godwit.testing.MongoCluster;
import io.godwit.testing.TestNode;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.bson.codecs.DocumentCodec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How often a unit of work is tried whose transactions MongoDB ends for their age. */
class CommitSlotTest {
  private static final String APP = "commit-slots";
  private static final String THINGS = "things";
  private final TestNode node = TestNode.named(APP);
  private final Context context = node.vertx.getOrCreateContext();
  private final CommitSlot slot = Await.on(context, () -> Future.succeededFuture(node.sets.control().slot("test")));

  @AfterEach
  void close() {
    MongoCluster.shared().failNoMore();
    node.close();
  }

  private static UnitOfWork adding(String id) {
    return new UnitOfWork().insert(THINGS, new RawBsonDocument(new Document("_id", id), new DocumentCodec()));
  }

  private static void tooOld(Object times) {
    MongoCluster.shared().fail(APP, times, new Document("failCommands", List.of("insert")).append("errorCode", 290));
  }

  private Set<String> things() {
    return Await.on(context, () -> Mongo.all(context, node.sets.control().db().getCollection(THINGS).find())).stream().map(thing -> thing.getString("_id")).collect(Collectors.toSet());
  }

  @Test
  void whatHasABoundIsGivenUpThereAndTheSlotGoesOn() {
    tooOld("alwaysOn");
    CommitSlot.GivenUp failure = assertThrows(CommitSlot.GivenUp.class, () -> Await.on(context, () -> slot.run(adding("one"), 3)));
    assertFalse(failure.mayBeDone(), "no attempt came to its commit");
    MongoCluster.shared().failNoMore();
    Await.on(context, () -> slot.run(adding("two"), 3));
    assertEquals(Set.of("two"), things());
  }

  @Test
  void whatHasNoneIsTriedUntilItIsThrough() {
    tooOld(new Document("times", 5));
    Await.on(context, () -> slot.run(adding("one")));
    assertEquals(Set.of("one"), things());
  }

  @Test
  void aBoundThatIsNotReachedChangesNothing() {
    tooOld(new Document("times", 2));
    Await.on(context, () -> slot.run(adding("one"), 3));
    assertEquals(Set.of("one"), things());
  }
}
