package io.godwit.smpp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.cloudhopper.smpp.pdu.DeliverSm;
import com.cloudhopper.smpp.tlv.Tlv;
import com.cloudhopper.smpp.type.Address;
import io.godwit.smpp.Receipt.State;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** FIELD traps 13 and 14: receipts as carriers really send them. */
class ReceiptTest {
  static final String STANDARD =
    "id:0123456789 sub:001 dlvrd:001 submit date:2501021530 done date:2501021531 stat:DELIVRD err:000 text:Hello there, id:9 stat:X";

  @Test
  void theStandardTextIsReadFieldByField() {
    Receipt r = Receipt.parse(receipt(STANDARD));
    assertEquals("0123456789", r.id());
    assertEquals(State.DELIVERED, r.state());
    assertEquals("DELIVRD", r.stat());
    assertEquals("000", r.err());
    assertEquals(1, r.submitted());
    assertEquals(1, r.delivered());
    assertEquals(Instant.parse("2025-01-02T15:30:00Z").toEpochMilli(), r.submitMillis());
    assertEquals(Instant.parse("2025-01-02T15:31:00Z").toEpochMilli(), r.doneMillis());
    assertEquals("Hello there, id:9 stat:X", r.text());
  }

  @Test
  void tlvsWinOverTheText() {
    DeliverSm sm = receipt("id:1 stat:UNDELIV err:007 text:");
    sm.addOptionalParameter(new Tlv((short) 0x001E, "812FC7470000001B\0".getBytes(StandardCharsets.ISO_8859_1)));
    sm.addOptionalParameter(new Tlv((short) 0x0427, new byte[] {2}));
    sm.addOptionalParameter(new Tlv((short) 0x0423, new byte[] {3, 1, 2}));
    Receipt r = Receipt.parse(sm);
    assertEquals("812FC7470000001B", r.id());
    assertEquals(State.DELIVERED, r.state());
    assertEquals("007", r.err());
  }

  @Test
  void tlvsAloneAreEnough() {
    DeliverSm sm = receipt("");
    sm.addOptionalParameter(new Tlv((short) 0x001E, "77".getBytes(StandardCharsets.ISO_8859_1)));
    sm.addOptionalParameter(new Tlv((short) 0x0427, new byte[] {5}));
    sm.addOptionalParameter(new Tlv((short) 0x0423, new byte[] {3, 1, 2}));
    Receipt r = Receipt.parse(sm);
    assertEquals("77", r.id());
    assertEquals(State.UNDELIVERABLE, r.state());
    assertEquals("258", r.err());
    assertEquals("5", r.stat());
    assertNull(r.text());
    assertEquals(-1, r.doneMillis());
  }

  @ParameterizedTest
  @CsvSource({
    "id:7 stat:DELIVRD, DELIVERED, 7",
    "ID:7 SUB:1 STAT:Delivrd ERR:0 TEXT:x, DELIVERED, 7",
    "stat:FAILED id:7 err:a-long-error-code, UNDELIVERABLE, 7",
    "id:7 done date: stat:EXPIRED err:, EXPIRED, 7",
    "id:7 stat:WONDERFUL, UNRECOGNISED, 7",
    "id:7 sub:one dlvrd:none stat:REJECTD, REJECTED, 7",
    "message_id:7 status:ACCEPTED, ACCEPTED, 7",
    "id:7 stat:5, UNDELIVERABLE, 7",
    "id: 7  stat: UNKNOWN , UNKNOWN, 7",
    "id:6ba7b810-9dad-11d1-80b4-00c04fd430c8 stat:DELIVRD, DELIVERED, 6ba7b810-9dad-11d1-80b4-00c04fd430c8"})
  void variantsOfTheTextAreRead(String text, State state, String id) {
    Receipt r = Receipt.parse(receipt(text));
    assertEquals(state, r.state());
    assertEquals(id, r.id());
  }

  @Test
  void anUnknownStatWordIsKept() {
    assertEquals("WONDERFUL", Receipt.parse(receipt("id:7 stat:WONDERFUL")).stat());
  }

  @Test
  void fieldsInTheMessagesTextAreNotTheReceipts() {
    Receipt r = Receipt.parse(receipt("id:7 text:stat:DELIVRD sub:002"));
    assertEquals(State.UNRECOGNISED, r.state());
    assertEquals(-1, r.submitted());
  }

