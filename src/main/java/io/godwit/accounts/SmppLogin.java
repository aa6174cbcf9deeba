package io.godwit.accounts;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

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
  /** Of addresses. */
  public static final int MOST_RANGES = 50;
  /** A C-octet string of 16 with its end (SMPP 3.4 §5.2.1). */
  private static final int SYSTEM_ID_CHARS = 15;
  private static final int TEXT_CHARS = 256;
  private static final Set<String> FIELDS = Set.of("account", "password", "addresses", "replies");

  /** Reads what a form says; what is wrong in it the form tells. */
  public static SmppLogin read(String systemId, Form form) {
    if (systemId.isEmpty() || systemId.length() > SYSTEM_ID_CHARS) {
      form.wrongs().add(new Form.Wrong("/" + KIND + "/" + Form.escaped(systemId), "invalid-field", "is no system_id: 1 to " + SYSTEM_ID_CHARS + " characters"));
    }
    if (!form.has("account")) form.wrong("missing-field", "account", "is missing");
    String account = form.textOrNumber("account", TEXT_CHARS);
    String password = form.required("password", TEXT_CHARS);
    if (password != null && !PasswordHash.isValid(password)) form.wrong("invalid-field", "password", "is none that scripts/password made");
    return new SmppLogin(systemId, account, password, ranges(form), form.flag("replies", true));
  }

  /** What only a change must heed: nothing unknown, its account by its id as it is written, and no more addresses than may be. */
  public static void check(Form form) {
    form.only(FIELDS).text("account", TEXT_CHARS);
    if (form.json().getValue("addresses") instanceof JsonArray all && all.size() > MOST_RANGES) form.wrong("invalid-field", "addresses", "must be at most " + MOST_RANGES);
  }

  private static List<AddressRange> ranges(Form form) {
    if (!form.has("addresses")) return List.of();
    if (!(form.json().getValue("addresses") instanceof JsonArray addresses)) return form.invalid("addresses", "must be a list of addresses like 192.0.2.0/24", List.of());
    List<AddressRange> ranges = new ArrayList<>();
    for (Object range : addresses) {
      try {
        ranges.add(AddressRange.of(String.valueOf(range)));
      } catch (IllegalArgumentException e) {
        form.wrong("invalid-field", "addresses", "must hold addresses like 192.0.2.0/24: " + e.getMessage());
      }
    }
    return List.copyOf(ranges);
  }

  /** By system_id. Fails with {@link Form.Invalid}. */
  public static Map<String, SmppLogin> all(Map<String, JsonObject> entries) {
    Map<String, SmppLogin> logins = new HashMap<>();
    List<Form.Wrong> wrongs = new ArrayList<>();
    entries.forEach((id, body) -> {
      Form form = Form.entry(KIND, id, body);
      logins.put(id, read(id, form));
      wrongs.addAll(form.wrongs());
    });
    Form.check(wrongs);
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
