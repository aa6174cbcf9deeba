package io.godwit.message;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.ValidationResult;
import com.google.i18n.phonenumbers.Phonenumber.PhoneNumber;
import java.util.List;
import java.util.Set;

/**
 * One country calling code (ITU-T E.164) and what its numbers can look like, learnt from libphonenumber once.
 *
 * <p>libphonenumber takes 4 µs to parse a number and up to 5 µs to find its region. Whether a number is possible depends on its length alone,
 * so that a bit per length says the same; only numbers that may carry a trunk prefix or lack an area code need the full parser.
 *
 * @param code 1 to 999
 * @param region the code's only or main region, "" for codes that are not geographic
 * @param shared whether several regions use the code
 * @param lengths bit n: a national number of n digits is possible
 * @param localLengths bit n: it is, but only as part of a number, without the area code
 * @param trunkDigits bit d: a national number that begins with the digit d may begin with a trunk prefix, as in +44 (0)20…
 */
record CallingCode(int code, String region, boolean shared, int lengths, int localLengths, int trunkDigits) {
  private static final PhoneNumberUtil LIBRARY = PhoneNumberUtil.getInstance();
  private static final Set<Integer> ASSIGNED = LIBRARY.getSupportedCallingCodes();
  private static final String NOT_GEOGRAPHIC = "001";
  /** What a long of digits holds, and libphonenumber's own limit for a national number. */
  private static final int MAX_NATIONAL_DIGITS = 17;

  /** By code. Filled at first use: all at once takes 0.2 s. Races are harmless, the records are equal and immutable. */
  private static final CallingCode[] KNOWN = new CallingCode[1000];
  /** Region by the area code of +1, where it alone decides between the USA, Canada and the Caribbean. Filled in the same way. */
  private static final String[] NORTH_AMERICA = new String[1000];

  /** The code that an international number (digits without '+') begins with, or null if it is not assigned. No code begins another. */
  static CallingCode of(CharSequence digits) {
    int code = 0;
    for (int i = 0; i < 3 && i < digits.length(); i++) {
      code = code * 10 + digits.charAt(i) - '0';
      CallingCode known = get(code);
      if (known != null) {
        return known;
      }
    }
    return null;
  }

  int digits() {
    return code < 10 ? 1 : code < 100 ? 2 : 3;
  }

  boolean isPossible(int nationalDigits) {
    return nationalDigits <= MAX_NATIONAL_DIGITS && (lengths >> nationalDigits & 1) != 0;
  }

  /** The national number as it is dialled from abroad: without the trunk prefix that people write into international numbers. */
  String withoutTrunkPrefix(String national) {
    if (isPlain(national)) {
      return national;
    }
    try {
      return LIBRARY.getNationalSignificantNumber(LIBRARY.parse("+" + code + national, null));
    } catch (NumberParseException notANumber) {
      return national;
    }
  }

  private boolean isPlain(String national) {
    int length = national.length();
    return isPossible(length) && (localLengths >> length & 1) == 0 && (trunkDigits >> national.charAt(0) - '0' & 1) == 0;
  }

  /** The region of a possible number: the one libphonenumber finds it valid in, else the main region of the code. */
  String regionOf(String national) {
    if (!shared) {
      return region;
    }
    if (code == 1 && national.length() == 10) {
      return northAmerican(Integer.parseInt(national, 0, 3, 10));
    }
    String found = LIBRARY.getRegionCodeForNumber(number(code, national));
    return found == null ? region : found;
  }

  /** An area code of +1 belongs to one country; its numbers from 234-5678 are valid if the area code is assigned. */
  private String northAmerican(int area) {
    String known = NORTH_AMERICA[area];
    if (known == null) {
      String found = LIBRARY.getRegionCodeForNumber(new PhoneNumber().setCountryCode(1).setNationalNumber(area * 10_000_000L + 2_345_678));
      known = found == null ? region : found;
      NORTH_AMERICA[area] = known;
    }
    return known;
  }

  private static CallingCode get(int code) {
    CallingCode known = KNOWN[code];
    if (known == null && ASSIGNED.contains(code)) {
      known = learn(code);
      KNOWN[code] = known;
    }
    return known;
  }

  private static CallingCode learn(int code) {
    String region = LIBRARY.getRegionCodeForCountryCode(code);
    boolean geographic = !region.equals(NOT_GEOGRAPHIC);
    var regions = LIBRARY.getRegionCodesForCountryCode(code);
    return new CallingCode(code, geographic ? region : "", regions.size() > 1,
        lengths(code, ValidationResult.IS_POSSIBLE, ValidationResult.IS_POSSIBLE_LOCAL_ONLY),
        lengths(code, ValidationResult.IS_POSSIBLE_LOCAL_ONLY),
        geographic ? trunkDigits(regions) : 0);
  }

  private static int lengths(int code, ValidationResult... wanted) {
    int lengths = 0;
    for (int n = 1; n <= MAX_NATIONAL_DIGITS; n++) {
      ValidationResult result = LIBRARY.isPossibleNumberWithReason(number(code, "2".repeat(n)));
      lengths |= List.of(wanted).contains(result) ? 1 << n : 0;
    }
    return lengths;
  }

  /** The first digits of the regions' trunk prefixes, and 0, which some parse although theirs is another (Belarus: 8, but also 0 and 80). */
  private static int trunkDigits(List<String> regions) {
    int digits = 1;
    for (String region : regions) {
      String prefix = LIBRARY.getNddPrefixForRegion(region, true);
      digits |= prefix == null || prefix.isEmpty() ? 0 : 1 << prefix.charAt(0) - '0';
    }
    return digits;
  }

  private static PhoneNumber number(int code, String national) {
    int zeros = 0;
    while (zeros < national.length() - 1 && national.charAt(zeros) == '0') {
      zeros++;
    }
    var number = new PhoneNumber().setCountryCode(code).setNationalNumber(Long.parseLong(national));
    return zeros == 0 ? number : number.setItalianLeadingZero(true).setNumberOfLeadingZeros(zeros);
  }
}
