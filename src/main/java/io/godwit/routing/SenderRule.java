package io.godwit.routing;

import io.godwit.accounts.Form;
import io.godwit.message.Message;
import io.godwit.message.NumberPlan;
import io.godwit.message.NumberPlan.SenderKind;
import io.vertx.core.json.JsonObject;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What senders messages may have; what is null in its first three fields holds for all. Immutable.
 *
 * @param account for it and all below it
 * @param link for messages over it
 * @param kinds that anybody may use
 * @param registered senders that may be used whatever their kind, as {@link #plain} writes them
 * @param blocked senders that may not be used, in small letters
 * @param patterns the same, found anywhere in a sender, capitals or not
 * @param substitute in place of what is not allowed; null = it is refused
 */
record SenderRule(String id, String country, String account, String link, Set<SenderKind> kinds, Set<String> registered, Set<String> blocked, List<Expression> patterns, String substitute) {
  private static final Set<String> FIELDS = Set.of("country", "account", "link", "kinds", "senders", "blocked", "blockedPatterns", "substitute", "note");
  private static final List<String> SAYING = List.of("kinds", "senders", "blocked", "blockedPatterns", "substitute");
  private static final Pattern COUNTRY = Pattern.compile("[A-Z]{2}");
  private static final Map<String, SenderKind> KINDS = Map.of("numeric", SenderKind.NUMERIC, "shortCode", SenderKind.SHORT_CODE, "alphanumeric", SenderKind.ALPHANUMERIC);
  private static final int ID_CHARS = 64;
  private static final int SENDER_CHARS = 30;
  private static final int SENDERS = 10_000;
  private static final int PATTERNS = 20;
  private static final int NOTE_CHARS = 128;

  /** Reads what a form says; what is wrong in it the form tells. */
  static SenderRule read(String id, Form form) {
    form.only(FIELDS).text("note", NOTE_CHARS);
    if (SAYING.stream().noneMatch(form::has)) form.wrong("missing-field", "kinds", "is missing, and so is all else that it could say: " + SAYING);
    SenderRule rule = new SenderRule(id, form.matching("country", COUNTRY, "an ISO 3166-1 code of two capitals"), form.text("account", ID_CHARS), form.text("link", ID_CHARS),
      kinds(form), senders(form, "senders", false), senders(form, "blocked", true), Expression.readAll(form, "blockedPatterns", PATTERNS), substitute(form));
    if (rule.link != null && rule.substitute != null) form.invalid("substitute", "is for rules without a link: a link that does not take a sender is passed over", null);
    return rule;
  }

  private static Set<SenderKind> kinds(Form form) {
    Set<SenderKind> kinds = EnumSet.noneOf(SenderKind.class);
    for (String text : form.texts("kinds", SenderKind.values().length, SENDER_CHARS)) {
      SenderKind kind = KINDS.get(text);
      if (kind == null) form.invalid("kinds", "must hold some of " + new TreeSet<>(KINDS.keySet()), null);
      else kinds.add(kind);
    }
    return kinds;
  }

  private static Set<String> senders(Form form, String field, boolean small) {
    Set<String> senders = new HashSet<>();
    for (String text : form.texts(field, SENDERS, SENDER_CHARS)) {
      if (kind(text) == null) form.invalid(field, "has '" + text + "', which is no sender", null);
      senders.add(small ? plain(text).toLowerCase(Locale.ROOT) : plain(text));
    }
    return senders;
  }

  private static String substitute(Form form) {
    String text = form.text("substitute", SENDER_CHARS);
    if (text == null) return null;
    return NumberPlan.senderKind(text) instanceof NumberPlan.Sender sender ? sender.address() : form.invalid("substitute", "is no sender", null);
  }

  /** Null for what cannot be a sender. */
  private static SenderKind kind(String sender) {
    return NumberPlan.senderKind(sender) instanceof NumberPlan.Sender known ? known.kind() : null;
  }

  /** Numbers with and without '+' are the same. */
  private static String plain(String sender) {
    return sender.startsWith("+") ? sender.substring(1) : sender;
  }

  /** Whether it says who may be the sender, and not only who may not. */
  boolean rules() {
    return !kinds.isEmpty() || !registered.isEmpty() || substitute != null;
  }

  boolean concerns(Message message) {
    return country == null || country.equals(message.country());
  }

  boolean blocks(String sender) {
    if (sender.isEmpty()) return false;
    if (blocked.contains(plain(sender).toLowerCase(Locale.ROOT))) return true;
    for (Expression pattern : patterns) if (pattern.isIn(sender)) return true;
    return false;
  }

  /** Without a sender Godwit may choose: any that is not registered by name. */
  boolean allows(String sender) {
    if (sender.isEmpty()) return substitute == null && (registered.isEmpty() || !kinds.isEmpty());
    return kinds.isEmpty() && registered.isEmpty() || registered.contains(plain(sender)) || kinds.contains(kind(sender));
  }

  static SenderRule of(String id, JsonObject body) {
    Form form = Form.entry(SenderRules.KIND, id, body);
    SenderRule rule = read(id, form);
    form.check();
    return rule;
  }
}
