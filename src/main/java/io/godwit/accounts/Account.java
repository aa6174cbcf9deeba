package io.godwit.accounts;

import io.godwit.message.NumberPlan;
import io.vertx.core.json.JsonObject;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A customer, a reseller or the operator. The entry in the directory, the body in the API and the export have one form, {@link #json}.
 *
 * @param id lower-case letters, digits, '-' and '_'; stable, in every message and leg
 * @param parent who sells to it; null for the operator
 * @param name for people
 * @param status ACTIVE, BLOCKED (messages of it and of all below it become USER_BLOCKED), CLOSED (nor ask for anything)
 * @param currency ISO 4217; never changes
 * @param creditLimit how far a postpaid account's balance may go below zero, in micro-units
 * @param billOn SENT or DELIVERED: with which event its legs are billed; of a chain of buyers the strictest terms hold for all
 * @param refundOnFailure whether what was sent and then failed costs nothing; the price stays reserved until that is known, as with DELIVERED
 * @param sender for messages that name none; null = Godwit chooses
 * @param contact whom to ask, in the words of whoever keeps that; null when not said
 * @param lowBalance an alert is given when the balance and the credit limit together fall below it, in micro-units; null = none
 * @param resend whether what may have been submitted when a process died is sent again (alerts) or left UNKNOWN (one-time passwords)
 * @param share its weight in the fairness of the bulk lane, 1 by default; above its seller's only by the operator
 */
public record Account(String id, String parent, String name, State status, String currency, CreditMode creditMode, long creditLimit, BillOn billOn, boolean refundOnFailure,
                      String sender, String contact, AccountLimits limits, Long lowBalance, boolean resend, int share) {
  public enum State { ACTIVE, BLOCKED, CLOSED }

  public enum BillOn { SENT, DELIVERED }

  public enum CreditMode { PREPAID, POSTPAID }

  /** The kind of the directory's entries that describe accounts. */
  public static final String KIND = "account";

  /** What an entry may say; {@code smpp} is read by {@link SmppTerms}, {@code links} by the room {@code link}. */
  public static final Set<String> FIELDS = Set.of("parent", "name", "status", "currency", "creditMode", "creditLimit", "billOn", "refundOnFailure", "sender", "contact",
    "limits", "lowBalance", "resend", "share", "smpp", "links");
  /** How entries said it before there were credit modes, in micro-units ≤ 0. */
  static final String EARLIER_CREDIT = "postpaidFloor";

  private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9_-]{0,63}");
  private static final int TEXT_CHARS = 128;

  /** Whether it could stand in a field's name, as it does in allotments. */
  public static boolean isId(String id) {
    return ID.matcher(id).matches();
  }

  /** Its weight in the fairness of the bulk lane, at least 1; that of an account that is not there is 1. */
  public static int weight(Account of) {
    return of == null ? 1 : Math.max(1, of.share);
  }

  /** Reads what a form says; what is wrong in it the form tells. */
  public static Account read(String id, Form form) {
    long floor = form.whole(EARLIER_CREDIT, 0, -Amount.MOST, 0);
    Long limit = form.amount("creditLimit");
    CreditMode mode = form.word("creditMode", CreditMode.class, floor < 0 ? CreditMode.POSTPAID : CreditMode.PREPAID);
    if (mode == CreditMode.PREPAID && limit != null && limit > 0) form.wrong("invalid-field", "creditLimit", "is for postpaid accounts");
    String name = form.text("name", TEXT_CHARS);
    return new Account(id, form.text("parent", TEXT_CHARS), name == null ? id : name, form.word("status", State.class, State.ACTIVE), currency(form), mode,
      mode == CreditMode.PREPAID ? 0 : limit == null ? -floor : limit, form.word("billOn", BillOn.class, BillOn.SENT), form.flag("refundOnFailure", false), sender(form),
      form.text("contact", TEXT_CHARS), AccountLimits.read(form.object("limits")), form.amount("lowBalance"), form.flag("resend", true),
      (int) form.whole("share", 1, 1, 1_000_000));
  }

  /** What only a change must heed: nothing unknown, and terms that can be kept. */
  public static void check(String id, Form form) {
    form.only(FIELDS);
    AccountLimits.check(form.object("limits"));
    if (!form.has("smpp")) return;
    try {
      SmppTerms.from(id, form.object("smpp").json());
    } catch (IllegalArgumentException e) {
      form.wrong("invalid-field", "smpp", e.getMessage());
    }
  }

  private static String currency(Form form) {
    String currency = form.text("currency", TEXT_CHARS);
    if (currency == null || currency.matches("[A-Z]{3}")) return currency == null ? "EUR" : currency;
    return form.invalid("currency", "must be three capital letters as in ISO 4217", "EUR");
  }

  private static String sender(Form form) {
    String sender = form.text("sender", TEXT_CHARS);
    if (sender == null || !(NumberPlan.senderKind(sender) instanceof NumberPlan.Refused no)) return sender;
    return form.invalid("sender", "cannot be a sender: " + no.reason(), null);
  }

  /** @throws IllegalArgumentException naming the account and what is wrong */
  public static Account from(String id, JsonObject body) {
    if (!isId(id)) throw new IllegalArgumentException("account '" + id + "': an id has lower-case letters, digits, '-' and '_', at most 64");
    Form form = Form.of(body);
    Account account = read(id, form);
    if (!form.wrongs().isEmpty()) throw new IllegalArgumentException("account '" + id + "': " + form.wrongs());
    return account;
  }

  /** All that is said of it but its id and its SMPP terms. */
  public JsonObject json() {
    return new JsonObject().put("parent", parent).put("name", name).put("status", status.name()).put("currency", currency).put("creditMode", creditMode.name())
      .put("creditLimit", Amount.text(creditLimit)).put("billOn", billOn.name()).put("refundOnFailure", refundOnFailure).put("sender", sender).put("contact", contact)
      .put("limits", limits.json()).put("lowBalance", lowBalance == null ? null : Amount.text(lowBalance)).put("resend", resend).put("share", share);
  }

  /** How far the balance may go below zero, as a value ≤ 0; micro-units. */
  public long postpaidFloor() {
    return -creditLimit;
  }

  /** Whether its messages are billed when a carrier takes them; else when they reach their end. */
  public boolean isBilledWhenSent() {
    return billOn == BillOn.SENT && !refundOnFailure;
  }
}
