package io.godwit.reporting;

import io.godwit.events.MessageState;
import io.godwit.message.Carriage;
import io.godwit.message.Event;
import io.godwit.message.Leg;
import io.godwit.message.Message;
import io.godwit.message.MessageId;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The rows of the reporting database as lines of text, and what they must be: the fold of each message's events in order, by
 * {@link MessageState} and not by the projection's own code. For those who check one against the other. Reads only; futures complete on
 * the context of the caller.
 */
public final class Rows implements AutoCloseable {
  private static final String COLUMNS = "id, direction, account, sender, recipient, country, integration_id, client_ref, batch, array_to_string(tags, '|'), text, "
    + "encoding, segments, status, final, n, link, price_micros, currency, error_code, error_text, (extract(epoch FROM accepted_at) * 1000)::bigint, "
    + "(extract(epoch FROM sent_at) * 1000)::bigint, (extract(epoch FROM done_at) * 1000)::bigint, in_reply_to, day, "
    + "network, cost_micros, cost_currency, income_micros, income_currency";
  private static final String SOME = "SELECT " + COLUMNS + " FROM message WHERE day BETWEEN $1 AND $2 AND id >= $3 AND id < $4 AND set_no = $5";

  private final Pool pool;

  private Rows(Pool pool) {
    this.pool = pool;
  }

  /** @param uri of the reporting database, as in {@code $GODWIT_PG_URL} */
  public static Rows open(Vertx vertx, String uri) {
    return new Rows(ReportingDatabase.writers(vertx, uri, 0));
  }

  /** What stands there of the messages of one set that were accepted in [from, to), milliseconds since 1970: lines by message id. */
  public Future<Map<String, String>> lines(int set, long from, long to) {
    Tuple bounds = Tuple.of(MessageTable.day(from), MessageTable.day(to - 1), MessageId.lowest(from), MessageId.lowest(to), set);
    return pool.preparedQuery(SOME).execute(bounds).map(rows -> {
      Map<String, String> lines = new HashMap<>();
      for (Row row : rows) lines.put(row.getString(0), line(row));
      return lines;
    });
  }

  private static String line(Row row) {
    List<String> values = new ArrayList<>();
    for (int i = 0; i < row.size(); i++) values.add(String.valueOf(row.getValue(i)));
    return String.join("|", values);
  }

  /** The line that a message's row must be; null when nothing is known of the message itself. {@code life}: all its events, in order. */
  public static String expected(List<Event> life) {
    MessageState s = MessageState.of(life);
    if (s == null) return null;
    Message m = s.message();
    boolean redacted = s.times().containsKey("redacted");
    Long sent = s.times().get("sent");
    Long done = s.isFinal() ? (Long) life.stream().filter(e -> e.n() == s.n()).findFirst().orElseThrow().at() : null;
    List<Object> values = new ArrayList<>();
    Collections.addAll(values, m.id(), m.direction(), blank(m.account()), m.from(), m.to(), blank(m.country()), m.origin().integrationId(), m.origin().clientRef(),
      m.origin().batch(), String.join("|", m.origin().tags()), redacted ? null : m.text(), m.encoding(), m.segments(), s.status(), s.isFinal(), s.n(), s.link(),
      s.money() == null ? null : s.price(), s.currency(), s.error() == null ? null : s.error().code(), s.error() == null ? null : s.error().text(),
      m.acceptedAt(), sent, done, s.inReplyTo(), MessageTable.day(m.acceptedAt()));
    money(values, s);
    return MessageTable.storable(String.join("|", values.stream().map(String::valueOf).toList()));
  }

  private static void money(List<Object> values, MessageState s) {
    Carriage carriage = s.carriage() == null ? new Carriage(null, 0, null) : s.carriage();
    Leg income = s.income();
    Collections.addAll(values, carriage.network(), carriage.currency() == null ? null : carriage.cost(), carriage.currency(),
      income == null ? null : s.money().action() == Event.Money.Action.RELEASED ? 0 : income.amount(), income == null ? null : income.currency());
  }

  private static String blank(String text) {
    return text.isEmpty() ? null : text;
  }

  @Override
  public void close() {
    pool.close();
  }
}
