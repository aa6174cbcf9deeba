package io.godwit.link;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.godwit.message.Encoding;
import io.godwit.message.Lane;
import io.godwit.message.Message;
import io.godwit.message.MessageId;
import io.godwit.message.Origin;
import io.godwit.message.Segment;
import io.godwit.queue.Parcel;
import io.godwit.smpp.CarrierId;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AwaitingTest {
  private final AtomicLong clock = new AtomicLong(1_000_000);
  private final MessageId.Generator ids = new MessageId.Generator(0, 1, clock::get);
  private final Awaiting awaiting = new Awaiting("sim", 1, clock::get);

  private Parcel sent(String carrierId, long validFor) {
    Message m = Message.accepted(ids.next(), Lane.BULK, "demo", "Godwit", "+447700900123", "Hello", Encoding.GSM7, 1, "GB", clock.get() + validFor, Origin.NONE);
    return Parcel.of(ids.next(), Parcel.await("sim"), Lane.BULK, 1, 0, List.of(m.sent(List.of(new Segment(List.of(carrierId), List.of(1L), Segment.State.SENT)))));
  }

  @Test
  void whatIsOverdueIsForgottenWhenMoreIsSent() {
    awaiting.add(List.of(sent("a", 60_000), sent("b", 60_000)));
    clock.addAndGet(60_000);
    awaiting.add(List.of(sent("c", 60_000)));
    assertEquals(3, awaiting.size(), "still valid");
    clock.addAndGet(1);
    awaiting.add(List.of(sent("d", 60_000)));
    assertEquals(2, awaiting.size());
    assertEquals(List.of(), awaiting.named("sim", CarrierId.key("a")));
    assertEquals(1, awaiting.named("sim", CarrierId.key("d")).size());
  }

  @Test
  void parcelsOfOtherQueuesAreNotRemembered() {
    awaiting.add(List.of(Parcel.of(ids.next(), Parcel.await("other"), Lane.BULK, 1, 0, sent("a", 60_000).messages())));
    assertEquals(0, awaiting.size());
  }
}
