package io.godwit.accounts;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;

/**
 * A key by which a caller of the REST interface is known; an account may have several at a time. Keys are long random strings, so that a plain SHA-256
 * keeps them safe in the store; passwords that people choose are another matter (see the SMPP server).
 *
 * @param hash SHA-256 of the key, hexadecimal
 * @param name for people; null when not said
 * @param scopes what it is good for; where nothing is said, for everything
 * @param expiresAt milliseconds since 1970; 0 = never
 */
public record ApiKey(String id, String account, String hash, String name, Set<Scope> scopes, long expiresAt) {
  public static final String KIND = "key";
  private static final int SECRET_OCTETS = 32;
  private static final SecureRandom RANDOM = new SecureRandom();

  /** Submit and take back; ask; change accounts, and ask about them. */
  public enum Scope { SEND, READ, MANAGE }

  /** @throws RuntimeException for what is no key */
  public static ApiKey from(String id, JsonObject body) {
    String expires = body.getString("expiresAt");
    Set<Scope> scopes = EnumSet.noneOf(Scope.class);
    for (Object scope : body.getJsonArray("scopes", new JsonArray())) scopes.add(Scope.valueOf(String.valueOf(scope)));
    return new ApiKey(id, body.getString("account"), body.getString("hash"), body.getString("name"), scopes.isEmpty() ? EnumSet.allOf(Scope.class) : scopes,
      expires == null ? 0 : Instant.parse(expires).toEpochMilli());
  }

  /** By their id. */
  public static Map<String, ApiKey> all(Map<String, JsonObject> entries) {
    Map<String, ApiKey> keys = new HashMap<>();
    entries.forEach((id, body) -> keys.put(id, from(id, body)));
    return keys;
  }

  /** The keys by their hash. */
  public static Map<String, ApiKey> byHash(Map<String, JsonObject> entries) {
    Map<String, ApiKey> keys = new HashMap<>();
    all(entries).values().forEach(key -> keys.put(key.hash, key));
    return keys;
  }

  /** As it stands in the directory. */
  public JsonObject json() {
    JsonArray words = new JsonArray();
    scopes.forEach(scope -> words.add(scope.name()));
    return new JsonObject().put("account", account).put("hash", hash).put("name", name).put("scopes", words).put("expiresAt", expiresAt == 0 ? null : Instant.ofEpochMilli(expiresAt).toString());
  }

  public boolean isExpired(long now) {
    return expiresAt > 0 && expiresAt <= now;
  }

  /** A new key, as its owner gets to know it once. */
  public static String fresh() {
    byte[] secret = new byte[SECRET_OCTETS];
    RANDOM.nextBytes(secret);
    return "gw_" + Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
  }

  public static String hash(String key) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
