package io.godwit.smpp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.cloudhopper.smpp.pdu.DeliverSm;
import com.cloudhopper.smpp.pdu.SubmitSm;
import com.cloudhopper.smpp.type.Address;
import io.godwit.smpp.Pdus.Alphabet;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PdusTest {
  @ParameterizedTest
  @CsvSource({
    "+447700900123, 1, 1, 447700900123", "447700900123, 1, 1, 447700900123", "Godwit, 5, 0, Godwit", "12345, 3, 0, 12345",
    "+12345, 1, 1, 12345", "4U2, 5, 0, 4U2", "'', 0, 0,"})
  void anAddressGetsItsTypeAndPlan(String text, int ton, int npi, String address) {
    Address made = AddressPlan.DEFAULT.address(text);
    assertEquals(ton, made.getTon());
    assertEquals(npi, made.getNpi());
    assertEquals(address, made.getAddress());
  }

  @ParameterizedTest
  @CsvSource({"0, LATIN1", "1, ASCII", "3, LATIN1", "8, UCS2", "4, BINARY", "16, GSM", "24, UCS2", "20, BINARY", "240, GSM",
    "245, BINARY", "7, BINARY"})
  void dataCodingNamesAnAlphabet(int dataCoding, Alphabet alphabet) {
    assertEquals(alphabet, Pdus.alphabet((byte) dataCoding, Alphabet.LATIN1));
  }

  @Test
  void halfACharacterIsKeptForTheNextPart() {
    assertEquals("\uD83D", Pdus.Alphabet.UCS2.decode(new byte[] {(byte) 0xD8, 0x3D}));
  }

  @Test
  void textIsReadInItsAlphabet() {
    assertEquals("@£€{", text(new byte[] {0, 1, 0x1B, 0x65, 0x1B, 0x28}, 0));
    assertEquals("Zażółć 😀", text("Zażółć 😀".getBytes(StandardCharsets.UTF_16BE), 8));
    assertEquals("è", text(new byte[] {(byte) 0xE8}, 3));
  }

  private static String text(byte[] octets, int dataCoding) {
    return Pdus.text(deliver(false, (byte) dataCoding, octets), Alphabet.GSM);
  }

  @Test
  void aLongMessageGoesIntoTheTlv() {
    byte[] octets = new byte[1000];
    SubmitSm sm = Pdus.submit(new Address(), new Address(), octets, (byte) 4, false, true);
    assertEquals(0, sm.getShortMessageLength());
    assertArrayEquals(octets, Pdus.octets(sm));
    assertEquals(1, sm.getRegisteredDelivery());
  }

  @ParameterizedTest
  @CsvSource({"PT1H, 000000010000000R", "P2DT3H4M5S, 000002030405000R", "PT0S, 000000000001000R", "P365D, 000099000000000R"})
  void validityIsARelativeTime(Duration validity, String expected) {
    SubmitSm sm = Pdus.submit(new Address(), new Address(), new byte[0], (byte) 0, false, false);
    Pdus.setValidity(sm, validity);
    assertEquals(expected, sm.getValidityPeriod());
  }

  /** FIELD trap 9. */
  @Test
  void partsAreReadByEveryKindOfReference() {
    assertPart(7, 2, 1, Part.of(deliver(true, (byte) 0, new byte[] {5, 0, 3, 7, 2, 1, 'a'})));
    assertPart(0x1234, 3, 2, Part.of(deliver(true, (byte) 0, new byte[] {6, 8, 4, 0x12, 0x34, 3, 2, 'a'})));
    assertPart(200, 255, 254, Part.of(deliver(true, (byte) 0, new byte[] {5, 0, 3, (byte) 200, (byte) 255, (byte) 254, 'a'})));
    DeliverSm sar = deliver(false, (byte) 0, new byte[] {'a'});
    Pdus.setSar(sar, 0xABCD, 4, 3);
    assertPart(0xABCD, 4, 3, Part.of(sar));
  }

  @Test
  void aHeaderLongerThanSixOctetsIsRead() {
    byte[] withPorts = {11, 5, 4, 0x0B, (byte) 0x84, 0x23, (byte) 0xF0, 0, 3, 9, 2, 2, 'a'};
    assertPart(9, 2, 2, Part.of(deliver(true, (byte) 0, withPorts)));
  }

  @Test
  void aHeaderWithoutReferenceIsCutOff() {
    Part part = Part.of(deliver(true, (byte) 0, new byte[] {6, 5, 4, 0, 1, 0, 2, 'a'}));
    assertFalse(part.isConcatenated());
    assertEquals("a", new String(part.payload()));
  }

  @Test
  void aHeaderThatMakesNoSenseStaysInThePayload() {
    assertEquals(3, Part.of(deliver(true, (byte) 0, new byte[] {50, 0, 3})).payload().length);
    assertFalse(Part.of(deliver(true, (byte) 0, new byte[] {5, 0, 3, 7, 2, 3, 'a'})).isConcatenated());
    assertFalse(Part.of(deliver(true, (byte) 0, new byte[] {5, 0, 3, 7, 0, 0, 'a'})).isConcatenated());
  }

  @Test
  void noHeaderMakesItThrow() {
    Random random = new Random(9);
    for (int i = 0; i < 100_000; i++) {
      byte[] octets = new byte[random.nextInt(20)];
      random.nextBytes(octets);
      if (octets.length > 0 && random.nextBoolean()) {
        octets[0] = (byte) random.nextInt(20);
      }
      Part part = Part.of(deliver(random.nextBoolean(), (byte) 0, octets));
      assertTrue(part.seq() >= 1 && part.seq() <= part.total());
      Pdus.text(deliver(true, (byte) random.nextInt(256), octets), Alphabet.GSM);
    }
  }

  private static void assertPart(int ref, int total, int seq, Part part) {
    assertEquals(ref, part.ref());
    assertEquals(total, part.total());
    assertEquals(seq, part.seq());
    assertArrayEquals(new byte[] {'a'}, part.payload());
  }

  private static DeliverSm deliver(boolean udhi, byte dataCoding, byte[] octets) {
    return Pdus.deliver(new Address(), new Address(), octets, dataCoding, udhi);
  }
}
