package io.godwit.routing;

import io.godwit.accounts.Account;
import io.godwit.accounts.Form;
import io.godwit.message.Prefixes;
import io.vertx.core.json.JsonObject;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Numbers and prefixes that no message may go to: for everyone, or for an account and all below it. Immutable. */
final class BlockList {
  static final String KIND = "block";
  private static final Set<String> FIELDS = Set.of("account", "number", "prefix", "note");
  private static final Pattern NUMBER = Pattern.compile("\\+?[0-9]{1,15}");
  private static final Pattern PREFIX = Pattern.compile("\\+?[0-9]{1,15}");
  private static final int ID_CHARS = 64;
  private static final int NOTE_CHARS = 128;
  private static final String EVERYONE = "";

  private final Map<String, Set<String>> numbers = new java.util.HashMap<>();
  private final Prefixes<Set<String>> prefixes;

  private BlockList(Map<String, JsonObject> entries) {
    Prefixes.Builder<Set<String>> builder = new Prefixes.Builder<>();
    entries.forEach((id, body) -> add(builder, id, body));
    prefixes = builder.build();
  }

  static BlockList of(Map<String, JsonObject> entries) {
    return new BlockList(entries);
  }

  private void add(Prefixes.Builder<Set<String>> builder, String id, JsonObject body) {
    Form form = Form.entry(KIND, id, body).only(FIELDS);
    form.text("note", NOTE_CHARS);
    String account = form.has("account") ? form.text("account", ID_CHARS) : EVERYONE;
    String number = form.matching("number", NUMBER, "a number, 1 to 15 digits");
    String prefix = form.matching("prefix", PREFIX, "1 to 15 digits");
    if (form.has("number") == form.has("prefix")) form.wrong("missing-field", "number", "or 'prefix' must be there, and not both");
    form.check();
    if (number != null) numbers.computeIfAbsent(number.startsWith("+") ? number : "+" + number, n -> new HashSet<>()).add(account);
    else builder.add(prefix, Set.of(account), BlockList::union);
  }

  private static Set<String> union(Set<String> some, Set<String> others) {
    Set<String> all = new HashSet<>(some);
    all.addAll(others);
    return all;
  }

  /** Whether this recipient is closed to an account with this lineage. */
  boolean blocks(String recipient, List<Account> lineage) {
    Set<String> closedTo = numbers.get(recipient);
    if (closedTo != null && concerns(closedTo, lineage)) return true;
    for (Set<String> accounts : prefixes.all(recipient)) if (concerns(accounts, lineage)) return true;
    return false;
  }

  private static boolean concerns(Set<String> accounts, List<Account> lineage) {
    return accounts.contains(EVERYONE) || lineage.stream().anyMatch(account -> accounts.contains(account.id()));
  }
}
