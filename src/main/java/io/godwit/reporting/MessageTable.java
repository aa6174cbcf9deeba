package io.godwit.reporting;

import io.godwit.message.MessageId;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The columns of table {@code message} as the projection writes them, each with the group whose event number decides whether a
 * newer value takes its place; and the one statement that merges any number of rows, which come as one array a column.
 */
final class MessageTable {
  /**
   * @param group the column with the event number that governs this one; null = it never changes
   * @param array makes the array in which its values travel
   */
  private record Column(String name, String type, String group, IntFunction<Object[]> array, Function<MessageRow, Object> value) { }

  /** Surrogates that are half of a pair: a whole pair is one character to a pattern. */
  private static final Pattern UNSTORABLE = Pattern.compile("[\\x{0}\\x{D800}-\\x{DFFF}]");
  private static final List<Column> COLUMNS = new ArrayList<>();

  static {
    text("id", null, r -> r.id);
    add("day", "date", null, LocalDate[]::new, r -> day(r.acceptedAt()));
    number("set_no", null, r -> MessageId.set(r.id));
    time("accepted_at", null, r -> r.acceptedAt());
    facts();
    text("sender", "sender_n", r -> r.sender);
    number("sender_n", "sender_n", r -> r.senderN);
    text("link", "link_n", r -> r.link);
    carriage();
    status();
    time("sent_at", "sent_n", r -> r.sentAt);
    number("sent_n", "sent_n", r -> r.sentN);
    add("price_micros", "bigint", "money_n", Long[]::new, MessageRow::price);
    text("currency", "money_n", MessageRow::currency);
    add("income_micros", "bigint", "money_n", Long[]::new, MessageRow::income);
    text("income_currency", "money_n", MessageRow::incomeCurrency);
    number("money_n", "money_n", r -> r.moneyN);
    add("redacted", "boolean", null, Boolean[]::new, r -> r.redacted);
  }

  private static void facts() {
    fact("direction", r -> r.facts.direction().name());
    fact("account", r -> blankToNull(r.facts.account()));
    fact("recipient", r -> r.facts.to());
    fact("country", r -> blankToNull(r.facts.country()));
    fact("integration_id", r -> r.facts.origin().integrationId());
    fact("client_ref", r -> r.facts.origin().clientRef());
    fact("batch", r -> r.facts.origin().batch());
    fact("tags", r -> arrayLiteral(r.facts.origin().tags()));
    fact("text", r -> r.redacted ? null : r.facts.text());
    fact("encoding", r -> r.facts.encoding().name());
    number("segments", "facts_n", r -> r.facts == null ? null : r.facts.segments());
    fact("in_reply_to", r -> r.inReplyTo);
    number("facts_n", "facts_n", r -> r.factsN);
  }

  private static void carriage() {
    text("network", "link_n", r -> r.carriage == null ? null : r.carriage.network());
    add("cost_micros", "bigint", "link_n", Long[]::new, r -> r.carriage == null || r.carriage.currency() == null ? null : (Long) r.carriage.cost());
    text("cost_currency", "link_n", r -> r.carriage == null ? null : r.carriage.currency());
    number("link_n", "link_n", r -> r.linkN);
  }

  private static void status() {
    text("status", "n", r -> r.status);
    add("final", "boolean", "n", Boolean[]::new, r -> r.isFinal);
    time("done_at", "n", r -> r.doneAt);
    text("error_code", "n", r -> r.error == null ? null : r.error.code());
    text("error_text", "n", r -> r.error == null ? null : r.error.text());
    number("n", "n", r -> r.n);
  }

  private MessageTable() {
  }

  private static void add(String name, String type, String group, IntFunction<Object[]> array, Function<MessageRow, Object> value) {
    COLUMNS.add(new Column(name, type, group, array, value));
  }

  private static void text(String name, String group, Function<MessageRow, String> value) {
    add(name, "text", group, String[]::new, r -> storable(value.apply(r)));
  }

  private static void fact(String name, Function<MessageRow, String> value) {
    text(name, "facts_n", r -> r.facts == null ? null : value.apply(r));
  }

  private static void number(String name, String group, Function<MessageRow, Integer> value) {
    add(name, "integer", group, Integer[]::new, value::apply);
  }

  /** 0 is no time. */
  private static void time(String name, String group, Function<MessageRow, Long> value) {
    add(name, "timestamptz", group, OffsetDateTime[]::new, r -> value.apply(r) == 0 ? null : utc(value.apply(r)));
  }

  static final String UPSERT = upsert();

  private static String upsert() {
    String names = COLUMNS.stream().map(Column::name).collect(Collectors.joining(", "));
    String arrays = IntStream.range(0, COLUMNS.size()).mapToObj(i -> "$" + (i + 1) + "::" + COLUMNS.get(i).type + "[]").collect(Collectors.joining(", "));
    String values = COLUMNS.stream().map(c -> c.name.equals("tags") ? "r.tags::text[]" : "r." + c.name).collect(Collectors.joining(", "));
    String changes = COLUMNS.stream().filter(c -> c.group != null).map(MessageTable::change).collect(Collectors.joining(",\n"));
    return "INSERT INTO message AS m (" + names + ")\nSELECT " + values + " FROM unnest(" + arrays + ") AS r(" + names + ")\n"
      + "ON CONFLICT (id, day) DO UPDATE SET\n" + changes + ",\nredacted = m.redacted OR excluded.redacted, updated_at = now()";
  }

  /** The value of the higher event number; a blanked text stays blank whatever comes later. */
  private static String change(Column c) {
    String blank = c.name.equals("text") ? "WHEN m.redacted OR excluded.redacted THEN NULL " : "";
    return String.format("%1$s = CASE %3$sWHEN excluded.%2$s > m.%2$s THEN excluded.%1$s ELSE m.%1$s END", c.name, c.group, blank);
  }

  /** The parameters of {@link #UPSERT}. Takes a while for thousands of rows: not for an event loop. */
  static Tuple parameters(Collection<MessageRow> rows) {
    Tuple parameters = Tuple.tuple();
    for (Column column : COLUMNS) parameters.addValue(rows.stream().map(column.value).toArray(column.array));
    return parameters;
  }

  static LocalDate day(long millis) {
    return LocalDate.ofInstant(Instant.ofEpochMilli(millis), ZoneOffset.UTC);
  }

  static OffsetDateTime utc(long millis) {
    return Instant.ofEpochMilli(millis).atOffset(ZoneOffset.UTC);
  }

  /** As one text, since arrays of arrays cannot be unnested by one level. */
  private static String arrayLiteral(List<String> texts) {
    return texts.stream().map(t -> '"' + t.replace("\\", "\\\\").replace("\"", "\\\"") + '"').collect(Collectors.joining(",", "{", "}"));
  }

  /** PostgreSQL's texts cannot hold NUL, nor half a surrogate pair, as a part may have it that a customer cut himself. */
  static String storable(String text) {
    if (text == null) return null;
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == 0 || Character.isSurrogate(text.charAt(i))) return UNSTORABLE.matcher(text).replaceAll("\uFFFD");
    }
    return text;
  }

  private static String blankToNull(String text) {
    return text == null || text.isEmpty() ? null : text;
  }
}