  @ParameterizedTest
  @CsvSource({
    "2501021531, 2025-01-02T15:31:00Z",
    "250102153145, 2025-01-02T15:31:45Z",
    "202501021531, 2025-01-02T15:31:00Z",
    "20250102153145, 2025-01-02T15:31:45Z",
    "2025-01-02T15:31:45Z, 2025-01-02T15:31:45Z",
    "2025-01-02 15:31:45, 2025-01-02T15:31:45Z",
    "2025-01-02T15:31:45.123+02:00, 2025-01-02T13:31:45Z",
    "2501021531+0100, 2025-01-02T14:31:00Z",
    "2501021531 GMT, 2025-01-02T15:31:00Z",
    "250102153145008+, 2025-01-02T13:31:45Z"})
  void datesInEveryFormAreRead(String date, Instant expected) {
    assertEquals(expected.toEpochMilli(), Receipt.parse(receipt("id:7 done date:" + date + " stat:DELIVRD")).doneMillis());
  }

  @ParameterizedTest
  @ValueSource(strings = {"0000000000", "2513021531", "yesterday", "", "99999999999999", "1735832000", "2501021531+9999"})
  void whatIsNoDateIsNone(String date) {
    Receipt r = Receipt.parse(receipt("id:7 done date:" + date + " stat:DELIVRD"));
    assertEquals(-1, r.doneMillis());
    assertEquals(State.DELIVERED, r.state());
  }

  @Test
  void datesWithoutAZoneAreTheCarriers() {
    Receipt r = Receipt.parse(receipt("id:7 done date:2501021531 stat:DELIVRD"), ZoneId.of("Europe/Warsaw"));
    assertEquals(Instant.parse("2025-01-02T14:31:00Z").toEpochMilli(), r.doneMillis());
  }

  @Test
  void aReceiptWithoutEsmClassIsStillAReceipt() {
    assertTrue(Receipt.isReceipt(message(STANDARD)));
    DeliverSm byTlv = message("");
    byTlv.addOptionalParameter(new Tlv((short) 0x001E, new byte[] {'1', 0}));
    assertTrue(Receipt.isReceipt(byTlv));
  }

  @Test
  void aPersonsMessageIsNoReceipt() {
    assertFalse(Receipt.isReceipt(message("YES")));
    assertFalse(Receipt.isReceipt(message("my id:7 is lost, stat:us please")));
    assertFalse(Receipt.isReceipt(message("id:1 stat:DELIVRD")));
    DeliverSm acknowledged = message("YES");
    acknowledged.setEsmClass((byte) 0x08);
    assertFalse(Receipt.isReceipt(acknowledged));
  }

  @Test
  void anIntermediateNotificationIsAReceiptThatIsNotFinal() {
    DeliverSm sm = message("id:7 stat:ENROUTE");
    sm.setEsmClass((byte) 0x20);
    assertTrue(Receipt.isReceipt(sm));
    assertFalse(Receipt.parse(sm).state().isFinal());
  }

  @Test
  void aReceiptInUcs2IsRead() {
    DeliverSm sm = Pdus.deliver(new Address(), new Address(), "id:7 stat:DELIVRD".getBytes(StandardCharsets.UTF_16BE), (byte) 8, false);
    assertEquals("7", Receipt.parse(sm).id());
  }

  @Test
  void noInputMakesItThrow() {
    Random random = new Random(20250102);
    for (int i = 0; i < 100_000; i++) {
      byte[] bytes = STANDARD.getBytes(StandardCharsets.ISO_8859_1);
      for (int k = random.nextInt(12); k > 0; k--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      DeliverSm sm = receipt(new String(bytes, 0, random.nextInt(bytes.length + 1), StandardCharsets.ISO_8859_1));
      sm.setEsmClass((byte) random.nextInt(256));
      sm.setDataCoding((byte) random.nextInt(16));
      if (random.nextInt(4) == 0) {
        byte[] value = new byte[random.nextInt(5)];
        random.nextBytes(value);
        sm.addOptionalParameter(new Tlv(new short[] {0x1E, 0x427, 0x423, 0x20C}[random.nextInt(4)], value));
      }
      Receipt.isReceipt(sm);
      assertNotNull(Receipt.parse(sm).state());
    }
  }

  static DeliverSm receipt(String text) {
    DeliverSm sm = message(text);
    sm.setEsmClass((byte) 0x04);
    return sm;
  }

  static DeliverSm message(String text) {
    return Pdus.deliver(new Address(), new Address(), text.getBytes(StandardCharsets.ISO_8859_1), (byte) 0, false);
  }
}
