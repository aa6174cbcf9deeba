package io.godwit.link;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.cloudhopper.smpp.SmppConstants;
import io.godwit.message.Event;
import io.godwit.message.Message;
import io.godwit.message.Status;
import io.godwit.testing.Await;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetServerOptions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Long messages of which a carrier takes one segment and not the other. */
class PartlyTakenTest {
  private final LinkStand stand = new LinkStand();
  private final RecordingCarrier carrier = RecordingCarrier.listen(stand.test, new NetServerOptions());

  @AfterEach
  void close() {
    stand.close();
  }

  private Message send(String settings) {
    carrier.id = pdu -> "id-" + pdu.getSequenceNumber();
    stand.configure("sim", carrier.port(), new JsonObject(settings));
    stand.start();
    Message message = stand.routed("sim", "x".repeat(200));
    stand.send(List.of(message));
    return message;
  }

  private String id(int submit) {
    return carrier.id.apply(carrier.submitted.get(submit));
  }

  private List<List<String>> taken(Message message) {
    return stand.events(message).stream().filter(event -> event instanceof Event.Taken).map(event -> ((Event.Taken) event).carrierIds()).toList();
  }

  @Test
  void theTrailOfOneThatFailedNamesTheSegmentThatWasTaken() {
    carrier.status = pdu -> carrier.submitted.size() == 1 ? SmppConstants.STATUS_OK : SmppConstants.STATUS_INVDSTADR;
    Message message = send("{}");
    assertEquals(Status.TELCO_ERROR, stand.untilFinal(message));
    assertEquals(List.of("ACCEPTED", "FAILED", "TAKEN"), stand.types(message));
    assertEquals(List.of(List.of(id(0))), taken(message));
  }

  @Test
  void aRefusalForGoodIsNotForgottenWhenTheOtherSegmentIsRefusedForNow() {
    carrier.isAnswered = pdu -> false;
    Message message = send("{}");
    Await.until("both segments are submitted", () -> carrier.submitted.size() == 2);
    carrier.status = pdu -> SmppConstants.STATUS_INVDSTADR;
    carrier.answer(carrier.submitted.get(0));
    carrier.status = pdu -> SmppConstants.STATUS_SYSERR;
    carrier.answer(carrier.submitted.get(1));
    assertEquals(Status.TELCO_ERROR, stand.untilFinal(message));
    assertEquals(List.of("ACCEPTED", "FAILED"), stand.types(message));
    assertEquals(2, carrier.submitted.size());
  }

  @Test
  void aSegmentThatWaitedForTheWindowUntilTheValidityEndedIsNotSubmitted() {
    carrier.isAnswered = pdu -> false;
    Message message = send("{\"window\": 1}");
    Await.until("the first segment is submitted", () -> carrier.submitted.size() == 1);
    stand.test.clock.addAndGet(600_000);
    carrier.isAnswered = pdu -> true;
    carrier.answer(carrier.submitted.get(0));
    assertEquals(Status.EXPIRED, stand.untilFinal(message));
    assertEquals(List.of("ACCEPTED", "EXPIRED", "TAKEN"), stand.types(message));
    assertEquals(List.of(List.of(id(0))), taken(message));
    assertEquals(1, carrier.submitted.size());
  }
}
