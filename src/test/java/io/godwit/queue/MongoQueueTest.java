package io.godwit.queue;

import io.godwit.events.Trail;
import io.godwit.message.Event;
import io.godwit.store.MongoSet;
import io.godwit.store.Timing;
import io.godwit.testing.Await;
import io.godwit.testing.MongoCluster;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;

class MongoQueueTest extends MessageQueueContract {
  private static final Timing QUICK = new Timing(500, 5_000, 5_000, 20);
  private final String database = MongoCluster.shared().freshDatabase();
  private MongoSet set;

  @Override
  MessageQueue open() {
    set = Await.await(MongoSet.open(VERTX, 0, MongoCluster.shared().uri(database, database), clock, QUICK));
    return Await.await(MongoQueue.open(set));
  }

  @Override
  @AfterEach
  void closeQueue() {
    super.closeQueue();
    Await.await(set.close());
    MongoCluster.shared().drop(database);
  }

  @Override
  List<Event> trail(String id) {
    return Await.on(bench.context, () -> Trail.of(bench.context, set, id));
  }

  @Override
  void openAllotment(String id) {
    Await.first(set.db().getCollection("allotments").insertOne(new Document("_id", id).append("open", true).append("a", new Document())));
  }

  @Override
  Map<String, Long> allotment(String id) {
    Document allotment = Await.first(set.db().getCollection("allotments").find(new Document("_id", id)).first());
    return allotment.get("a", Document.class).entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, e -> (Long) e.getValue()));
  }

  @Override
  void poll() {
    // it polls by itself
  }
}
