package io.godwit.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberFormat;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberType;
import com.google.i18n.phonenumbers.Phonenumber.PhoneNumber;
import io.godwit.message.NumberPlan.Refused;
import io.godwit.message.NumberPlan.Sender;
import io.godwit.message.NumberPlan.SenderKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NumberPlanTest {
  private static final PhoneNumberUtil LIBRARY = PhoneNumberUtil.getInstance();

  @ParameterizedTest
  @ValueSource(strings = {"+447400123456", "447400123456", "00447400123456", " +44 7400 123-456 ", "+44.7400.123456", "(+44) 7400/123456",
      "+44 (0)7400 123456", "＋４４７４００１２３４５６", "\u202A+44\u00A07400\u2011123456\u202C", "+[44]7400123456"})
  void oneNumberIsReadInAllItsSpellings(String spelling) {
    assertEquals(new NumberPlan.Number("+447400123456", "GB", "United Kingdom"), NumberPlan.parse(spelling));
  }

  @ParameterizedTest
  @CsvSource({"+497001234567890, DE", "+4970112345678, DE", "+447700900123, GB", "+15550001234, US", "+15550199, US"})
  void possibleNumbersAreAcceptedThoughNobodyHasThem(String number, String region) {
    assertEquals(region, accepted(number).region());
    assertEquals(number, accepted(number).e164());
  }

  @ParameterizedTest
  @CsvSource({"+12125550123, US", "+14165550123, CA", "+18765550123, JM", "+18095550123, DO", "+79161234567, RU", "+77011234567, KZ",
      "+447400123456, GB", "+447781123456, GG", "+390612345678, IT", "+390669812345, VA", "+358401234567, FI", "+38344123456, XK"})
  void sharedCallingCodesAreToldApart(String number, String region) {
    assertEquals(region, accepted(number).region());
  }

  @ParameterizedTest
  @CsvSource({"+12125550123, United States of America", "+447400123456, United Kingdom", "+496912345678, Germany",
      "+2252123456789, Côte d'Ivoire", "+17587123456, Saint Lucia", "+38761123456, Bosnia and Herzegovina", "+38344123456, Kosovo"})
  void countriesHaveTheNamesOfReports(String number, String country) {
    assertEquals(country, accepted(number).country());
  }

  @Test
  void everyRegionOfTheLibraryHasAName() {
    for (String region : LIBRARY.getSupportedRegions()) {
      String name = CountryNames.of(region);
      assertTrue(name.length() > 2 && name.indexOf('&') < 0 && name.indexOf('’') < 0, region + " " + name);
    }
    assertEquals("", CountryNames.of(""));
    assertEquals("", CountryNames.of("001"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"+2101234567", "2101234567", "+999123456789012", "+883510012345678", "+80012345678"})
  void aNumberOfNoCountryIsAcceptedWithoutOne(String number) {
    assertEquals(new NumberPlan.Number(number.startsWith("+") ? number : "+" + number, "", ""), NumberPlan.parse(number));
  }

  @ParameterizedTest
  @CsvSource(quoteCharacter = '#', value = {
      "##, there is no digit in it",
      "+, there is no digit in it",
      "00, #a number has 7 to 15 digits, this one 0#",
      "+44 7400 CALLME, 'C' is no part of a phone number",
      "+44+7400123456, '+' is no part of a phone number",
      "07400123456, #the country calling code is missing, none begins with 0#",
      "+07400123456, #the country calling code is missing, none begins with 0#",
      "+44, no number of +44 has 0 digits behind it",
      "+4474001234567, no number of +44 has 11 digits behind it",
      "+1212555012, no number of +1 has 9 digits behind it",
      "+210123, #a number has 7 to 15 digits, this one 6#",
      "+2101234567890123, #a number has 7 to 15 digits, this one 16#",
      "+4474001234567400123456789, #a number has 7 to 15 digits, this one more than 22#"})
  void impossibleNumbersAreRefusedWithAReason(String number, String reason) {
    assertEquals(new Refused(reason), NumberPlan.parse(number));
  }

  @Test
  void emojiAndControlsAreNamedInReasons() {
    assertEquals(new Refused("'😀' is no part of a phone number"), NumberPlan.parse("+44😀"));
    assertEquals(new Refused("U+0000 is no part of a phone number"), NumberPlan.parse("+44\0"));
  }

  /** Examples of every region and type, and numbers near them: one digit more, one less, others, with a trunk prefix.
   * It is what allows {@link CallingCode} to do without the parser; a new version of the library may need another look. */
  @Test
  void numbersAndRegionsAreThoseOfTheFullParser() {
    var differences = new ArrayList<String>();
    var random = new Random(11);
    int compared = 0;
    for (String region : LIBRARY.getSupportedRegions()) {
      for (PhoneNumberType type : PhoneNumberType.values()) {
        PhoneNumber example = LIBRARY.getExampleNumberForType(region, type);
        for (String number : example == null ? List.<String>of() : near(example, region, random)) {
          compared++;
          String ours = ours(number);
          String theirs = theirs(number);
          boolean noExchange = number.matches("\\+1\\d{3}[01]\\d{6}");   // invalid for them: the USA's; for us of the area code's country
          if (!noExchange && !ours.equals(theirs)) {
            differences.add(number + " of " + region + ": ours " + ours + ", theirs " + theirs);
          }
        }
      }
    }
    assertTrue(compared > 10_000, "compared " + compared);
    assertEquals(List.of(), differences, differences.size() + " of " + compared);
  }

  private static List<String> near(PhoneNumber example, String region, Random random) {
    String number = LIBRARY.format(example, PhoneNumberFormat.E164);
    String code = "+" + example.getCountryCode();
    String national = number.substring(code.length());
    String trunkPrefix = LIBRARY.getNddPrefixForRegion(region, true);
    var numbers = new ArrayList<>(List.of(number, number + random.nextInt(10), number.substring(0, number.length() - 1),
        code + "0" + national, code + (trunkPrefix == null ? "" : trunkPrefix) + national));
    for (int i = 0; i < 15; i++) {
      var digits = new StringBuilder(number);
      for (int at = code.length() + random.nextInt(national.length()); at < number.length(); at++) {
        digits.setCharAt(at, (char) ('0' + random.nextInt(10)));
      }
      numbers.add(digits.toString());
    }
    return numbers;
  }

  private static String ours(String number) {
    return NumberPlan.parse(number) instanceof NumberPlan.Number accepted ? accepted.e164() + " " + accepted.region() : "refused";
  }

  private static String theirs(String number) {
    try {
      PhoneNumber parsed = LIBRARY.parse(number, null);
      if (!LIBRARY.isPossibleNumber(parsed)) {
        return "refused";
      }
      String region = LIBRARY.getRegionCodeForNumber(parsed);
      String main = LIBRARY.getRegionCodeForCountryCode(parsed.getCountryCode());
      return LIBRARY.format(parsed, PhoneNumberFormat.E164) + " " + (region == null ? main : region);
    } catch (NumberParseException e) {
      return "refused";
    }
  }

  @ParameterizedTest
  @CsvSource({"+447400123456, NUMERIC, +447400123456", "+44 7400 123456, NUMERIC, +447400123456", "447400123456, NUMERIC, 447400123456",
      "80888, SHORT_CODE, 80888", "123456, SHORT_CODE, 123456", "1234567, NUMERIC, 1234567", "Godwit, ALPHANUMERIC, Godwit",
      "' Acme Shop ', ALPHANUMERIC, Acme Shop", "24/7, ALPHANUMERIC, 24/7", "+Plus, ALPHANUMERIC, +Plus", "Größe [123], INVALID, ",
      "elevenchars, ALPHANUMERIC, elevenchars", "Größe [1], ALPHANUMERIC, Größe [1]"})
  void sendersAreToldApart(String from, String kind, String address) {
    if (kind.equals("INVALID")) {
      assertInstanceOf(Refused.class, NumberPlan.senderKind(from));
    } else {
      assertEquals(new Sender(SenderKind.valueOf(kind), address), NumberPlan.senderKind(from));
    }
  }

  @ParameterizedTest
  @CsvSource(quoteCharacter = '#', value = {
      "# #, the sender is empty",
      "twelve chars, #an alphanumeric sender has no more than 11 GSM characters, this one 12#",
      "Привет, #the sender has 'П', which is not in the GSM alphabet#",
      "#a\nb#, #the sender has U+000A, which is not in the GSM alphabet#",
      "1234567890123456, #a numeric sender has no more than 15 digits, this one 16#",
      "+12345, #an international number has at least 7 digits, this sender 5#",
      "+1x, 'x' is no part of a phone number"})
  void impossibleSendersAreRefusedWithAReason(String from, String reason) {
    assertEquals(new Refused(reason), NumberPlan.senderKind(from));
  }

  private static NumberPlan.Number accepted(String number) {
    return assertInstanceOf(NumberPlan.Number.class, NumberPlan.parse(number));
  }
}
