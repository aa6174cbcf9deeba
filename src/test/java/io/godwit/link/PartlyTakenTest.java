package io.godwit.link;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.cloudhopper.smpp.SmppConstants;
import io.godwit.message.Event;
import io.godwit.message.Event.Money;
import io.godwit.message.Leg;
import io.godwit.message.Message;
import io.godwit.message.Status;
import io.godwit.testing.Await;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetServerOptions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Long messages of which a carrier takes one segment and not the other: what is told of them, and who pays. */
class PartlyTakenTest {
  private static final List<Leg> LEGS = List.of(new Leg("demo", "operator", 140, "EUR"));
  private final LinkStand stand = new LinkStand();
  private final RecordingCarrier carrier = RecordingCarrier.listen(stand.test, new NetServerOptions());

  @AfterEach
  void close() {
    stand.close();
  }

  private Message send(String settings) {
    return send(settings, new JsonObject(), "x".repeat(200));
  }

  private Message send(String settings, JsonObject terms, String text) {
    carrier.id = pdu -> "id-" + pdu.getSequenceNumber();
    stand.test.put("account", "operator", new JsonObject());
    stand.test.put("account", "demo", terms.put("parent", "operator"));
    stand.configure("sim", carrier.port(), new JsonObject(settings));
    stand.start();
    Message message = stand.routed("sim", text).withRoute("sim", LEGS);
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

  /** What becomes of the legs of one that is refused from its second segment on. */
  private Money failed(String settings, JsonObject terms) {
    carrier.status = pdu -> carrier.submitted.size() == 1 ? SmppConstants.STATUS_OK : SmppConstants.STATUS_INVDSTADR;
    Message message = send(settings, terms, "x".repeat(200));
    assertEquals(Status.TELCO_ERROR, stand.untilFinal(message));
    assertEquals("FAILED", stand.types(message).get(1));
    return stand.events(message).get(1).money();
  }

  @Test
  void whoPaysForWhatIsSentPaysForOneThatWasTakenInPart() {
    assertEquals(Money.billed(LEGS), failed("{}", new JsonObject()));
  }

  @Test
  void whoGetsBackWhatFailedGetsBackOneThatWasTakenInPart() {
    assertEquals(Money.released(LEGS), failed("{}", new JsonObject().put("refundOnFailure", true)));
  }

  @Test
  void whoPaysForWhatIsDeliveredDoesNotPayForOneThatWasTakenInPart() {
    assertEquals(Money.released(LEGS), failed("{}", new JsonObject().put("billOn", "DELIVERED")));
  }

  /** As for one that was sent. */
  @Test
  void overALinkWithoutReceiptsEverybodyPaysForOneThatWasTakenInPart() {
    assertEquals(Money.billed(LEGS), failed("{\"receipts\": false}", new JsonObject().put("billOn", "DELIVERED")));
  }

  @Test
  void oneOfWhichNothingWasTakenCostsNothing() {
    carrier.status = pdu -> SmppConstants.STATUS_INVDSTADR;
    Message message = send("{}");
    assertEquals(Status.TELCO_ERROR, stand.untilFinal(message));
    assertEquals(Money.released(LEGS), stand.events(message).get(1).money());
  }

  @Test
  void whatWasTakenOfOneThatItsLinkCannotWriteAnyMoreIsToldAndPaidFor() {
    carrier.status = pdu -> carrier.submitted.size() == 1 ? SmppConstants.STATUS_OK : SmppConstants.STATUS_SYSERR;
    Message message = send("{\"retryPause\": 3600000, \"failoverTries\": 0}", new JsonObject(), "é".repeat(200));
    Await.until("its second segment waits for another try", () -> stand.types(message).contains("RETRIED"));
    stand.configure("sim", carrier.port(), new JsonObject().put("alphabet", "ascii"));
    Await.until("the link writes texts otherwise", () -> {
      Message other = stand.routed("sim", "é".repeat(80));
      stand.send(List.of(other));
      Await.until("it was tried", () -> stand.types(other).size() > 1);
      return stand.types(other).get(1).equals("FAILED");
    });
    stand.test.clock.addAndGet(300_000);
    assertEquals(Status.TELCO_ERROR, stand.untilFinal(message));
    assertEquals("segments-exceeded", stand.state(message).error().code());
    assertEquals(List.of(List.of(id(0))), taken(message));
    assertEquals(Money.billed(LEGS), stand.events(message).get(2).money());
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
    assertEquals(Money.billed(LEGS), stand.events(message).get(1).money());
    assertEquals(1, carrier.submitted.size());
  }
}
