package io.godwit.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.message.Limits;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BucketsTest {
  private static final long NOW = 1_800_000_000_000L;
  private static final long MOVED = NOW + Buckets.NOTICE;

  private static Buckets buckets(JsonObject table) {
    return Buckets.of(Map.of(Buckets.ID, table));
  }

  private static JsonObject spread(JsonObject table, long now, Integer... sets) {
    return buckets(table).spread(new TreeSet<>(List.of(sets)), now);
  }

  private static List<Integer> moved(Buckets buckets, long now) {
    return IntStream.range(0, Buckets.COUNT).filter(b -> buckets.earlier(b, now) >= 0).boxed().toList();
  }

  @Test
  void withoutATableEveryKeyLivesInTheControlSet() {
    Buckets buckets = Buckets.of(Map.of());
    for (int b = 0; b < Buckets.COUNT; b++) assertEquals(0, buckets.home(b, NOW));
  }

  @Test
  void setThatIsAddedGetsItsShareAndNothingElseMoves() {
    JsonObject table = spread(Buckets.even(2), NOW, 0, 1, 2);
    Buckets after = buckets(table);
    assertTrue(IntStream.of(after.count(0), after.count(1), after.count(2)).allMatch(n -> n == 341 || n == 342), table.encode());
    List<Integer> moved = moved(after, MOVED + 1);
    assertEquals(after.count(2), moved.size());
    for (int b : moved) assertEquals(2, after.home(b, MOVED + Buckets.QUIET + 1));
  }

  @Test
  void bucketThatMovesIsAtOneHomeOrAtNone() {
    Buckets after = buckets(spread(Buckets.even(1), NOW, 0, 1));
    int bucket = moved(after, MOVED + 1).get(0);
    assertEquals(0, after.home(bucket, MOVED - Buckets.QUIET - 1));
    assertEquals(-1, after.earlier(bucket, MOVED - Buckets.QUIET - 1));
    assertEquals(-1, after.home(bucket, MOVED - Buckets.QUIET));
    assertEquals(-1, after.home(bucket, MOVED + Buckets.QUIET));
    assertEquals(1, after.home(bucket, MOVED + Buckets.QUIET + 1));
    assertEquals(0, after.earlier(bucket, MOVED + Limits.IDEMPOTENCY));
    assertEquals(-1, after.earlier(bucket, MOVED + Buckets.QUIET + Limits.IDEMPOTENCY));
  }

  @Test
  void bucketThatCameHomeFromWhereItLivesHasNoEarlierHome() {
    JsonObject moved = new JsonObject().put("5", new JsonObject().put("from", 0).put("at", NOW));
    assertEquals(-1, buckets(Buckets.even(1).put("moved", moved)).earlier(5, NOW + 1));
  }

  @Test
  void drainedSetKeepsNoBucketButThoseThatJustCame() {
    Buckets drained = buckets(spread(Buckets.even(3), NOW, 0, 2));
    assertEquals(List.of(512, 0, 512), List.of(drained.count(0), drained.count(1), drained.count(2)));
    JsonObject back = spread(spread(Buckets.even(1), NOW, 0, 1), NOW + 1_000, 0);
    assertEquals(512, buckets(back).count(1), "a bucket moves no more than once while its old home is read");
  }
}
