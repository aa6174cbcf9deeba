package io.godwit.routing;

import io.godwit.accounts.Account;
import io.godwit.accounts.Form;
import io.godwit.message.Message;
import io.godwit.message.Prefixes;
import io.godwit.numbering.Networks;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Which messages a route is for: those that fit all its conditions, and of each condition one of its values. What is empty or null fits every message.
 *
 * @param prefixes leading digits of the recipient, without '+'
 * @param countries of the recipient, ISO 3166-1
 * @param networks of the recipient, MCC and MNC
 * @param accounts the sending account or one above it
 * @param senders exactly
 * @param tags of which the message has one
 */
record Match(Set<String> prefixes, Set<String> countries, Set<String> networks, Set<String> accounts, Set<String> senders, Set<String> tags, TimeWindow time,
             Expression sender, Expression text) {
  private static final Set<String> FIELDS = Set.of("prefix", "country", "network", "account", "sender", "tag", "time", "senderPattern", "textPattern");
  private static final int MOST_VALUES = 1_000;
  private static final int LONGEST_VALUE = 128;
  private static final Predicate<String> PREFIX = Pattern.compile("\\+?\\d{0," + Prefixes.MOST_DIGITS + "}").asMatchPredicate();
  private static final Predicate<String> COUNTRY = Pattern.compile("[A-Z]{2}").asMatchPredicate();

  static Match read(Form route) {
    Form form = route.object("match").only(FIELDS);
    return new Match(prefixes(form), values(form, "country", COUNTRY, "must be ISO 3166-1 codes of two capital letters"),
      values(form, "network", Networks::isNetwork, "must be MCC and MNC: five or six digits"), values(form, "account", Account::isId, "must be ids of accounts"),
      values(form, "sender", any -> true, ""), values(form, "tag", any -> true, ""), TimeWindow.read(form), Expression.read(form, "senderPattern"), Expression.read(form, "textPattern"));
  }

  /** An empty prefix is none. */
  private static Set<String> prefixes(Form form) {
    if ("".equals(form.json().getValue("prefix"))) return Set.of();
    Set<String> prefixes = new java.util.HashSet<>();
    for (String prefix : values(form, "prefix", PREFIX, "must be leading digits of numbers, at most " + Prefixes.MOST_DIGITS)) prefixes.add(prefix.replace("+", ""));
    return prefixes.contains("") ? Set.of() : Set.copyOf(prefixes);
  }

  private static Set<String> values(Form form, String field, Predicate<String> right, String otherwise) {
    List<String> values = form.oneOrMore(field, MOST_VALUES, LONGEST_VALUE);
    for (String value : values) if (!right.test(value)) return form.invalid(field, otherwise + ", '" + value + "' is not", Set.of());
    return Set.copyOf(values);
  }

  /** How many conditions besides the prefix it has. */
  int conditions() {
    return said(!countries.isEmpty()) + said(!networks.isEmpty()) + said(!accounts.isEmpty()) + said(!senders.isEmpty()) + said(!tags.isEmpty()) + said(time != null)
      + said(sender != null) + said(text != null);
  }

  private static int said(boolean condition) {
    return condition ? 1 : 0;
  }

  /** Whether all fits but prefix and accounts, by which routes are found, and the text, which takes long to look at. */
  boolean fits(Query query) {
    Message message = query.message();
    return (countries.isEmpty() || countries.contains(message.country()))
      && (networks.isEmpty() || query.network() != null && networks.contains(query.network()))
      && (senders.isEmpty() || senders.contains(message.from()))
      && (tags.isEmpty() || hasOne(message.origin().tags()))
      && (time == null || time.contains(query.now()))
      && (sender == null || sender.isIn(message.from()));
  }

  private boolean hasOne(List<String> of) {
    for (String tag : of) if (tags.contains(tag)) return true;
    return false;
  }

  boolean fitsText(Message message) {
    return text == null || text.isIn(message.text());
  }
}
