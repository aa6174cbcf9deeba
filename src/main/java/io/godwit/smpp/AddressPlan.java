package io.godwit.smpp;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.type.Address;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which type of number and numbering plan goes with an address (SMPP 3.4 §5.2.5, §5.2.6). Carriers disagree about short codes
 * most of all, so each link may have its own.
 *
 * @param international of numbers in international form, when they send
 * @param recipient of the same, when they are sent to
 * @param shortCodeDigits most digits of a number that is a short code
 * @param plus whether numbers in international form are written with '+'
 */
public record AddressPlan(TonNpi international, TonNpi recipient, TonNpi alphanumeric, TonNpi shortCode, int shortCodeDigits, boolean plus) {

  public record TonNpi(byte ton, byte npi) {
    private static final Pattern WRITTEN = Pattern.compile("(\\d{1,2})/(\\d{1,2})");

    /** Of {@code "1/1"}: type of number, numbering plan; null when it is neither. Any number that fits an octet is taken as far as 31. */
    public static TonNpi of(String text) {
      Matcher written = WRITTEN.matcher(text);
      if (!written.matches() || Integer.parseInt(written.group(1)) > MOST || Integer.parseInt(written.group(2)) > MOST) return null;
      return new TonNpi(Byte.parseByte(written.group(1)), Byte.parseByte(written.group(2)));
    }

    @Override
    public String toString() {
      return ton + "/" + npi;
    }
  }

  private static final int MOST = 31;

  /** International E.164, alphanumeric without a plan, short codes as network specific. */
  public static final AddressPlan DEFAULT = new AddressPlan(
    new TonNpi(SmppConstants.TON_INTERNATIONAL, SmppConstants.NPI_E164),
    new TonNpi(SmppConstants.TON_INTERNATIONAL, SmppConstants.NPI_E164),
    new TonNpi(SmppConstants.TON_ALPHANUMERIC, SmppConstants.NPI_UNKNOWN),
    new TonNpi(SmppConstants.TON_NETWORK, SmppConstants.NPI_UNKNOWN), 7, false);

  /** The address of a number, with or without '+', of a short code, or of a name; null and "" give the null address. */
  public Address address(String text) {
    return address(text, international);
  }

  /** The same of who is sent to. */
  public Address recipient(String text) {
    return address(text, recipient);
  }

  private Address address(String text, TonNpi number) {
    if (text == null || text.isEmpty()) {
      return new Address();
    }
    boolean hasPlus = text.charAt(0) == '+';
    String digits = hasPlus ? text.substring(1) : text;
    if (!Ascii.isDigits(digits)) {
      return new Address(alphanumeric.ton(), alphanumeric.npi(), text);
    }
    boolean isShortCode = !hasPlus && digits.length() <= shortCodeDigits;
    TonNpi kind = isShortCode ? shortCode : number;
    return new Address(kind.ton(), kind.npi(), plus && !isShortCode ? "+" + digits : digits);
  }
}
