package io.godwit.message;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What of a text goes to the carrier, for each way in which carriers want it. */
class TextFormTest {
  private static final int REF = 0xABCD;
  private static final String EMOJI = "😀";

  private static Message message(String text) {
    return message(text, EncodingChoice.AUTO, Origin.NONE);
  }

  /** As intake counts it. */
  private static Message message(String text, EncodingChoice choice, Origin origin) {
    Text.Analysis analysis = (Text.Analysis) Text.analyse(text, choice, false);
    return Message.accepted("06H0DCMSD80000000400000000", Lane.BULK, "demo", "Godwit", "+491701234567", text, analysis.encoding(), analysis.segments(), "DE", Long.MAX_VALUE, origin);
  }

  private static TextForm form(Alphabet alphabet, Concat concat) {
    return new TextForm(alphabet, false, concat);
  }

  private static byte[] hex(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  @Test
  void septetsArePackedAsOnTheAir() {
    TextForm packed = form(Alphabet.GSM7_PACKED, Concat.UDH8);
    assertArrayEquals(hex("e8329bfd4697d9ec37"), packed.write(message("hellohello"), REF).requests().get(0));
    assertArrayEquals(hex("31d98c56b3dd1a"), packed.write(message("1234567"), REF).requests().get(0), "seven bits left over are a carriage return");
    assertArrayEquals(hex("31d98c56b3dd70"), packed.write(message("12345678"), REF).requests().get(0));
    assertEquals("1234567", Alphabet.GSM7_PACKED.decode(hex("31d98c56b3dd1a"), 0));
  }

  @Test
  void packedSegmentsFillTheirHundredAndFortyOctets() {
    TextForm.Written written = form(Alphabet.GSM7_PACKED, Concat.UDH8).write(message("a".repeat(306)), REF);
    assertEquals(List.of(140, 140), written.requests().stream().map(octets -> octets.length).toList());
    assertArrayEquals(hex("050003cd0201"), Arrays.copyOf(written.requests().get(0), 6));
    assertEquals((byte) ('a' << 1), written.requests().get(0)[6], "one bit brings the septets to a multiple of seven after the header");
  }

  @ParameterizedTest
  @EnumSource(Alphabet.class)
  void aTextThatAnAlphabetHasIsReadByItAgainInEveryConcatenation(Alphabet alphabet) {
    String text = (alphabet == Alphabet.LATIN1 ? "é[ü]" : alphabet == Alphabet.ASCII ? "a[b]" : "€[ü]Δ").repeat(100);
    Message m = message(text);
    for (Concat concat : List.of(Concat.UDH8, Concat.SAR, Concat.PAYLOAD)) {
      TextForm.Written written = form(alphabet, concat).write(m, REF);
      assertEquals(0, written.dataCoding());
      assertEquals(concat == Concat.UDH8, written.hasHeader());
      assertEquals(concat == Concat.SAR, written.isSar());
      assertEquals(m.segments(), written.requests().size() * written.segmentsEach());
      int header = concat == Concat.UDH8 ? 6 : 0;
      StringBuilder read = new StringBuilder();
      for (byte[] request : written.requests()) read.append(alphabet.decode(Arrays.copyOfRange(request, header, request.length), header));
      assertEquals(text, read.toString());
    }
  }

  @Test
  void noSegmentEndsInsideAnEscapeOrASurrogatePair() {
    for (Alphabet alphabet : List.of(Alphabet.GSM7, Alphabet.GSM7_PACKED)) {
      TextForm.Written written = form(alphabet, Concat.UDH8).write(message("a".repeat(152) + "€".repeat(60)), REF);
      for (byte[] request : written.requests()) {
        String piece = alphabet.decode(Arrays.copyOfRange(request, 6, request.length), 6);
        assertTrue(piece.matches("a*€*"), piece);
      }
    }
    for (byte[] request : form(Alphabet.GSM7, Concat.UDH8).write(message("я".repeat(66) + EMOJI.repeat(40)), REF).requests()) {
      String piece = new String(request, 6, request.length - 6, StandardCharsets.UTF_16BE);
      assertTrue(piece.matches("я*(" + EMOJI + ")*"), piece);
    }
  }

  @Test
  void whatTheDefaultAlphabetLacksGoesAsUcs2WhereThatNeedsNoMoreSegments() {
    TextForm ascii = form(Alphabet.ASCII, Concat.UDH8);
    assertEquals(0, ascii.write(message("plain"), REF).dataCoding());
    TextForm.Written written = ascii.write(message("café"), REF);
    assertEquals(8, written.dataCoding());
    assertArrayEquals("café".getBytes(StandardCharsets.UTF_16BE), written.requests().get(0));
    Message tooLong = message("é".repeat(71));
    assertEquals(1, tooLong.segments());
    assertFalse(ascii.carries(tooLong));
    assertNull(ascii.write(tooLong, REF));
    assertFalse(form(Alphabet.LATIN1, Concat.UDH8).carries(message("Δ".repeat(71))));
    assertTrue(form(Alphabet.LATIN1, Concat.UDH8).carries(message("é".repeat(160))));
  }

  @Test
  void latin1GoesAsDataCoding3WhereTheLinkWantsItAndTheCustomerDidNotForceUcs2() {
    TextForm form = new TextForm(Alphabet.GSM7, true, Concat.UDH8);
    TextForm.Written written = form.write(message("São Paulo"), REF);
    assertEquals(3, written.dataCoding());
    assertArrayEquals("São Paulo".getBytes(StandardCharsets.ISO_8859_1), written.requests().get(0));
    assertEquals(8, TextForm.DEFAULT.write(message("São Paulo"), REF).dataCoding());
    assertEquals(8, form.write(message("Sao Paulo", EncodingChoice.UCS2, Origin.NONE), REF).dataCoding());
    assertEquals(0, form.write(message("Sao Paulo"), REF).dataCoding());
    assertEquals(8, form.write(message("São Paulo " + EMOJI), REF).dataCoding());
  }

  @Test
  void aTextThatNeedsMoreSegmentsWithALongerHeaderThanWerePricedIsNotCarried() {
    TextForm udh16 = form(Alphabet.GSM7, Concat.UDH16);
    assertTrue(udh16.carries(message("a".repeat(304))));
    assertArrayEquals(hex("060804abcd0202"), Arrays.copyOf(udh16.write(message("a".repeat(304)), REF).requests().get(1), 7));
    assertFalse(udh16.carries(message("a".repeat(305))));
    assertNull(udh16.write(message("a".repeat(305)), REF));
    assertFalse(udh16.carries(message("я".repeat(134))));
    assertTrue(udh16.carries(message("я".repeat(132))));
    assertTrue(udh16.carries(message("a".repeat(160))), "alone it has no header");
  }

  @Test
  void octetsGoAsDataCoding4InEveryFormAndLongOnesInSegments() {
    String octets = "00ff".repeat(100);
    for (Alphabet alphabet : Alphabet.values()) {
      TextForm form = new TextForm(alphabet, true, Concat.UDH8);
      Message m = message(octets, EncodingChoice.BINARY, Origin.NONE);
      TextForm.Written written = form.write(m, REF);
      assertTrue(form.carries(m));
      assertEquals(List.of(4, 2, 2), List.of(written.dataCoding(), written.requests().size(), m.segments()));
      assertArrayEquals(hex("050003cd0201" + octets.substring(0, 268)), written.requests().get(0));
      assertArrayEquals(hex("050003cd0202" + octets.substring(268)), written.requests().get(1));
    }
    assertArrayEquals(hex(octets), form(Alphabet.GSM7, Concat.PAYLOAD).write(message(octets, EncodingChoice.BINARY, Origin.NONE), REF).requests().get(0));
    assertArrayEquals(hex("ff"), TextForm.DEFAULT.write(message("ff", EncodingChoice.BINARY, Origin.NONE), REF).requests().get(0));
  }

  @Test
  void aFlashIsOfMessageClassZeroInGsm7AndUcs2() {
    Origin flash = Origin.NONE.withFlash(true);
    TextForm latin1 = new TextForm(Alphabet.LATIN1, true, Concat.UDH8);
    assertEquals(0x10, TextForm.DEFAULT.write(message("Hello", EncodingChoice.AUTO, flash), REF).dataCoding());
    assertEquals(0x18, TextForm.DEFAULT.write(message("Привет", EncodingChoice.AUTO, flash), REF).dataCoding());
    assertEquals(0x18, latin1.write(message("São", EncodingChoice.AUTO, flash), REF).dataCoding());
    assertArrayEquals(new byte[] {0x02}, latin1.write(message("$", EncodingChoice.AUTO, flash), REF).requests().get(0));
    assertEquals(0x10, latin1.write(message("$", EncodingChoice.AUTO, flash), REF).dataCoding());
  }

  @Test
  void aSegmentThatTheCustomerCutTravelsWithHisHeaderInEveryForm() {
    SmppOrigin smpp = new SmppOrigin(1, new SmppOrigin.Party(1, 1, "1"), new SmppOrigin.Party(1, 1, "2"), "050003070201", false);
    Message m = message("part [1]", EncodingChoice.AUTO, Origin.NONE.withSmpp(smpp));
    for (Alphabet alphabet : Alphabet.values()) {
      for (Concat concat : Concat.values()) {
        TextForm.Written written = form(alphabet, concat).write(m, REF);
        byte[] only = written.requests().get(0);
        assertEquals(1, written.requests().size());
        assertTrue(written.hasHeader() && !written.isSar());
        assertArrayEquals(hex("050003070201"), Arrays.copyOf(only, 6));
        assertEquals("part [1]", alphabet.decode(Arrays.copyOfRange(only, 6, only.length), 6));
      }
    }
  }
}
