package io.godwit.reporting;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The volume report: how many messages there are for each customer, integration, country, status, … A message counts once, under
 * its present status. Amounts of different currencies are never added: they are lines of their own; what was never priced counts
 * with the others of its group.
 *
 * @param by what the lines are grouped by, in the order of their columns
 */
record Volume(List<Dimension> by, List<Line> lines) {
  /** More lines than anybody reads; a question with more of them is refused. */
  static final int MOST_LINES = 50_000;

  enum Dimension {
    CUSTOMER("customer", "customer", "Customer", "m.account"),
    INTEGRATION("integration", "integrationId", "Integration ID", "m.integration_id"),
    COUNTRY("country", "country", "Country", "coalesce(c.name, m.country)"),
    STATUS("status", "status", "Status", "m.status"),
    DAY("day", "day", "Day", "m.day::text"),
    LINK("link", "link", "Link", "m.link");

    final String word;
    final String field;
    final String title;
    final String sql;

    Dimension(String word, String field, String title, String sql) {
      this.word = word;
      this.field = field;
      this.title = title;
      this.sql = sql;
    }

    static final List<String> WORDS = Arrays.stream(values()).map(d -> d.word).toList();
    static final List<Dimension> USUAL = List.of(CUSTOMER, INTEGRATION, COUNTRY, STATUS);

    static Dimension of(String word) {
      return values()[WORDS.indexOf(word)];
    }
  }

  /**
   * @param group a value for each dimension; null = none
   * @param price decimal, in units of the currency
   * @param currency null when nothing in the group was ever priced
   */
  record Line(List<String> group, long volume, long segments, String price, String currency) { }

  /** At most one line more than {@link #MOST_LINES}. */
  static Future<Volume> read(Pool pool, List<Dimension> by, Where where) {
    return pool.preparedQuery(sql(by, where)).execute(where.values()).map(rows -> {
      List<Line> lines = new ArrayList<>();
      rows.forEach(row -> lines.add(line(row, by.size())));
      return new Volume(by, lines);
    });
  }

  private static Line line(Row row, int dimensions) {
    List<String> group = IntStream.range(0, dimensions).mapToObj(row::getString).collect(Collectors.toCollection(ArrayList::new));
    String price = amount(row.getBigDecimal(dimensions + 2));
    return new Line(group, row.getLong(dimensions), row.getLong(dimensions + 1), price, row.getString(dimensions + 3));
  }

  /** The inner question counts by currency; the outer one adds what has none to the currency of its group. */
  private static String sql(List<Dimension> by, Where where) {
    String keys = IntStream.range(0, by.size()).mapToObj(i -> "g" + i).collect(Collectors.joining(", "));
    String values = IntStream.range(0, by.size()).mapToObj(i -> by.get(i).sql + " AS g" + i).collect(Collectors.joining(", "));
    return "WITH counted AS (SELECT " + values + ", m.currency, count(*) AS volume, sum(m.segments)::bigint AS segments, sum(m.price_micros) AS price"
      + " FROM message m LEFT JOIN country c ON c.code = m.country " + where.sql() + " GROUP BY " + keys + ", m.currency),"
      + " priced AS (SELECT *, coalesce(currency, max(currency) OVER (PARTITION BY " + keys + ")) AS paid_in FROM counted)"
      + " SELECT " + keys + ", sum(volume)::bigint, sum(segments)::bigint, coalesce(sum(price), 0), paid_in FROM priced"
      + " GROUP BY " + keys + ", paid_in ORDER BY " + keys + ", paid_in LIMIT " + (MOST_LINES + 1);
  }

  /** Micro-units as a decimal string without superfluous zeros. */
  static String amount(BigDecimal micros) {
    return micros.signum() == 0 ? "0" : micros.movePointLeft(6).stripTrailingZeros().toPlainString();
  }

  String csv() {
    List<String> header = new ArrayList<>(by.stream().map(d -> d.title).toList());
    header.addAll(List.of("Volume", "Segments", "Price", "Currency"));
    Csv csv = new Csv().line(header);
    for (Line line : lines) {
      List<Object> values = new ArrayList<>(line.group);
      values.addAll(List.of(line.volume, line.segments, line.price, line.currency == null ? "" : line.currency));
      csv.line(values);
    }
    return csv.toString();
  }

  JsonArray json() {
    JsonArray json = new JsonArray();
    for (Line line : lines) {
      JsonObject object = new JsonObject();
      for (int i = 0; i < by.size(); i++) object.put(by.get(i).field, line.group.get(i));
      json.add(object.put("volume", line.volume).put("segments", line.segments).put("price", line.price).put("currency", line.currency));
    }
    return json;
  }
}
