package io.godwit.accounts;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

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
  private static final Set<String> FIELDS = Set.of("account", "hash", "name", "scopes", "expiresAt");
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
  private static final int TEXT_CHARS = 128;
  private static final int SECRET_OCTETS = 32;
  private static final SecureRandom RANDOM = new SecureRandom();

  /** Submit and take back; ask; change accounts, and ask about them. */
  public enum Scope { SEND, READ, MANAGE }

  /** Fails with {@link Form.Invalid}. */
  public static ApiKey from(String id, JsonObject body) {
    Form form = Form.entry(KIND, id, body);
    ApiKey key = read(id, form);
    form.check();
    return key;
  }

  /** Reads what a form says; what is wrong in it the form tells. */
  public static ApiKey read(String id, Form form) {
    Object name = form.json().getValue("name");
    return new ApiKey(id, form.textOrNumber("account", TEXT_CHARS), form.text("hash", TEXT_CHARS), name instanceof String text ? text : null, scopes(form), expiresAt(form));
  }

  /** What only a change must heed: nothing unknown, and all that makes a key. An empty list of scopes reads as all of them, as it did. */
  public static void check(Form form) {
    form.only(FIELDS).required("account", TEXT_CHARS);
    if (!form.has("hash")) form.wrong("missing-field", "hash", "is missing");
    form.matching("hash", HASH, "the SHA-256 of a key, 64 hexadecimal digits in small letters");
    if (form.json().getValue("scopes") instanceof JsonArray words && words.isEmpty()) form.wrong("invalid-field", "scopes", "must hold some of " + Arrays.toString(Scope.values()));
    Object name = form.json().getValue("name");
    if (name != null && !(name instanceof String text && text.length() <= TEXT_CHARS)) form.wrong("invalid-field", "name", "must be a string of at most " + TEXT_CHARS + " characters");
  }

  private static Set<Scope> scopes(Form form) {
    if (!form.has("scopes")) return EnumSet.allOf(Scope.class);
    Set<Scope> scopes = EnumSet.noneOf(Scope.class);
    if (!(form.json().getValue("scopes") instanceof JsonArray words)) return form.invalid("scopes", "must be a list", scopes);
    for (Object word : words) {
      Scope scope = Arrays.stream(Scope.values()).filter(each -> each.name().equals(word)).findFirst().orElse(null);
      if (scope != null) scopes.add(scope);
      else form.wrong("invalid-field", "scopes", "must hold some of " + Arrays.toString(Scope.values()));
    }
    return scopes.isEmpty() ? EnumSet.allOf(Scope.class) : scopes;
  }

  private static long expiresAt(Form form) {
    String text = form.text("expiresAt", TEXT_CHARS);
    try {
      return text == null ? 0 : Instant.parse(text).toEpochMilli();
    } catch (DateTimeException | ArithmeticException e) {
      return form.invalid("expiresAt", "must be a time like 2026-12-01T00:00:00Z", 0L);
    }
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
