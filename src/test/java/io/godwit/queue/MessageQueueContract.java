package io.godwit.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.message.Encoding;
import io.godwit.message.Event;
import io.godwit.message.Lane;
import io.godwit.message.Message;
import io.godwit.message.Origin;
import io.godwit.testing.Await;
import io.godwit.testing.TestClock;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link MessageQueue} promises. */
abstract class MessageQueueContract {
  static final String QUEUE = "route";

  final TestClock clock = new TestClock();
  final Vertx vertx = Vertx.vertx();
  final Context context = vertx.getOrCreateContext();
  MessageQueue queue;
  Slot slot;

  abstract MessageQueue open();

  abstract List<Event> trail(String id);

  @BeforeEach
  void openQueue() {
    queue = open();
    slot = Await.on(context, () -> io.vertx.core.Future.succeededFuture(queue.openSlot("a")));
  }

  @AfterEach
  void closeQueue() {
    Await.await(queue.close());
  }

  Message message(String text) {
    return Message.accepted(queue.newId(), Lane.BULK, "acme", "Godwit", "+447700900123", text, Encoding.GSM7, 1, "GB", clock.getAsLong() + 60_000, Origin.NONE);
  }

  @Test
  void whatIsPutIsClaimedAndFinished() {
    Message m = message("one");
    Await.on(context, () -> slot.commit(new Step().put(Parcel.of(queue.newId(), QUEUE, Lane.BULK, 1, 0, List.of(m))).event(new Event.Accepted(m, queue.now()))));
    List<Parcel> claimed = Await.on(context, () -> queue.claim(QUEUE, 10, 0));
    assertEquals(List.of(m), claimed.get(0).messages());
    Await.on(context, () -> slot.commit(new Step().finish(claimed.get(0)).event(new Event.Cancelled(m.id(), 2, queue.now(), null))));
    assertTrue(Await.on(context, () -> queue.claim(QUEUE, 10, 0)).isEmpty());
    assertEquals(List.of("ACCEPTED", "CANCELLED"), trail(m.id()).stream().map(Event::type).toList());
  }
}
