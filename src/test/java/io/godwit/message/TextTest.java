package io.godwit.message;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.cloudhopper.commons.charset.CharsetUtil;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextTest {
  private static final String GSM_CHARACTERS = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
      + "¡ABCXYZÄÖÑÜ§¿abcxyzäöñüà^{}\\[~]|€\f";
  private static final String EMOJI = "😀";

  // encoding choice

  @Test
  void everyCharacterOfTheGsmAlphabetTravelsAsGsm() {
    assertEquals(Encoding.GSM7, auto(GSM_CHARACTERS).encoding());
  }

  @ParameterizedTest
  @ValueSource(strings = {"`", "ç", "°", "’", "я", "\u001B", "\t", "😀"})
  void aCharacterOutsideTheGsmAlphabetMakesTheTextUcs2(String character) {
    Text.Analysis analysis = auto("abc" + character);
    assertEquals(Encoding.UCS2, analysis.encoding());
    assertEquals(3 + character.length(), analysis.units());
  }

  @Test
  void ucs2CanBeForced() {
    assertEquals(Encoding.UCS2, accepted("plain", EncodingChoice.UCS2, true).encoding());
  }

  @Test
  void forcedGsmNamesTheFirstCharacterThatItLacks() {
    assertEquals(new Text.Unrepresentable(4, "ç"), Text.analyse("gar€ç😀", EncodingChoice.GSM7, false));
    assertEquals(new Text.Unrepresentable(0, EMOJI), Text.analyse(EMOJI, EncodingChoice.GSM7, false));
  }

  @Test
  void forcedGsmAfterTransliterationNamesThePositionInTheTextAsGiven() {
    assertEquals(new Text.Unrepresentable(4, EMOJI), Text.analyse("…“e\u0301" + EMOJI, EncodingChoice.GSM7, true));
  }

  @Test
  void anEmptyTextIsOneSegment() {
    assertEquals(new Text.Analysis("", Encoding.GSM7, 1, 0, 160), auto(""));
    assertEquals(1, Text.segments("", Encoding.GSM7, Concat.UDH8, 0).size());
  }

  @Test
  void encodingChoicesAreReadFromTheirWireNames() {
    assertEquals(EncodingChoice.AUTO, EncodingChoice.of(null).orElseThrow());
    for (EncodingChoice choice : EncodingChoice.values()) {
      assertEquals(choice, EncodingChoice.of(choice.name().toLowerCase()).orElseThrow());
    }
    assertTrue(EncodingChoice.of("utf8").isEmpty());
    assertEquals(List.of("gsm7", "latin1", "binary", "ucs2"), Arrays.stream(Encoding.values()).map(Encoding::wireName).toList());
  }

  // transliteration

  @ParameterizedTest
  @CsvSource(quoteCharacter = '#', value = {
      "“Don’t” – she said…, #\"Don't\" - she said...#", "garçon, garcon", "`, '", "Łódź, Lodz", "Đorđe, Dorde", "cœur, coeur",
      "ﬁne, fine", "ＡＢＣ, ABC", "e\u0301te\u0301, été", "Ǿ, Ø", "Tiếng Việt, Tieng Viet", "20\u00A0€, 20 €", "Ω, Ω", "™, TM"})
  void transliterationKeepsTextInTheGsmAlphabet(String text, String gsm) {
    Text.Analysis analysis = accepted(text, EncodingChoice.AUTO, true);
    assertEquals(Encoding.GSM7, analysis.encoding());
    assertEquals(gsm, analysis.text());
  }

  @ParameterizedTest
  @ValueSource(strings = {"≠", "10²", "1½", "20 °C", "“да”", "“😀”", "‘ł’ й"})
  void aTextThatStaysOutsideTheGsmAlphabetIsNotTouched(String text) {
    Text.Analysis analysis = accepted(text, EncodingChoice.AUTO, true);
    assertEquals(Encoding.UCS2, analysis.encoding());
    assertEquals(text, analysis.text());
  }

  @Test
  void transliterationSaysTheSameOfAnyCharacterAloneAndWithinText() {
    for (int c = 0; c < 0x3000; c++) {
      String text = "a" + Character.toString(c) + "b";
      boolean gsm = GsmAlphabet.firstMissing(Transliteration.toGsm(text)) < 0;
      assertEquals(gsm, Transliteration.firstMissing(text) < 0, () -> "differs: " + text);
    }
  }

  @Test
  void transliterationFindsEverythingMissingThatItLeaves() {
    String characters = "aeoA=и \u0301\u0302\u0323\u0327\u0338\u0335\uFE0F“…čłǾ≠йẞ\u1100\u1161Å`ﬁ" + EMOJI;
    for (long seed = 0; seed < 20_000; seed++) {
      var random = new Random(seed);
      String text = random.ints(1 + random.nextInt(6), 0, characters.length()).mapToObj(i -> characters.substring(i, i + 1))
          .collect(Collectors.joining());
      boolean gsm = GsmAlphabet.firstMissing(Transliteration.toGsm(text)) < 0;
      assertEquals(gsm, Transliteration.firstMissing(text) < 0, "seed " + seed + ": " + text);
    }
  }

  // how many segments

  @ParameterizedTest
  @CsvSource({"159,1,1", "160,1,0", "161,2,145", "306,2,0", "307,3,152", "459,3,0", "460,4,152"})
  void gsmSegmentsHold160Or153Septets(int septets, int segments, int left) {
    assertEquals(new Text.Analysis("a".repeat(septets), Encoding.GSM7, segments, septets, left), auto("a".repeat(septets)));
  }

  @ParameterizedTest
  @CsvSource({"70,1,0", "71,2,63", "134,2,0", "135,3,66", "201,3,0", "202,4,66"})
  void ucs2SegmentsHold70Or67CodeUnits(int units, int segments, int left) {
    assertEquals(new Text.Analysis("я".repeat(units), Encoding.UCS2, segments, units, left), auto("я".repeat(units)));
  }

  @Test
  void aSixteenBitReferenceLeavesLessRoom() {
    assertEquals(2, Text.measure("a".repeat(304), Encoding.GSM7, Concat.UDH16).segments());
    assertEquals(3, Text.measure("a".repeat(305), Encoding.GSM7, Concat.UDH16).segments());
    assertEquals(2, Text.measure("я".repeat(132), Encoding.UCS2, Concat.UDH16).segments());
    assertEquals(3, Text.measure("я".repeat(133), Encoding.UCS2, Concat.UDH16).segments());
    assertEquals(2, Text.measure("a".repeat(306), Encoding.GSM7, Concat.SAR).segments());
    assertEquals(2, Text.measure("é".repeat(268), Encoding.LATIN1, Concat.UDH8).segments());
    assertEquals(3, Text.measure("é".repeat(267), Encoding.LATIN1, Concat.UDH16).segments());
  }

  @Test
  void anEuroCountsTwoSeptets() {
    assertEquals(new Text.Analysis("a".repeat(158) + "€", Encoding.GSM7, 1, 160, 0), auto("a".repeat(158) + "€"));
    assertEquals(2, auto("a".repeat(159) + "€").segments());
  }

  @Test
  void anEscapePairIsNeverSplitAcrossSegments() {
    String text = "a".repeat(152) + "€" + "b".repeat(151);
    assertEquals(new Text.Analysis(text, Encoding.GSM7, 2, 305, 0), auto(text));
    assertEquals(new Text.Analysis(text + "b", Encoding.GSM7, 3, 306, 152), auto(text + "b"));
    List<byte[]> segments = Text.segments(text, Encoding.GSM7, Concat.UDH8, 1);
    assertEquals(6 + 152, segments.get(0).length);
    assertEquals(GsmAlphabet.ESCAPE, segments.get(1)[6]);
  }

  @Test
  void aSurrogatePairIsNeverSplitAcrossSegments() {
    String text = "я".repeat(66) + EMOJI + "я".repeat(65);
    assertEquals(new Text.Analysis(text, Encoding.UCS2, 2, 133, 0), auto(text));
    assertEquals(new Text.Analysis(text + "я", Encoding.UCS2, 3, 134, 66), auto(text + "я"));
    assertEquals(6 + 132, Text.segments(text, Encoding.UCS2, Concat.UDH8, 1).get(0).length);
  }

  @Test
  void emojiAloneFill66CodeUnitsOfASegment() {
    assertEquals(1, auto(EMOJI.repeat(35)).segments());
    assertEquals(2, auto(EMOJI.repeat(36)).segments());
    assertEquals(2, auto(EMOJI.repeat(66)).segments());
    assertEquals(3, auto(EMOJI.repeat(67)).segments());
  }

  // octets

  @Test
  void aSingleSegmentHasNoHeader() {
    assertArrayEquals(octets(0x00, 0x02, 0x1B, 0x65, 0x41), Text.segments("@$€A", Encoding.GSM7, Concat.UDH8, 7).get(0));
    assertArrayEquals(octets(0xD8, 0x3D, 0xDE, 0x00), Text.segments(EMOJI, Encoding.UCS2, Concat.UDH16, 7).get(0));
    assertArrayEquals(octets(0xE9, '?'), Text.segments("é€", Encoding.LATIN1, Concat.UDH8, 7).get(0));
  }

  @Test
  void headersCarryReferenceTotalAndNumber() {
    String text = "a".repeat(400);
    assertArrayEquals(octets(5, 0, 3, 0xCD, 3, 2), Arrays.copyOf(Text.segments(text, Encoding.GSM7, Concat.UDH8, 0xABCD).get(1), 6));
    assertArrayEquals(octets(6, 8, 4, 0xAB, 0xCD, 3, 3), Arrays.copyOf(Text.segments(text, Encoding.GSM7, Concat.UDH16, 0xABCD).get(2), 7));
    assertArrayEquals("a".repeat(153).getBytes(), Text.segments(text, Encoding.GSM7, Concat.SAR, 0xABCD).get(0));
  }

  @Test
  void moreSegmentsThanAHeaderCanCountAreAMistakeOfTheCaller() {
    assertEquals(255, Text.segments("a".repeat(255 * 153), Encoding.GSM7, Concat.UDH8, 0).size());
    assertThrows(IllegalArgumentException.class, () -> Text.segments("a".repeat(255 * 153 + 1), Encoding.GSM7, Concat.UDH8, 0));
  }

  @Test
  void gsmOctetsAreThoseOfCloudhoppersCharset() {
    String text = GSM_CHARACTERS.replace("\f", "");   // it does not know the page break
    assertArrayEquals(CharsetUtil.encode(text, CharsetUtil.CHARSET_GSM), Text.encode(text, Encoding.GSM7));
  }

  // decoding

  @Test
  void dataCodingsWithMessageClassesAreUnderstood() {
    for (int gsm : new int[] {0x00, 0x10, 0xC8, 0xD0, 0xF0}) {
      assertEquals("@", Text.decode(octets(0), gsm));
    }
    for (int ucs2 : new int[] {0x08, 0x18, 0xE0}) {
      assertEquals("я", Text.decode(octets(0x04, 0x4F), ucs2));
    }
    for (int octet : new int[] {0x01, 0x03, 0x04, 0x14, 0xF5, -11}) {
      assertEquals("é", Text.decode(octets(0xE9), octet));
    }
  }

  @Test
  void damagedGsmIsReadAsFarAsItGoes() {
    assertEquals("a ", Text.decode(octets('a', 0x1B), 0));
    assertEquals("e: é", Text.decode(octets('e', ':', ' ', 0xE9), 0), "Latin-1 that was announced as GSM");
    assertEquals("A", Text.decode(octets(0x1B, 'A'), 0), "an empty place of the extension table");
    assertEquals(" é", Text.decode(octets(0x1B, 0xE9), 0));
    assertEquals(" €", Text.decode(octets(0x1B, 0x1B, 0x1B, 0x65), 0));
  }

  @Test
  void damagedUcs2IsReadAsFarAsItGoes() {
    assertEquals("я", Text.decode(octets(0x04, 0x4F, 0x04), 8));
    assertEquals("\uD83D", Text.decode(octets(0xD8, 0x3D), 8), "half a pair is kept, the rest may come in the next segment");
  }

  @Test
  void decodingNeverFails() {
    var random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      byte[] octets = new byte[random.nextInt(20)];
      random.nextBytes(octets);
      Text.decode(octets, random.nextInt(256));
    }
  }

  // properties

  @ParameterizedTest
  @EnumSource(Concat.class)
  void segmentsDecodeToTheTextAndAgreeWithTheAnalysis(Concat concat) {
    for (long seed = 0; seed < 3_000; seed++) {
      Text.Analysis analysis = assertInstanceOf(Text.Analysis.class,
          Text.analyse(randomText(new Random(seed)), EncodingChoice.AUTO, false, concat), "seed " + seed);
      check(analysis, concat, "seed " + seed);
    }
  }

  private static void check(Text.Analysis analysis, Concat concat, String seed) {
    Encoding encoding = analysis.encoding();
    List<byte[]> segments = Text.segments(analysis.text(), encoding, concat, 0x1234);
    assertEquals(analysis.segments(), segments.size(), seed);
    int header = segments.size() == 1 ? 0 : concat.payloadOctets();
    int room = segments.size() == 1 ? encoding.unitsAlone() : encoding.unitsConcatenated(concat);
    var text = new StringBuilder();
    int units = 0;
    int left = 0;
    for (byte[] segment : segments) {
      byte[] body = Arrays.copyOfRange(segment, header, segment.length);
      left = room - body.length / (encoding == Encoding.UCS2 ? 2 : 1);
      units += room - left;
      assertTrue(left >= 0, seed);
      assertTrue(left <= 1 || segment == segments.get(segments.size() - 1), seed + ": only the last has room");
      assertFalse(startsOrEndsInsideACharacter(body, encoding), seed);
      text.append(Text.decode(body, encoding.dataCoding()));
    }
    assertEquals(analysis.text(), text.toString(), seed);
    assertEquals(analysis.units(), units, seed);
    assertEquals(analysis.unitsLeftInLastSegment(), left, seed);
  }

  private static boolean startsOrEndsInsideACharacter(byte[] body, Encoding encoding) {
    if (body.length == 0) {
      return false;
    }
    String text = Text.decode(body, encoding.dataCoding());
    return encoding == Encoding.UCS2
        ? Character.isLowSurrogate(text.charAt(0)) || Character.isHighSurrogate(text.charAt(text.length() - 1))
        : body[body.length - 1] == GsmAlphabet.ESCAPE;
  }

  /** Half the texts are GSM, all are full of euros or emoji, and many end near a border. */
  private static String randomText(Random random) {
    boolean gsm = random.nextBoolean();
    int length = random.nextBoolean() ? random.nextInt(700) : (gsm ? 153 : 67) * (1 + random.nextInt(4)) + random.nextInt(9) - 4;
    var text = new StringBuilder();
    while (text.length() < length) {
      if (random.nextInt(4) == 0) {
        text.append(gsm ? "€" : EMOJI);
      } else {
        text.append(gsm ? GSM_CHARACTERS.charAt(random.nextInt(GSM_CHARACTERS.length())) : (char) ('а' + random.nextInt(32)));
      }
    }
    return text.toString();
  }

  private static Text.Analysis auto(String text) {
    return accepted(text, EncodingChoice.AUTO, false);
  }

  private static Text.Analysis accepted(String text, EncodingChoice choice, boolean transliterate) {
    return assertInstanceOf(Text.Analysis.class, Text.analyse(text, choice, transliterate));
  }

  private static byte[] octets(int... values) {
    byte[] octets = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      octets[i] = (byte) values[i];
    }
    return octets;
  }
}
