package io.godwit.reporting;

import io.godwit.http.Caller;
import io.godwit.message.MessageId;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;

/** The conditions of a question to table {@code message m}, and their values in the order of their numbers. */
final class Where {
  private final List<String> conditions = new ArrayList<>(List.of("m.facts_n > 0"));
  private final Tuple values = Tuple.tuple();

  /** What the caller may see: his own messages and those of all accounts below him; the operator sees those of nobody, too. */
  static Where visible(Caller caller) {
    Where where = new Where();
    if (caller.account().parent() == null) return where;
    String[] accounts = caller.tree().below(caller.id()).toArray(String[]::new);
    return accounts.length == 1 ? where.and("m.account = ?", accounts[0]) : where.and("m.account = ANY(?)", accounts);
  }

  /** @param condition with one question mark, in the place of the value; nothing is added when that is null */
  Where and(String condition, Object value) {
    if (value == null) return this;
    values.addValue(value);
    conditions.add(condition.replace("?", "$" + values.size()));
    return this;
  }

  /** Accepted in that time, which ids tell; the day keeps PostgreSQL off the other partitions. Milliseconds; null = no bound. */
  Where between(Long since, Long until) {
    if (since != null) and("m.day >= ?", MessageTable.day(since)).and("m.id >= ?", MessageId.lowest(since));
    if (until != null) and("m.day <= ?", MessageTable.day(until)).and("m.id < ?", MessageId.lowest(until));
    return this;
  }

  /** Older than that message. */
  Where before(String id) {
    return id == null ? this : and("m.day <= ?", MessageTable.day(MessageId.millis(id))).and("m.id < ?", id);
  }

  String sql() {
    return "WHERE " + String.join(" AND ", conditions);
  }

  Tuple values() {
    return values;
  }
}
