package io.godwit.accounts;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * By what a customer's system binds; an account may have several. In the directory under its system_id:
 * {@code {account, password, addresses?: [range, …], replies?: true}}.
 *
 * @param password see {@link PasswordHash}
 * @param addresses from where it may come; empty = from anywhere
 * @param replies whether the account's receivers are told of messages from handsets
 */
public record SmppLogin(String systemId, String account, String password, List<AddressRange> addresses, boolean replies) {
  public static final String KIND = "smpp";
  /** A C-octet string of 16 with its end (SMPP 3.4 §5.2.1). */
  private static final int SYSTEM_ID_CHARS = 15;

  public static SmppLogin from(String systemId, JsonObject body) {
    if (systemId.isEmpty() || systemId.length() > SYSTEM_ID_CHARS) throw new IllegalArgumentException("smpp '" + systemId + "': a system_id has 1 to 15 characters");
    if (body.getString("account") == null) throw new IllegalArgumentException("smpp '" + systemId + "': account is missing");
    if (!PasswordHash.isValid(body.getString("password"))) throw new IllegalArgumentException("smpp '" + systemId + "': password is none that scripts/password made");
    List<AddressRange> ranges = body.getJsonArray("addresses", new JsonArray()).stream().map(range -> AddressRange.of(String.valueOf(range))).toList();
    return new SmppLogin(systemId, body.getString("account"), body.getString("password"), ranges, body.getBoolean("replies", true));
  }

  /** By system_id. */
  public static Map<String, SmppLogin> all(Map<String, JsonObject> entries) {
    Map<String, SmppLogin> logins = new HashMap<>();
    entries.forEach((id, body) -> logins.put(id, from(id, body)));
    return logins;
  }

  /** Whether messages for the account are to wait for its receivers. */
  public static boolean takesReplies(Map<String, SmppLogin> logins, String account) {
    return logins.values().stream().anyMatch(login -> login.replies && login.account.equals(account));
  }

  public boolean admits(String host) {
    return addresses.isEmpty() || addresses.stream().anyMatch(range -> range.contains(host));
  }
}
