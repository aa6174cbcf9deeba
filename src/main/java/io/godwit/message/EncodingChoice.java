package io.godwit.message;

import java.util.Optional;

/** What a customer asks for as {@code encoding}: one that is forced, or the cheapest that can carry the text. */
public enum EncodingChoice {
  AUTO, GSM7, UCS2,
  /** The text is octets in hexadecimal; only over SMPP. */
  BINARY;

  /** Reads the value of a request; absent ({@code null}) is {@link #AUTO}, an unknown word is empty. */
  public static Optional<EncodingChoice> of(String wireName) {
    if (wireName == null) {
      return Optional.of(AUTO);
    }
    return switch (wireName) {
      case "auto" -> Optional.of(AUTO);
      case "gsm7" -> Optional.of(GSM7);
      case "ucs2" -> Optional.of(UCS2);
      case "binary" -> Optional.of(BINARY);
      default -> Optional.empty();
    };
  }
}
