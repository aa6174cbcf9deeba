package io.godwit.accounts;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * A password that a person chose, as it is stored: {@code pbkdf2-sha256$ROUNDS$SALT$HASH}, salt and hash in base 64. SMPP allows eight characters
 * (3.4 §5.2.2), so guessing must be slow: both methods take a tenth of a second of a core. Never on an event loop.
 */
public final class PasswordHash {
  private static final String KIND = "pbkdf2-sha256";
  private static final int ROUNDS = 210_000;
  private static final int MOST_ROUNDS = 10_000_000;
  private static final int SALT_OCTETS = 16;
  private static final int HASH_BITS = 256;

  private PasswordHash() {
  }

  public static String of(String password) {
    byte[] salt = new byte[SALT_OCTETS];
    new SecureRandom().nextBytes(salt);
    return of(password, ROUNDS, salt);
  }

  /** @param rounds fewer are faster, for tests */
  static String of(String password, int rounds, byte[] salt) {
    Base64.Encoder text = Base64.getEncoder().withoutPadding();
    return String.join("$", KIND, Integer.toString(rounds), text.encodeToString(salt), text.encodeToString(derive(password, rounds, salt)));
  }

  /** Whether the text has the form of a stored password. */
  public static boolean isValid(String stored) {
    String[] parts = stored == null ? new String[0] : stored.split("\\$");
    if (parts.length != 4 || !parts[0].equals(KIND) || !parts[1].matches("[1-9][0-9]{0,7}") || Integer.parseInt(parts[1]) > MOST_ROUNDS) return false;
    try {
      return Base64.getDecoder().decode(parts[2]).length > 0 && Base64.getDecoder().decode(parts[3]).length == HASH_BITS / 8;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** @param stored a valid one */
  public static boolean matches(String password, String stored) {
    String[] parts = stored.split("\\$");
    byte[] derived = derive(password, Integer.parseInt(parts[1]), Base64.getDecoder().decode(parts[2]));
    return MessageDigest.isEqual(derived, Base64.getDecoder().decode(parts[3]));
  }

  private static byte[] derive(String password, int rounds, byte[] salt) {
    try {
      PBEKeySpec spec = new PBEKeySpec(password.toCharArray(), salt, rounds, HASH_BITS);
      return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec).getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
