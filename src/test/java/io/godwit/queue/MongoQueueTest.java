package io.godwit.queue;

import io.godwit.events.Trail;
import io.godwit.message.Event;
import io.godwit.store.MongoSet;
import io.godwit.testing.Await;
import io.godwit.testing.Mongods;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

class MongoQueueTest extends MessageQueueContract {
  MongoSet set;

  @Override
  MessageQueue open() {
    set = Await.await(MongoSet.open(vertx, 0, Mongods.shared().uri("t" + System.nanoTime()), clock));
    return Await.await(MongoQueue.open(set));
  }

  @AfterEach
  void closeSet() {
    Await.await(set.close());
  }

  @Override
  List<Event> trail(String id) {
    return Await.on(context, () -> Trail.of(context, set, id));
  }
}
