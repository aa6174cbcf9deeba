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
 * its present status. Amounts of different currencies are never added: they are lines of their own; what was never priced, or sent, counts
 * with the others of its group. What carriers charge is the operator's to know: cost is that of messages that were sent, and margin what he is paid for them less
 * that, where both are known in the same currency. A reseller's own margin is no part of it.
 *
 * @param by what the lines are grouped by, in the order of their columns
 * @param costs whether it says cost and margin
 */
record Volume(List<Dimension> by, boolean costs, List<Line> lines) {
  /** More lines than anybody reads; a question with more of them is refused. */
  static final int MOST_LINES = 50_000;

  enum Dimension {
    CUSTOMER("customer", "customer", "Customer", "m.account"),
    INTEGRATION("integration", "integrationId", "Integration ID", "m.integration_id"),
    COUNTRY("country", "country", "Country", "coalesce(c.name, m.country)"),
    STATUS("status", "status", "Status", "m.status"),
    DAY("day", "day", "Day", "m.day::text"),
    LINK("link", "link", "Link", "m.link"),
    NETWORK("network", "network", "Network", "m.network");

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
   * @param cost decimal, in units of its currency; null when not known
   * @param margin in the currency of the cost; null when not known
   */
  record Line(List<String> group, long volume, long segments, String price, String currency, String cost, String costCurrency, String margin) { }

  /** At most one line more than {@link #MOST_LINES}. */
  static Future<Volume> read(Pool pool, List<Dimension> by, boolean costs, Where where) {
    return pool.preparedQuery(sql(by, costs, where)).execute(where.values()).map(rows -> {
      List<Line> lines = new ArrayList<>();
      rows.forEach(row -> lines.add(line(row, by.size())));
      return new Volume(by, costs, lines);
    });
  }

  private static Line line(Row row, int dimensions) {
    List<String> group = IntStream.range(0, dimensions).mapToObj(row::getString).collect(Collectors.toCollection(ArrayList::new));
    return new Line(group, row.getLong(dimensions), row.getLong(dimensions + 1), amount(row.getBigDecimal(dimensions + 2)), row.getString(dimensions + 3),
      amount(row.getBigDecimal(dimensions + 4)), row.getString(dimensions + 5), amount(row.getBigDecimal(dimensions + 6)));
  }

  private static final String COSTS = "CASE WHEN m.sent_at IS NOT NULL THEN m.cost_currency END AS due_in, sum(m.cost_micros) FILTER (WHERE m.sent_at IS NOT NULL) AS cost,"
    + " sum(m.income_micros - m.cost_micros) FILTER (WHERE m.sent_at IS NOT NULL AND m.income_currency = m.cost_currency) AS margin";
  private static final String NO_COSTS = "NULL::text AS due_in, NULL::numeric AS cost, NULL::numeric AS margin";

  /** The inner question counts by currencies; the outer one adds what has none to those of its group. */
  private static String sql(List<Dimension> by, boolean costs, Where where) {
    String keys = IntStream.range(0, by.size()).mapToObj(i -> "g" + i).collect(Collectors.joining(", "));
    String values = IntStream.range(0, by.size()).mapToObj(i -> by.get(i).sql + " AS g" + i).collect(Collectors.joining(", "));
    return "WITH counted AS (SELECT " + values + ", m.currency, count(*) AS volume, sum(m.segments)::bigint AS segments, sum(m.price_micros) AS price, " + (costs ? COSTS : NO_COSTS)
      + " FROM message m LEFT JOIN country c ON c.code = m.country " + where.sql() + " GROUP BY " + keys + ", m.currency, due_in),"
      + " priced AS (SELECT *, coalesce(currency, max(currency) OVER (PARTITION BY " + keys + ")) AS paid_in,"
      + " coalesce(due_in, max(due_in) OVER (PARTITION BY " + keys + ")) AS charged_in FROM counted)"
      + " SELECT " + keys + ", sum(volume)::bigint, sum(segments)::bigint, coalesce(sum(price), 0), paid_in, sum(cost), charged_in, sum(margin) FROM priced"
      + " GROUP BY " + keys + ", paid_in, charged_in ORDER BY " + keys + ", paid_in, charged_in LIMIT " + (MOST_LINES + 1);
  }

  /** Micro-units as a decimal string without superfluous zeros; null stays null. */
  static String amount(BigDecimal micros) {
    if (micros == null) return null;
    return micros.signum() == 0 ? "0" : micros.movePointLeft(6).stripTrailingZeros().toPlainString();
  }

  String csv() {
    List<String> header = new ArrayList<>(by.stream().map(d -> d.title).toList());
    header.addAll(List.of("Volume", "Segments", "Price", "Currency"));
    if (costs) header.addAll(List.of("Cost", "Cost Currency", "Margin"));
    Csv csv = new Csv().line(header);
    for (Line line : lines) {
      List<Object> values = new ArrayList<>(line.group);
      values.addAll(Arrays.asList(line.volume, line.segments, line.price, line.currency));
      if (costs) values.addAll(Arrays.asList(line.cost, line.costCurrency, line.margin == null ? null : Csv.number(line.margin)));
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
      if (costs) object.put("cost", line.cost).put("costCurrency", line.costCurrency).put("margin", line.margin);
    }
    return json;
  }
}
