package io.godwit.management;

import io.godwit.accounts.Account;
import io.godwit.accounts.Amount;
import io.godwit.reporting.Csv;
import io.godwit.reporting.Usage;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.YearMonth;
import java.util.Arrays;
import java.util.List;

/**
 * What an account paid in a month, by country and network.
 *
 * @param until what was billed before that moment is in it
 */
record MonthlyUsage(Account account, YearMonth month, List<Usage.Sum> sums, Instant until) {
  private Usage.Sum total() {
    return sums.stream().reduce(new Usage.Sum(null, null, null, 0, 0, 0),
      (a, b) -> new Usage.Sum(null, null, null, a.messages() + b.messages(), a.segments() + b.segments(), Math.addExact(a.micros(), b.micros())));
  }

  JsonObject json() {
    JsonArray items = new JsonArray();
    for (Usage.Sum sum : sums) items.add(json(sum).put("country", known(sum.country())).put("network", known(sum.network())));
    return new JsonObject().put("account", account.id()).put("month", month.toString()).put("currency", account.currency()).put("items", items).put("total", json(total()))
      .put("usageUntil", until.toString());
  }

  private static JsonObject json(Usage.Sum sum) {
    return new JsonObject().put("messages", sum.messages()).put("segments", sum.segments()).put("amount", Amount.text(sum.micros()));
  }

  private static String known(String text) {
    return text.isEmpty() ? null : text;
  }

  String csv() {
    Csv csv = new Csv().line(List.of("Month", "Country", "Network", "Messages", "Segments", "Amount", "Currency"));
    for (Usage.Sum sum : sums) line(csv, sum.country(), sum.network(), sum);
    line(csv, "TOTAL", null, total());
    return csv.toString();
  }

  private void line(Csv csv, String country, String network, Usage.Sum sum) {
    csv.line(Arrays.asList(month.toString(), country, network, sum.messages(), sum.segments(), Csv.number(Amount.text(sum.micros())), account.currency()));
  }
}
