package io.godwit.queue;

import io.godwit.store.MongoSet;
import io.godwit.store.Timing;
import io.godwit.testing.Await;
import io.vertx.core.Vertx;
import java.util.function.LongSupplier;
import org.bson.Document;

/** One process's life in a set, in a hurry: its set, its queue and a bench to work at. */
final class QueueLife implements AutoCloseable {
  static final Vertx VERTX = Vertx.vertx();
  /** It misses others within a second or two: only where those are as good as dead. */
  static final Timing LIVELY = new Timing(150, 1_000, 150, 20);
  /** It sweeps and polls as often, and misses others after three seconds: the living survive a stalled disk. */
  static final Timing PATIENT = new Timing(600, 60_000, 150, 20);
  /** It never beats a second time, sweeps or polls: as good as dead. */
  static final Timing STILL = new Timing(3_600_000, 3_600_000, 3_600_000, 3_600_000);

  final MongoSet set;
  final MongoQueue queue;
  final QueueBench bench;

  QueueLife(String uri, LongSupplier clock, Timing timing) {
    set = Await.await(MongoSet.open(VERTX, 0, uri, clock, timing));
    queue = Await.await(MongoQueue.open(set));
    bench = new QueueBench(queue, VERTX.getOrCreateContext(), "a");
  }

  int number() {
    return set.incarnation().number();
  }

  Document stored(Parcel parcel) {
    return Await.first(set.db().getCollection("parcels").find(new Document("_id", parcel.id())).first());
  }

  @Override
  public void close() {
    Await.await(queue.close());
    Await.await(set.close());
  }
}
