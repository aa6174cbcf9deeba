package io.godwit.queue;

import io.godwit.events.Trail;
import io.godwit.message.Event;
import java.util.List;
import java.util.Map;

class MemoryQueueTest extends MessageQueueContract {
  private MemoryQueue queue;

  @Override
  MessageQueue open() {
    queue = new MemoryQueue(VERTX, 0, clock);
    return queue;
  }

  @Override
  List<Event> trail(String id) {
    return Trail.inOrder(queue.events(id));
  }

  @Override
  void openAllotment(String id) {
    queue.openAllotment(id);
  }

  @Override
  Map<String, Long> allotment(String id) {
    return queue.allotment(id);
  }

  @Override
  void poll() {
    queue.poll();
  }
}
