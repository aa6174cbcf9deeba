package io.godwit.smppserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.pdu.PduResponse;
import com.cloudhopper.smpp.pdu.SubmitSm;
import com.cloudhopper.smpp.pdu.SubmitSmResp;
import com.cloudhopper.smpp.tlv.Tlv;
import com.cloudhopper.smpp.type.Address;
import io.godwit.smpp.BindType;
import io.godwit.smpp.Pdus;
import io.godwit.testing.Await;
import io.godwit.testing.Gate;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A customer who sends again what he got no answer to, where his terms have a {@code duplicateWindow}. */
class RepeatsTest {
  private static final int WINDOW = 600;

  private final SmppDoor door = new SmppDoor();
  private final Client client = door.client(BindType.TRX);

  @AfterEach
  void close() {
    door.close();
  }

  private static SubmitSm sms(String text, int reference) {
    SubmitSm sm = Client.sms(text);
    sm.addOptionalParameter(new Tlv(SmppConstants.TAG_USER_MESSAGE_REFERENCE, new byte[] {(byte) (reference >> 8), (byte) reference}));
    return sm;
  }

  @Test
  void aRepetitionGetsTheFirstAnswerOnAnyNodeAndIsNotAccepted() {
    door.terms("duplicateWindow", WINDOW);
    String first = client.submit(sms("Hello", 7));
    assertEquals(first, client.submit(sms("Hello", 7)));
    try (SmppDoor other = door.another()) {
      assertEquals(first, other.client("demo2", BindType.TX).submit(sms("Hello", 7)));
    }
    assertEquals(1, door.parcels().size());
  }

  @Test
  void anotherTextOrRecipientOrAccountUnderTheSameReferenceIsNoRepetition() {
    door.terms("duplicateWindow", WINDOW);
    SubmitSm elsewhere = sms("Hello", 7);
    elsewhere.setDestAddress(new Address((byte) 1, (byte) 1, "4915112345679"));
    Set<String> ids = Set.of(client.submit(sms("Hello", 7)), client.submit(sms("Hello!", 7)), client.submit(elsewhere), client.submit(sms("Hello", 8)),
      door.client("other", BindType.TX).submit(sms("Hello", 7)));
    assertEquals(5, ids.size());
  }

  @Test
  void afterTheWindowItIsANewMessageAndItsRepetitionsAreKnownFromThenOn() {
    door.terms("duplicateWindow", WINDOW);
    String first = client.submit(sms("Hello", 7));
    door.node.clock.addAndGet(WINDOW * 1_000L);
    String second = client.submit(sms("Hello", 7));
    assertNotEquals(first, second);
    assertEquals(second, client.submit(sms("Hello", 7)));
    assertEquals(1, door.find("idempotency").size());
  }

  @Test
  void manyAtOnceAreOneMessage() {
    door.terms("duplicateWindow", WINDOW);
    for (int round = 0; round < 2; round++) {
      List<Future<PduResponse>> asked = IntStream.range(0, 30).mapToObj(i -> client.asking(sms("Hello", 7))).toList();
      List<SubmitSmResp> answers = asked.stream().map(answer -> (SubmitSmResp) Await.await(answer)).toList();
      assertEquals(1, answers.stream().filter(answer -> answer.getCommandStatus() == 0).map(SubmitSmResp::getMessageId).collect(Collectors.toSet()).size());
      assertEquals(Set.of(0), answers.stream().map(SubmitSmResp::getCommandStatus).collect(Collectors.toSet()));
      door.node.clock.addAndGet(WINDOW * 1_000L);
    }
    assertEquals(2, door.parcels().stream().mapToInt(parcel -> parcel.getList("m", org.bson.Document.class).size()).sum());
  }

  @Test
  void anotherPartOrAnotherTimeUnderTheSameReferenceIsNoRepetition() {
    door.terms("duplicateWindow", WINDOW);
    String first = client.submit(part(1));
    Set<String> ids = Set.of(first, client.submit(part(2)), client.submit(sms("Hello", 7)), client.submit(later("000000010000000R")), client.submit(later("000000020000000R")));
    assertEquals(5, ids.size());
    assertEquals(first, client.submit(part(1)));
  }

  private static SubmitSm part(int number) {
    SubmitSm sm = sms("Hello", 7);
    Pdus.setSar(sm, 99, 2, number);
    return sm;
  }

  @Test
  void anotherParameterThatIsPassedOnMakesItNoRepetition() {
    door.node.put("account", "demo", new JsonObject("{\"links\": {\"sim\": {\"passTlvs\": [\"0x1400\"]}}}"));
    door.terms("duplicateWindow", WINDOW);
    String first = client.submit(with(0x1400, 1));
    assertEquals(3, Set.of(first, client.submit(with(0x1400, 2)), client.submit(sms("Hello", 7))).size());
    assertEquals(first, client.submit(with(0x1400, 1)));
    assertEquals(client.submit(sms("Hello", 7)), client.submit(with(0x1401, 1)), "what is not passed on makes no difference");
  }

  private static SubmitSm with(int tag, int value) {
    SubmitSm sm = sms("Hello", 7);
    sm.addOptionalParameter(new Tlv((short) tag, new byte[] {(byte) value}));
    return sm;
  }

  private static SubmitSm later(String time) {
    SubmitSm sm = sms("Hello", 7);
    sm.setScheduleDeliveryTime(time);
    return sm;
  }

  @Test
  void whileTheStoreDoesNotSayWhatIsARepetitionTheCustomerIsToldToComeBack() {
    door.terms("duplicateWindow", WINDOW);
    try (Gate gate = new Gate(); SmppDoor cutOff = door.another(gate)) {
      Client customer = cutOff.client("demo2", BindType.TX);
      Gate.Stop asked = gate.before("find", "idempotency");
      Future<PduResponse> answer = customer.asking(sms("Hello", 7));
      asked.reached();
      gate.cut();
      assertEquals(SmppConstants.STATUS_X_T_APPN, Await.await(answer).getCommandStatus());
      Await.until("the set is not trusted", () -> !cutOff.node.sets.control().isTrusted());
      assertEquals(SmppConstants.STATUS_X_T_APPN, customer.status(sms("Hello", 7)));
      gate.heal();
      Await.until("it is accepted", () -> customer.status(sms("Hello", 7)) == SmppConstants.STATUS_OK);
      assertEquals(1, door.find("idempotency").size());
    }
  }

  @Test
  void withoutAWindowOrAReferenceEachIsAMessage() {
    assertNotEquals(client.submit(sms("Hello", 7)), client.submit(sms("Hello", 7)));
    door.terms("duplicateWindow", WINDOW);
    assertNotEquals(client.submit(Client.sms("Hello")), client.submit(Client.sms("Hello")));
  }
}
