package io.godwit.reporting;

import io.godwit.message.Event;
import io.godwit.message.Leg;
import io.godwit.message.MessageId;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.LocalDate;
import java.util.List;

/**
 * One leg that was billed. Country, network and segments are those of the message's row, which the same transaction has written before, or an earlier one: a
 * message is accepted before it is billed. In the rare case that its first page is met later country and network stay empty.
 *
 * @param accepted the day of the message
 * @param day when it was billed
 */
record Bill(String message, LocalDate accepted, String account, LocalDate day, String currency, long micros) {
  /** A look-up by key for each leg: no plan may read whole partitions instead. */
  private static final String ADD = """
      INSERT INTO billed AS b (set_no, account, day, currency, country, network, messages, segments, micros)
      SELECT $1, x.account, x.day, x.currency, coalesce(m.country, ''), coalesce(m.network, ''), count(*), coalesce(sum(m.segments), 0), sum(x.micros)
      FROM unnest($2::text[], $3::date[], $4::text[], $5::date[], $6::text[], $7::bigint[]) AS x(id, accepted, account, day, currency, micros)
      LEFT JOIN LATERAL (SELECT country, network, segments FROM message WHERE id = x.id AND day = x.accepted LIMIT 1) m ON true
      GROUP BY x.account, x.day, x.currency, coalesce(m.country, ''), coalesce(m.network, '')
      ON CONFLICT (account, day, currency, country, network, set_no)
      DO UPDATE SET messages = b.messages + excluded.messages, segments = b.segments + excluded.segments, micros = b.micros + excluded.micros""";

  /** Adds what the event billed. */
  static void collect(Event event, List<Bill> into) {
    if (event.money() == null || event.money().action() != Event.Money.Action.BILLED) return;
    for (Leg leg : event.money().legs()) {
      into.add(new Bill(event.id(), MessageTable.day(MessageId.millis(event.id())), leg.account(), MessageTable.day(event.at()), leg.currency(), leg.amount()));
    }
  }

  /** Behind the rows of the same batch. */
  static Future<Void> write(SqlConnection connection, int set, List<Bill> bills) {
    if (bills.isEmpty()) return Future.succeededFuture();
    return connection.preparedQuery(ADD).execute(Tuple.of(set, bills.stream().map(Bill::message).toArray(String[]::new), bills.stream().map(Bill::accepted).toArray(LocalDate[]::new),
      bills.stream().map(Bill::account).toArray(String[]::new), bills.stream().map(Bill::day).toArray(LocalDate[]::new), bills.stream().map(Bill::currency).toArray(String[]::new))
      .addValue(bills.stream().map(Bill::micros).toArray(Long[]::new))).mapEmpty();
  }
}
