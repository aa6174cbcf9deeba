package io.godwit.queue;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.testing.MongoCluster;
import io.godwit.testing.TestClock;
import java.util.Date;
import java.util.List;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No search for parcels reads the whole collection. */
class IndexesTest {
  private static final String DATABASE = MongoCluster.shared().freshDatabase();

  @BeforeAll
  static void create() {
    new QueueLife(MongoCluster.shared().uri(DATABASE, DATABASE), new TestClock(), QueueLife.STILL).close();
  }

  @AfterAll
  static void drop() {
    MongoCluster.shared().drop(DATABASE);
  }

  static List<Document> searches() {
    Date now = new Date();
    return List.of(
      find(new Document("s", "ready").append("q", "route")).append("sort", new Document("lane", 1).append("rank", 1)),
      find(new Document("s", "ready").append("exp", new Document("$lte", now)).append("$or", List.of(new Document("q", "route"),
        new Document("q", new Document("$gte", "link.").append("$lt", "link/"))))).append("sort", new Document("exp", 1)),
      find(new Document("s", "ready").append("q", "route").append("lane", new Document("$lte", 0))).append("sort", new Document("lane", 1).append("rank", 1)),
      find(new Document("s", "ready").append("q", "link.sim").append("lane", 1).append("rank", new Document("$gte", 7L))
        .append("_id", new Document("$nin", List.of("X")))).append("sort", new Document("rank", 1)),
      find(new Document("s", "later").append("at", new Document("$lte", now))),
      find(new Document("s", "leased").append("by", 7)),
      find(new Document("s", "leased").append("by", new Document("$in", List.of(7, 8)))),
      find(new Document("m.parts.c", new Document("$in", List.of(1L, 2L)).append("$exists", true))),
      find(new Document("lo", new Document("$lte", "X")).append("hi", new Document("$gte", "X"))),
      new Document("distinct", "parcels").append("key", "q").append("query", new Document("s", "ready")),
      new Document("distinct", "parcels").append("key", "by").append("query", new Document("s", "leased")));
  }

  private static Document find(Document filter) {
    return new Document("find", "parcels").append("filter", filter);
  }

  @Test
  void whatAClaimMayTakeIsReadFromTheIndexAlone() {
    Document search = find(new Document("s", "ready").append("q", "route").append("_id", new Document("$nin", List.of("X")))).append("sort", new Document("lane", 1).append("rank", 1))
      .append("projection", new Document("_id", 1).append("weight", 1));
    String plan = MongoCluster.shared().command(DATABASE, new Document("explain", search).append("verbosity", "queryPlanner")).get("queryPlanner", Document.class)
      .get("winningPlan", Document.class).toJson();
    assertFalse(plan.contains("FETCH") || plan.contains("\"SORT\""), plan);
  }

  @ParameterizedTest
  @MethodSource("searches")
  void aSearchUsesAnIndex(Document search) {
    String plan = MongoCluster.shared().command(DATABASE, new Document("explain", search).append("verbosity", "queryPlanner")).get("queryPlanner", Document.class)
      .get("winningPlan", Document.class).toJson();
    assertTrue(plan.contains("IXSCAN") || plan.contains("DISTINCT_SCAN"), plan);
    assertFalse(plan.contains("COLLSCAN") || plan.contains("\"SORT\""), plan);
  }
}
