package io.godwit.accounts;

import io.vertx.core.json.JsonObject;
import java.util.Map;

/**
 * A customer, a reseller or the operator, as the directory describes it.
 *
 * @param id lower-case letters, digits, '-' and '_'; stable, in every message and leg
 * @param parent who sells to it; null for the operator
 * @param name for people
 * @param status ACTIVE, BLOCKED (its messages become USER_BLOCKED) or CLOSED
 * @param currency ISO 4217
 * @param postpaidFloor how far the balance may go below zero, in micro-units, as a value ≤ 0; 0 = prepaid
 * @param billOn SENT or DELIVERED: with which event its legs are billed
 * @param resend whether what may have been submitted when a process died is sent again (alerts) or left UNKNOWN (one-time passwords)
 * @param share its weight in the fairness of the bulk lane, 1 by default
 */
public record Account(String id, String parent, String name, State status, String currency, long postpaidFloor, BillOn billOn,
                      boolean resend, int share) {
  public enum State { ACTIVE, BLOCKED, CLOSED }

  public enum BillOn { SENT, DELIVERED }

  /** The kind of the directory's entries that describe accounts. */
  public static final String KIND = "account";

  private static final java.util.regex.Pattern ID = java.util.regex.Pattern.compile("[a-z0-9][a-z0-9_-]{0,63}");

  /** Fails for an id that could not stand in a field's name, as it does in allotments. */
  public static Account from(String id, JsonObject body) {
    if (!ID.matcher(id).matches()) throw new IllegalArgumentException("account '" + id + "': an id has lower-case letters, digits, '-' and '_', at most 64");
    return new Account(id, body.getString("parent"), body.getString("name", id), State.valueOf(body.getString("status", "ACTIVE")),
      body.getString("currency", "EUR"), body.getLong("postpaidFloor", 0L), BillOn.valueOf(body.getString("billOn", "SENT")),
      body.getBoolean("resend", true), body.getInteger("share", 1));
  }

  /** Its weight, at least 1; that of an account that is not there is 1. */
  public static int share(Map<String, Account> accounts, String id) {
    Account of = accounts.get(id);
    return of == null ? 1 : Math.max(1, of.share);
  }

  public static Map<String, Account> all(Map<String, JsonObject> entries) {
    Map<String, Account> accounts = new java.util.HashMap<>();
    entries.forEach((id, body) -> accounts.put(id, from(id, body)));
    return accounts;
  }
}
