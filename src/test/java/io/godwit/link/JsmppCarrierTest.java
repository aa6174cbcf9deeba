package io.godwit.link;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.godwit.message.Message;
import io.godwit.message.Status;
import io.godwit.smpp.JsmppSmsc;
import io.godwit.testing.Await;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A whole link with an SMSC that others wrote. */
class JsmppCarrierTest {
  @Test
  void whatALinkSubmitsToJsmppIsDeliveredByItsReceipts() throws Exception {
    LinkStand stand = new LinkStand();
    try (JsmppSmsc smsc = new JsmppSmsc()) {
      stand.configure("sim", smsc.port(), new JsonObject().put("password", "secret"));
      stand.start();
      List<Message> messages = IntStream.range(0, 20).mapToObj(i -> stand.routed("sim", "Hello " + i)).toList();
      stand.send(messages);
      Await.until("jsmpp has them all", () -> smsc.submitted().size() == 20);
      assertEquals(Set.copyOf(messages.stream().map(Message::text).toList()), Set.copyOf(smsc.submitted().values()));
      for (String id : smsc.submitted().keySet()) smsc.deliver("id:" + id + " sub:001 dlvrd:001 submit date:2601010000 done date:2601010001 stat:DELIVRD err:000 text:");
      messages.forEach(m -> assertEquals(Status.DELIVERED, stand.untilFinal(m)));
      stand.close();
    }
  }
}
