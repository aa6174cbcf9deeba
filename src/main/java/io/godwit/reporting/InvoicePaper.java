package io.godwit.reporting;

import io.godwit.reporting.InvoiceCheck.Count;
import io.godwit.reporting.InvoiceCheck.Row;
import io.godwit.reporting.InvoiceFile.Charge;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** How an {@link InvoiceCheck} is shown: JSON and CSV. Ours is known in part only where some segments have no known cost; it is shown nowhere as if it were the whole. */
final class InvoicePaper {
  private static final Count NOTHING = new Count(0, 0, 0);
  private static final Charge NO_CHARGE = new Charge(0, 0);

  private InvoicePaper() {
  }

  static JsonObject json(InvoiceCheck check, List<Row> rows) {
    JsonArray items = new JsonArray();
    for (Row row : rows) {
      items.add(new JsonObject().put("day", row.key().day().toString()).put("network", row.key().network().isEmpty() ? null : row.key().network())
        .put("ours", row.ours() == null ? null : ours(row.ours())).put("theirs", row.theirs() == null ? null : theirs(row.theirs()))
        .put("difference", difference(row.ours(), row.theirs())).put("verdict", row.verdict().name()));
    }
    JsonObject verdicts = new JsonObject();
    check.verdicts().forEach((verdict, count) -> verdicts.put(verdict.name(), count));
    JsonObject totals = new JsonObject().put("ours", ours(check.ours())).put("theirs", theirs(check.theirs())).put("difference", difference(check.ours(), check.theirs())).put("verdicts", verdicts);
    return new JsonObject().put("link", check.link()).put("currency", check.currency()).put("from", check.from().toString()).put("to", check.to().toString())
      .put("tolerance", check.tolerance().percent().toPlainString()).put("rows", items).put("totals", totals).put("sentUntil", check.until().toString());
  }

  private static JsonObject ours(Count count) {
    return new JsonObject().put("segments", count.segments()).put("amount", count.unpriced() > 0 ? null : amount(count.micros())).put("unpricedSegments", count.unpriced());
  }

  private static JsonObject theirs(Charge charge) {
    return new JsonObject().put("segments", charge.segments()).put("amount", amount(charge.micros()));
  }

  private static JsonObject difference(Count ours, Charge theirs) {
    Count one = ours == null ? NOTHING : ours;
    Charge other = theirs == null ? NO_CHARGE : theirs;
    return new JsonObject().put("segments", other.segments() - one.segments()).put("amount", one.unpriced() > 0 ? null : amount(other.micros() - one.micros()));
  }

  static String csv(InvoiceCheck check, List<Row> rows) {
    Csv csv = new Csv().line(List.of("Day", "Network", "Our Segments", "Our Amount", "Their Segments", "Their Amount", "Segments Difference", "Amount Difference", "Currency", "Verdict"));
    for (Row row : rows) csv.line(values(row.key().day().toString(), row.key().network(), row.ours(), row.theirs(), check.currency(), row.verdict().name()));
    return csv.line(values("TOTAL", null, check.ours(), check.theirs(), check.currency(), null)).toString();
  }

  private static List<Object> values(String day, String network, Count ours, Charge theirs, String currency, String verdict) {
    List<Object> values = new ArrayList<>(Arrays.asList(day, network));
    values.addAll(ours == null ? Arrays.asList(null, null) : Arrays.asList(ours.segments(), ours.unpriced() > 0 ? null : number(ours.micros())));
    values.addAll(theirs == null ? Arrays.asList(null, null) : Arrays.asList(theirs.segments(), number(theirs.micros())));
    JsonObject difference = difference(ours, theirs);
    String amount = difference.getString("amount");
    values.addAll(Arrays.asList(difference.getLong("segments"), amount == null ? null : Csv.number(amount), currency, verdict));
    return values;
  }

  private static Object number(long micros) {
    return Csv.number(amount(micros));
  }

  private static String amount(long micros) {
    return Volume.amount(BigDecimal.valueOf(micros));
  }
}
