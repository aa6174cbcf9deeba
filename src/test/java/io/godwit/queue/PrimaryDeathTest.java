package io.godwit.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.events.EventStream;
import io.godwit.message.Event;
import io.godwit.store.Mongo;
import io.godwit.store.Timing;
import io.godwit.testing.Await;
import io.godwit.testing.MongoCluster;
import io.vertx.core.Future;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** kill -9 of the primary while two slots put parcels and two finish them. */
@Tag("slow")
class PrimaryDeathTest {
  private static final int MESSAGES = 20;
  private final MongoCluster cluster = MongoCluster.sharedThree();
  private final String database = cluster.freshDatabase();
  private final QueueLife life = new QueueLife(cluster.uri(database, database), System::currentTimeMillis, new Timing(500, 5_000, 1_000, 100));
  /** What was acknowledged to the putter. */
  private final Set<String> accepted = ConcurrentHashMap.newKeySet();
  private final AtomicInteger finished = new AtomicInteger();
  private volatile boolean putting = true;
  private volatile boolean taking = true;

  @AfterEach
  void end() {
    life.close();
    cluster.heal();
    cluster.drop(database);
  }

  @Test
  void nothingAcknowledgedIsLostAndNothingHappensTwice() {
    List<Future<Void>> putters = List.of(worker("put 1", this::put), worker("put 2", this::put));
    List<Future<Void>> takers = List.of(worker("take 1", this::take), worker("take 2", this::take));
    Await.until("the load runs", 180, () -> finished.get() > 50 * MESSAGES);
    cluster.kill(cluster.primary());
    int before = finished.get();
    Await.until("it runs again with another primary", 180, () -> finished.get() > before + 100 * MESSAGES);
    putting = false;
    putters.forEach(Await::await);
    Await.until("the queue is empty", 180, life.bench::isEmpty);
    taking = false;
    takers.forEach(Await::await);
    checkBooks();
  }

  private Future<Void> worker(String name, Function<Slot, Future<Void>> loop) {
    return Await.start(QueueLife.VERTX.getOrCreateContext(), () -> loop.apply(life.queue.openSlot(name)));
  }

  private Future<Void> put(Slot slot) {
    if (!putting) return Future.succeededFuture();
    Parcel parcel = life.bench.parcel(IntStream.range(0, MESSAGES).mapToObj(i -> "m" + i).toArray(String[]::new));
    return slot.commit(life.bench.accepting(parcel)).onSuccess(v -> parcel.messages().forEach(m -> accepted.add(m.id()))).compose(v -> put(slot));
  }

  /** A claim may fail while there is no primary; a step may only say that the lease was lost. */
  private Future<Void> take(Slot slot) {
    if (!taking) return Future.succeededFuture();
    return life.queue.claim(QueueBench.QUEUE, 5, 0).otherwise(List.of()).compose(parcels -> finish(slot, parcels)).compose(v -> take(slot));
  }

  private Future<Void> finish(Slot slot, List<Parcel> parcels) {
    if (parcels.isEmpty()) return QueueLife.VERTX.timer(5).mapEmpty();
    Step step = new Step();
    for (Parcel parcel : parcels) {
      step.finish(parcel);
      parcel.messages().forEach(m -> step.event(new Event.Cancelled(m.id(), 2, life.queue.now(), null)));
    }
    return slot.commit(step).onSuccess(v -> finished.addAndGet(parcels.size() * MESSAGES))
      .recover(failure -> failure instanceof LeaseLost ? Future.succeededFuture() : Future.failedFuture(failure));
  }

  /** From the pages themselves: each message accepted once and finished once. */
  private void checkBooks() {
    Map<String, List<Integer>> numbers = new HashMap<>();
    for (String day : List.of(EventStream.collection(LocalDate.now(ZoneOffset.UTC).minusDays(1)), EventStream.collection(LocalDate.now(ZoneOffset.UTC)))) {
      for (Document page : Await.on(life.bench.context, () -> Mongo.all(life.bench.context, life.set.db().getCollection(day).find()))) {
        for (Document event : page.getList("e", Document.class)) numbers.computeIfAbsent(event.getString("id"), id -> new ArrayList<>()).add(event.getInteger("n"));
      }
    }
    assertTrue(numbers.keySet().containsAll(accepted), "every acknowledged message is there");
    numbers.forEach((id, ns) -> assertEquals(List.of(1, 2), ns.stream().sorted().toList(), id));
  }
}
