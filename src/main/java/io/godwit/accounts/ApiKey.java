package io.godwit.accounts;

import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * A key by which a caller of the REST interface is known. Keys are long random strings, so that a plain SHA-256 keeps them
 * safe in the store; passwords that people choose are another matter (see the SMPP server).
 *
 * @param hash SHA-256 of the key, hexadecimal
 */
public record ApiKey(String id, String account, String hash) {
  public static final String KIND = "key";

  /** The keys by their hash. */
  public static Map<String, ApiKey> byHash(Map<String, JsonObject> entries) {
    Map<String, ApiKey> keys = new HashMap<>();
    entries.forEach((id, body) -> keys.put(body.getString("hash"), new ApiKey(id, body.getString("account"), body.getString("hash"))));
    return keys;
  }

  public static String hash(String key) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
