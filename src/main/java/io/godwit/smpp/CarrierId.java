package io.godwit.smpp;

import java.util.ArrayList;
import java.util.List;

/**
 * A carrier's message id, so that the id of a receipt meets the id of the submit_sm_resp although carriers write one in
 * hexadecimal and the other in decimal, pad with zeros, or change case.
 *
 * <p>What submit_sm_resp gave is brought to ONE key ({@link #key}), whatever the link's form, since that may be changed or
 * learned while messages wait. A receipt's id is brought to the keys it may mean ({@link #candidates}), the likeliest first: look
 * them up in this order and take the first that is there. Ids that are not numbers of up to 64 bits (UUIDs) stay as they are.
 */
public final class CarrierId {
  private static final int HEX_DIGITS_OF_64_BITS = 16;

  private CarrierId() {
  }

  /**
   * How a link's receipts name a message compared with its answers. A link that says nothing is {@link #DETECT}ed; since two
   * numbers of one carrier may be each other's hexadecimal and decimal form, settle on one form soon ({@link IdFormMemory}).
   */
  public enum IdForm {
    /** Try all of the others. */
    DETECT,
    /** The same number or text in both. */
    SAME,
    /** Hexadecimal in the answer, decimal in the receipt. */
    HEX_THEN_DECIMAL,
    /** Decimal in the answer, hexadecimal in the receipt. */
    DECIMAL_THEN_HEX
  }

  /** A key that a receipt's id may mean, and the form by which it does. */
  public record Candidate(String key, IdForm form) {
  }

  /** The key of the id in a submit_sm_resp or data_sm_resp: without padding, and in upper case if it may be hexadecimal. */
  public static String key(String answered) {
    String id = answered.trim();
    if (Ascii.isDigits(id)) {
      return Ascii.withoutLeadingZeros(id);
    }
    return isHexNumber(id) ? Ascii.upper(Ascii.withoutLeadingZeros(id)) : id;
  }

  /** The keys that an id in a receipt may mean: never none, the likeliest first, none twice. */
  public static List<Candidate> candidates(String receipted, IdForm form) {
    String id = receipted.trim();
    List<Candidate> found = new ArrayList<>(3);
    if (form == IdForm.DETECT || form == IdForm.SAME) {
      found.add(new Candidate(key(id), IdForm.SAME));
    }
    if (form == IdForm.DETECT || form == IdForm.HEX_THEN_DECIMAL) {
      add(found, decimalToHex(id), IdForm.HEX_THEN_DECIMAL);
    }
    if (form == IdForm.DETECT || form == IdForm.DECIMAL_THEN_HEX) {
      add(found, hexToDecimal(id), IdForm.DECIMAL_THEN_HEX);
    }
    if (found.isEmpty()) {
      // Not a number after all: the carrier mixes forms.
      found.add(new Candidate(key(id), IdForm.SAME));
    }
    return found;
  }

  /** A stable 64-bit hash of a link and a key, for a small index; equal hashes must still be checked. FNV-1a, then mixed. */
  public static long hash(String link, String key) {
    long hash = fnv(0xcbf29ce484222325L, link);
    hash = fnv((hash ^ 0xFF) * 0x100000001b3L, key);
    hash ^= hash >>> 33;
    hash *= 0xff51afd7ed558ccdL;
    hash ^= hash >>> 33;
    return hash;
  }

  private static long fnv(long hash, String s) {
    for (int i = 0; i < s.length(); i++) {
      hash = (hash ^ s.charAt(i)) * 0x100000001b3L;
    }
    return hash;
  }

  private static void add(List<Candidate> found, String key, IdForm form) {
    if (key != null && found.stream().noneMatch(candidate -> candidate.key().equals(key))) {
      found.add(new Candidate(key, form));
    }
  }

  /** Null if this is not a decimal number of up to 64 bits. */
  private static String decimalToHex(String id) {
    if (!Ascii.isDigits(id)) {
      return null;
    }
    try {
      return Ascii.upper(Long.toHexString(Long.parseUnsignedLong(id)));
    } catch (NumberFormatException beyond64Bits) {
      return null;
    }
  }

  private static String hexToDecimal(String id) {
    return isHexNumber(id) ? Long.toUnsignedString(Long.parseUnsignedLong(id, 16)) : null;
  }

  private static boolean isHexNumber(String id) {
    return id.length() <= HEX_DIGITS_OF_64_BITS && Ascii.isHex(id);
  }
}
