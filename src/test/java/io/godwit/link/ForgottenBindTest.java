package io.godwit.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.cloudhopper.smpp.SmppConstants;
import io.godwit.message.Message;
import io.godwit.smpp.SmppSession;
import io.godwit.testing.Await;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetServerOptions;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A carrier behind a proxy that has lost the bind, answers enquire_link and refuses every submit_sm over it. */
class ForgottenBindTest {
  private final LinkStand stand = new LinkStand();
  private final RecordingCarrier carrier = RecordingCarrier.listen(stand.test, new NetServerOptions());

  @AfterEach
  void close() {
    stand.close();
  }

  @Test
  void isBoundAnewAndTheMessagesAreSentOverTheNewBind() {
    stand.configure("sim", carrier.port(), new JsonObject());
    stand.start();
    Await.until("the link is bound", () -> carrier.sessions.size() == 1);
    SmppSession forgotten = carrier.sessions.get(0);
    carrier.status = pdu -> carrier.sessions.contains(forgotten) ? SmppConstants.STATUS_INVBNDSTS : SmppConstants.STATUS_OK;
    carrier.id = pdu -> "id-" + pdu.getSequenceNumber();
    List<Message> messages = IntStream.range(0, 5).mapToObj(i -> stand.routed("sim", "Hello " + i)).toList();
    stand.send(messages);
    for (Message message : messages) Await.until(() -> "it is sent: " + stand.types(message), 60, () -> stand.types(message).contains("SENT"));
    assertFalse(carrier.sessions.contains(forgotten));
    assertEquals(List.of("ACCEPTED", "RETRIED"), stand.types(messages.get(0)).subList(0, 2));
  }
}
