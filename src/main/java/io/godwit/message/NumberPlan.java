package io.godwit.message;

/**
 * The numbering plan: what recipients and senders may look like (ITU-T E.164, 3GPP TS 23.040 §9.1.2.5), by libphonenumber's metadata.
 *
 * <p>Numbers that cannot exist are refused, and no others: a possible number in a range that nobody has been given yet may be in use tomorrow.
 * Pure functions, for any thread; the first number of a calling code takes about a millisecond.
 */
public final class NumberPlan {
  /** E.164 §6 allows 15 digits with the calling code; 7 is a short one of a small island. */
  private static final int MIN_DIGITS = 7;
  private static final int MAX_DIGITS = 15;
  /** Longer input is not looked at any further: calling code, longest national number in the metadata, and 00. */
  private static final int MAX_INPUT_DIGITS = 22;
  /** Senders of no more digits, without '+', are short codes. */
  private static final int MAX_SHORT_CODE_DIGITS = 6;
  /** An alphanumeric address is 11 septets in the address field's 10 octets; characters of the extension table take two. */
  private static final int MAX_SENDER_SEPTETS = 11;

  private NumberPlan() {
  }

  /** What {@link #parse} makes of a recipient. */
  public sealed interface Result permits Number, Refused { }

  /** What {@link #senderKind} makes of a sender. */
  public sealed interface SenderResult permits Sender, Refused { }

  /**
   * A number that can be sent to.
   *
   * @param e164 '+' and digits
   * @param region ISO 3166-1 code of two capitals, "" when no country has the number
   * @param country its English name (see {@link CountryNames}), "" likewise
   */
  public record Number(String e164, String region, String country) implements Result { }

  /** A sender's address as it goes into a PDU: numbers without their separators, everything else as given. */
  public record Sender(SenderKind kind, String address) implements SenderResult { }

  /** An address that nothing can be done with. The reason is a clause for the customer: "'x' is no part of a phone number". */
  public record Refused(String reason) implements Result, SenderResult { }

  /** The forms of a sender, which SMPP calls type of number; what carriers admit differs by country. */
  public enum SenderKind {
    /** A number of {@value #MIN_DIGITS} to {@value #MAX_DIGITS} digits, with '+' or without. */
    NUMERIC,
    /** Up to {@value #MAX_SHORT_CODE_DIGITS} digits. */
    SHORT_CODE,
    /** A name: up to {@value #MAX_SENDER_SEPTETS} characters of the GSM alphabet. */
    ALPHANUMERIC
  }

  /** Reads an international number. '+', 00 or nothing may stand before the calling code; spaces, dashes, dots, slashes and brackets are skipped. */
  public static Result parse(String to) {
    Digits digits = Digits.of(to);
    if (digits.refusal() != null) {
      return new Refused(digits.refusal());
    }
    if (digits.text().startsWith("0")) {
      return new Refused("the country calling code is missing, none begins with 0");
    }
    CallingCode code = CallingCode.of(digits.text());
    return code == null ? unknown(digits.text()) : known(code, digits.text().substring(code.digits()));
  }

  /** Tells the forms of a sender apart. */
  public static SenderResult senderKind(String from) {
    String address = from.strip();
    if (address.isEmpty()) {
      return new Refused("the sender is empty");
    }
    boolean international = address.startsWith("+") && address.length() > 1 && isDigit(address.charAt(1));
    if (international || isDigits(address)) {
      return numericSender(address, international);
    }
    return alphanumericSender(address);
  }

  private static Result known(CallingCode code, String dialled) {
    String national = code.withoutTrunkPrefix(dialled);
    if (!code.isPossible(national.length())) {
      return new Refused("no number of +" + code.code() + " has " + national.length() + " digits behind it");
    }
    String region = code.regionOf(national);
    return new Number("+" + code.code() + national, region, CountryNames.of(region));
  }

  /** Calling codes are assigned more often than the library is updated: such a number is routed by its prefix, without a country. */
  private static Result unknown(String digits) {
    if (digits.length() < MIN_DIGITS || digits.length() > MAX_DIGITS) {
      return new Refused("a number has " + MIN_DIGITS + " to " + MAX_DIGITS + " digits, this one " + digits.length());
    }
    return new Number("+" + digits, "", "");
  }

  private static SenderResult numericSender(String address, boolean international) {
    Digits digits = Digits.of(address);
    if (digits.refusal() != null) {
      return new Refused(digits.refusal());
    }
    int length = digits.text().length();
    if (length > MAX_DIGITS) {
      return new Refused("a numeric sender has no more than " + MAX_DIGITS + " digits, this one " + length);
    }
    if (!international && length <= MAX_SHORT_CODE_DIGITS) {
      return new Sender(SenderKind.SHORT_CODE, address);
    }
    if (length < MIN_DIGITS) {
      return new Refused("an international number has at least " + MIN_DIGITS + " digits, this sender " + length);
    }
    return new Sender(SenderKind.NUMERIC, international ? "+" + digits.text() : address);
  }

  private static SenderResult alphanumericSender(String address) {
    int septets = 0;
    for (int i = 0; i < address.length(); i++) {
      char c = address.charAt(i);
      if (!GsmAlphabet.contains(c) || Character.isISOControl(c)) {
        return new Refused("the sender has " + quote(address, i) + ", which is not in the GSM alphabet");
      }
      septets += GsmAlphabet.width(c);
    }
    return septets <= MAX_SENDER_SEPTETS
        ? new Sender(SenderKind.ALPHANUMERIC, address)
        : new Refused("an alphanumeric sender has no more than " + MAX_SENDER_SEPTETS + " GSM characters, this one " + septets);
  }

  private static boolean isDigits(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!isDigit(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /** A character for a message to the customer: itself, or its code if it cannot be seen. */
  private static String quote(String text, int at) {
    int c = text.codePointAt(at);
    return Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? String.format("U+%04X", c) : "'" + Character.toString(c) + "'";
  }

  /** The digits of a number in ASCII without '+' and 00, or why there are none. */
  private record Digits(String text, String refusal) {
    static Digits of(String number) {
      var digits = new StringBuilder(MAX_INPUT_DIGITS);
      boolean plus = false;
      for (int i = 0; i < number.length(); i++) {
        char c = number.charAt(i);
        int digit = isDigit(c) ? c - '0' : Character.digit(c, 10);
        if (digit >= 0) {
          digits.append((char) ('0' + digit));
        } else if ((c == '+' || c == '＋') && !plus && digits.isEmpty()) {
          plus = true;
        } else if (!isSeparator(c)) {
          return new Digits(null, quote(number, i) + " is no part of a phone number");
        }
        if (digits.length() > MAX_INPUT_DIGITS) {
          return new Digits(null, "a number has " + MIN_DIGITS + " to " + MAX_DIGITS + " digits, this one more than " + MAX_INPUT_DIGITS);
        }
      }
      if (digits.isEmpty()) {
        return new Digits(null, "there is no digit in it");
      }
      boolean dialledOut = !plus && digits.length() > 1 && digits.charAt(0) == '0' && digits.charAt(1) == '0';
      return new Digits(digits.substring(dialledOut ? 2 : 0), null);
    }

    /** Also the invisible direction marks that come along when a number is copied from a contact. */
    private static boolean isSeparator(char c) {
      return switch (c) {
        case ' ', '-', '.', '(', ')', '[', ']', '/' -> true;
        default -> c > 0x7F && (Character.isSpaceChar(c) || Character.getType(c) == Character.DASH_PUNCTUATION
            || Character.getType(c) == Character.FORMAT);
      };
    }
  }
}
