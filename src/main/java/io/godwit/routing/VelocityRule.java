package io.godwit.routing;

import io.godwit.accounts.Form;
import io.godwit.message.Message;
import io.vertx.core.json.JsonObject;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * How much may go to numbers with a prefix in a window of time. Immutable.
 *
 * @param prefix leading digits of the recipient, "" = all
 * @param account whose messages count, with those of all below it; null = everyone's
 * @param each whether each sending account is counted by itself
 * @param windowMs windows follow each other, and begin at multiples of their length since 1970
 */
record VelocityRule(String id, String prefix, String account, boolean each, Unit unit, long limit, long windowMs, Action action) {
  static final String KIND = "velocity";
  private static final Set<String> FIELDS = Set.of("prefix", "account", "count", "unit", "limit", "windowSeconds", "action", "note");
  private static final Pattern PREFIX = Pattern.compile("\\+?[0-9]{1,15}");
  private static final int ID_CHARS = 64;
  private static final int NOTE_CHARS = 128;
  private static final int USUAL_SECONDS = 60;
  /** An alarm a window is enough. */
  private static final int FEWEST_SECONDS = 10;
  private static final int MOST_SECONDS = 86_400;
  private static final long MOST = 1_000_000_000L;
  private static final int SLICES = 10;

  enum Unit { MESSAGES, SEGMENTS }

  enum Count { TOGETHER, EACH }

  enum Action { REFUSE, ALARM }

  static VelocityRule of(String id, JsonObject body) {
    Form form = Form.entry(KIND, id, body).only(FIELDS);
    form.text("note", NOTE_CHARS);
    if (!form.has("limit")) form.wrong("missing-field", "limit", "is missing");
    String prefix = form.matching("prefix", PREFIX, "1 to 15 digits");
    VelocityRule rule = new VelocityRule(id, prefix == null ? "" : prefix.replace("+", ""), form.text("account", ID_CHARS), form.word("count", Count.class, Count.TOGETHER) == Count.EACH,
      form.word("unit", Unit.class, Unit.MESSAGES), form.whole("limit", 1, 0, MOST), 1_000 * form.whole("windowSeconds", USUAL_SECONDS, FEWEST_SECONDS, MOST_SECONDS),
      form.word("action", Action.class, Action.REFUSE));
    form.check();
    return rule;
  }

  long need(Message message) {
    return unit == Unit.SEGMENTS ? message.segments() : 1;
  }

  /** What nodes draw at a time; who holds one may keep others from it until the window is over. */
  long slice() {
    return Math.max(1, limit / SLICES);
  }

  /** Of the count to which a message that comes now belongs. */
  String key(Message message, long now) {
    return "velocity/" + id + "/" + (each ? message.account() : "") + "/" + (now - now % windowMs);
  }

  /** In words, for the log. */
  String text() {
    return limit + " " + unit.name().toLowerCase(java.util.Locale.ROOT) + " in " + windowMs / 1_000 + " s to " + (prefix.isEmpty() ? "all numbers" : "+" + prefix)
      + (account == null ? "" : " from " + account);
  }
}
