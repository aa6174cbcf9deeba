package io.godwit.smpp;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.type.Address;

/**
 * Which type of number and numbering plan goes with an address (SMPP 3.4 §5.2.5, §5.2.6). Carriers disagree about short codes
 * most of all, so each link may have its own.
 *
 * @param shortCodeDigits most digits of a number that is a short code
 */
public record AddressPlan(TonNpi international, TonNpi alphanumeric, TonNpi shortCode, int shortCodeDigits) {

  public record TonNpi(byte ton, byte npi) {
  }

  /** International E.164, alphanumeric without a plan, short codes as network specific. */
  public static final AddressPlan DEFAULT = new AddressPlan(
    new TonNpi(SmppConstants.TON_INTERNATIONAL, SmppConstants.NPI_E164),
    new TonNpi(SmppConstants.TON_ALPHANUMERIC, SmppConstants.NPI_UNKNOWN),
    new TonNpi(SmppConstants.TON_NETWORK, SmppConstants.NPI_UNKNOWN), 7);

  /** The address of a number, with or without '+', of a short code, or of a name; null and "" give the null address. */
  public Address address(String text) {
    if (text == null || text.isEmpty()) {
      return new Address();
    }
    boolean plus = text.charAt(0) == '+';
    String digits = plus ? text.substring(1) : text;
    if (!Ascii.isDigits(digits)) {
      return new Address(alphanumeric.ton(), alphanumeric.npi(), text);
    }
    TonNpi kind = !plus && digits.length() <= shortCodeDigits ? shortCode : international;
    return new Address(kind.ton(), kind.npi(), digits);
  }
}
