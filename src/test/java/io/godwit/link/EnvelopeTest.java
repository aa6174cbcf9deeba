package io.godwit.link;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.cloudhopper.smpp.pdu.SubmitSm;
import com.cloudhopper.smpp.type.Address;
import io.godwit.message.Message;
import io.godwit.message.Origin;
import io.godwit.message.SmppOrigin;
import io.godwit.message.Status;
import io.godwit.smpp.SmppTime;
import io.godwit.testing.Await;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetServerOptions;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is around a text in the submit_sm that a carrier gets. */
class EnvelopeTest {
  private static final short PE_ID = 0x1400;
  private static final short TEMPLATE_ID = 0x1401;

  private final LinkStand stand = new LinkStand();
  private final RecordingCarrier carrier = RecordingCarrier.listen(stand.test, new NetServerOptions());

  @AfterEach
  void close() {
    stand.close();
  }

  private void start(String settings) {
    stand.configure("sim", carrier.port(), new JsonObject(settings).put("receipts", false));
    stand.start();
  }

  private SubmitSm submitted(Message message) {
    carrier.submitted.clear();
    stand.send(List.of(message));
    assertEquals(Status.SENT, stand.untilFinal(message));
    return carrier.submitted.get(0);
  }

  private SubmitSm submitted(String from) {
    return submitted(stand.routed("sim", from, "+4917012345678", "Hello"));
  }

  private static String written(Address address) {
    return (address.getTon() & 0xFF) + "/" + (address.getNpi() & 0xFF) + " " + address.getAddress();
  }

  private static String ascii(SubmitSm pdu, short tag) {
    return new String(pdu.getOptionalParameter(tag).getValue(), StandardCharsets.US_ASCII);
  }

  @Test
  void sendersAreTypedByTheirKindWithoutAnyConfiguration() {
    start("{}");
    assertEquals("5/0 Godwit", written(submitted("Godwit").getSourceAddress()));
    assertEquals("1/1 4915112345678", written(submitted("+4915112345678").getSourceAddress()));
    assertEquals("3/0 72404", written(submitted("72404").getSourceAddress()));
    SubmitSm pdu = submitted("Godwit");
    assertEquals("1/1 4917012345678", written(pdu.getDestAddress()));
    assertEquals("", pdu.getServiceType());
    assertEquals(0, pdu.getRegisteredDelivery());
    assertEquals(0, pdu.getOptionalParameterCount());
  }

  @Test
  void theCarrierIsToldWhatIsLeftOfTheValidityUnlessTheLinkSaysOtherwise() {
    start("{}");
    Message message = stand.routed("sim", "Hello");
    long before = stand.queue.now();
    long left = SmppTime.parse(submitted(message).getValidityPeriod(), before) - message.validUntil();
    assertTrue(left <= 0 && left > -30_000, () -> "off by " + left + " ms");
    stand.configure("sim", carrier.port(), new JsonObject().put("receipts", false).put("validity", false));
    Await.until("the carrier is not told any more", () -> "".equals(submitted(stand.routed("sim", "Hello")).getValidityPeriod()));
  }

  @Test
  void eachKindOfSenderHasTheTypeAndPlanThatTheLinkSays() {
    start("""
      {"addresses": {"international": "2/1", "recipient": "1/8", "alphanumeric": "5/1", "shortCode": "6/9", "shortCodeDigits": 4, "plus": true},
       "serviceType": "VMA", "registeredDelivery": 17}""");
    assertEquals("5/1 Godwit", written(submitted("Godwit").getSourceAddress()));
    assertEquals("6/9 7240", written(submitted("7240").getSourceAddress()));
    SubmitSm pdu = submitted("72404");
    assertEquals("2/1 +72404", written(pdu.getSourceAddress()), "of five digits where short codes have four");
    assertEquals("1/8 +4917012345678", written(pdu.getDestAddress()));
    assertEquals("VMA", pdu.getServiceType());
    assertEquals(17, pdu.getRegisteredDelivery());
  }

  @Test
  void vendorTlvsComeFromTheLinkFromTheResellerAndFromTheCustomerTheNearestLast() {
    stand.test.put("account", "operator", new JsonObject());
    stand.test.put("account", "reseller", new JsonObject("""
      {"parent": "operator", "links": {"sim": {"tlvs": {"0x1400": "1101000000000000001", "0x1401": "reseller"}}, "other": {"tlvs": {"0x1402": "x"}}}}"""));
    stand.test.put("account", "demo", new JsonObject("""
      {"parent": "reseller", "links": {"sim": {"tlvs": {"0x1401": "1107000000000000002"}}}}"""));
    start("{\"tlvs\": {\"0x1400\": \"link\", \"0x2000\": \"hex:00ff\"}}");
    SubmitSm pdu = submitted("Godwit");
    assertEquals("1101000000000000001", ascii(pdu, PE_ID));
    assertEquals("1107000000000000002", ascii(pdu, TEMPLATE_ID));
    assertArrayEquals(new byte[] {0, (byte) 0xFF}, pdu.getOptionalParameter((short) 0x2000).getValue());
    assertFalse(pdu.hasOptionalParameter((short) 0x1402));
    assertEquals(3, pdu.getOptionalParameterCount());
  }

  private Message with(SmppOrigin.Parameter... tlvs) {
    SmppOrigin.Party party = new SmppOrigin.Party(1, 1, "1");
    return stand.routed("sim", "Hello").withOrigin(Origin.NONE.withSmpp(new SmppOrigin(0, party, party, null, false, List.of(tlvs))));
  }

  @Test
  void whatTheCustomerPutIntoHisSubmitGoesOnWhereItIsNamedForTheLinkAndComesLast() {
    stand.test.put("account", "operator", new JsonObject());
    stand.test.put("account", "demo", new JsonObject("""
      {"parent": "operator", "links": {"sim": {"tlvs": {"0x1401": "registered", "0x1402": "too"}, "passTlvs": ["0x1401", "0x1403"]}, "other": {"passTlvs": ["0x1404"]}}}"""));
    start("{\"tlvs\": {\"0x1403\": \"link\"}}");
    SubmitSm pdu = submitted(with(new SmppOrigin.Parameter(0x1401, "68697321"), new SmppOrigin.Parameter(0x1403, "00ff"), new SmppOrigin.Parameter(0x1404, "31"),
      new SmppOrigin.Parameter(0x1402, "32")));
    assertEquals("his!", ascii(pdu, TEMPLATE_ID));
    assertEquals("too", ascii(pdu, (short) 0x1402));
    assertArrayEquals(new byte[] {0, (byte) 0xFF}, pdu.getOptionalParameter((short) 0x1403).getValue());
    assertEquals(3, pdu.getOptionalParameterCount());
    assertEquals("link", ascii(submitted("Godwit"), (short) 0x1403), "what another message brought is gone");
  }

  @Test
  void everySegmentOfALongMessageHasTheTlvs() {
    start("{\"concat\": \"sar\", \"tlvs\": {\"0x1400\": \"1101\"}}");
    submitted(stand.routed("sim", "x".repeat(400)));
    assertEquals(List.of("1101", "1101", "1101"), carrier.submitted.stream().map(pdu -> ascii(pdu, PE_ID)).toList());
  }
}
