package io.godwit.reporting;

import io.godwit.accounts.Directory;
import io.godwit.http.Answer;
import io.godwit.http.Auth;
import io.godwit.http.Parameters;
import io.godwit.http.Problem;
import io.godwit.http.Reply;
import io.godwit.reporting.InvoiceCheck.Count;
import io.godwit.reporting.InvoiceCheck.Tolerance;
import io.godwit.reporting.InvoiceFile.Key;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * {@code POST /v1/links/ID/invoices/check?from&to&currency&tolerance&only=differences&format=json|csv}, by the operator, with the carrier's invoice as text/csv: what the link
 * took, by UTC day of SENT and network, beside what the carrier wants for it. Changes nothing.
 */
final class InvoiceEndpoint {
  private static final Set<String> KNOWN = Set.of("from", "to", "currency", "tolerance", "only", "format");
  private static final int MOST_DAYS = 366;
  private static final int MOST_LINES = 50_000;
  private static final String COUNTS = "SELECT day, network, sum(segments)::bigint, coalesce(sum(micros) FILTER (WHERE currency = $4), 0)::bigint,"
    + " coalesce(sum(segments) FILTER (WHERE currency <> $4), 0)::bigint FROM carried WHERE link = $1 AND day BETWEEN $2 AND $3 GROUP BY 1, 2 LIMIT " + (MOST_LINES + 1);
  private static final String CURRENCIES = "SELECT DISTINCT currency FROM carried WHERE link = $1 AND day BETWEEN $2 AND $3";

  private final Vertx vertx;
  private final Directory directory;
  private final Auth auth;

  InvoiceEndpoint(Vertx vertx, Directory directory, Auth auth) {
    this.vertx = vertx;
    this.directory = directory;
    this.auth = auth;
  }

  /** What was asked. */
  private record Question(String link, LocalDate from, LocalDate to, String currency, Tolerance tolerance, boolean differencesOnly, boolean csv) {
    Question within(LocalDate first, LocalDate last) {
      return new Question(link, first, last, currency, tolerance, differencesOnly, csv);
    }

    Question in(String other) {
      return new Question(link, from, to, other, tolerance, differencesOnly, csv);
    }
  }

  Future<Reply> check(RoutingContext ctx, Pool pool) {
    if (!auth.caller(ctx).isOperator()) return reply(Problem.of(403, "operator-only", "links are the operator's business"));
    Parameters parameters = new Parameters(ctx.queryParams(), KNOWN);
    Question question = question(ctx, parameters);
    if (parameters.problem() != null) return reply(parameters.problem());
    String type = String.valueOf(ctx.request().getHeader(HttpHeaders.CONTENT_TYPE));
    if (!type.startsWith("text/csv")) return reply(Problem.of(415, "unsupported-media-type", "the body must be text/csv, and says that it is '" + type + "'"));
    Buffer body = ctx.body().buffer();
    return vertx.executeBlocking(() -> InvoiceFile.read(body == null ? "" : body.toString()), false)
      .compose(file -> file.wrong().isEmpty() ? compare(pool, question, file) : reply(problem(file.wrong())));
  }

  private static Question question(RoutingContext ctx, Parameters parameters) {
    String currency = parameters.text("currency");
    if (currency != null && !currency.matches("[A-Z]{3}")) parameters.invalid("currency", "must be a currency like EUR");
    String percent = parameters.text("tolerance");
    if (percent != null && !percent.matches("\\d{1,2}(\\.\\d{1,4})?")) parameters.invalid("tolerance", "must be a percentage below 100, like 0.5");
    boolean differencesOnly = parameters.word("only", List.of("differences")) != null;
    String format = parameters.word("format", List.of("json", "csv"));
    boolean csv = format == null ? ctx.parsedHeaders().accept().stream().anyMatch(accepted -> "text/csv".equals(accepted.value())) : format.equals("csv");
    LocalDate from = parameters.day("from");
    LocalDate to = parameters.day("to");
    Tolerance tolerance = parameters.problem() != null || percent == null ? new Tolerance(BigDecimal.ZERO) : new Tolerance(new BigDecimal(percent));
    return new Question(ctx.pathParam("id"), from, to, currency, tolerance, differencesOnly, csv);
  }

  /** Where nothing is said, the invoice is for its first day to its last. */
  private Future<Reply> compare(Pool pool, Question asked, InvoiceFile.Parsed file) {
    LocalDate first = file.charges().firstKey().day();
    LocalDate last = file.charges().lastKey().day();
    Question question = asked.within(asked.from == null ? first : asked.from, asked.to == null ? last : asked.to);
    if (question.from.isAfter(first)) return reply(wrong("from", "the invoice begins on " + first + ", before it"));
    if (question.to.isBefore(last)) return reply(wrong("to", "the invoice ends on " + last + ", after it"));
    if (ChronoUnit.DAYS.between(question.from, question.to) >= MOST_DAYS) return reply(wrong("from", "is more than " + MOST_DAYS + " days before 'to'"));
    Tuple period = Tuple.of(question.link, question.from, question.to);
    return pool.preparedQuery(CURRENCIES).execute(period).compose(rows -> {
      if (rows.size() == 0 && directory.entry("link", question.link) == null) return reply(Problem.notFound());
      Set<String> ours = new TreeSet<>();
      rows.forEach(row -> ours.add(row.getString(0)));
      ours.remove("");
      Set<String> said = new TreeSet<>();
      if (question.currency != null) said.add(question.currency);
      if (file.currency() != null) said.add(file.currency());
      if (said.size() == 2) return reply(wrong("currency", "the invoice is in " + file.currency()));
      Set<String> currency = said.isEmpty() ? ours : said;
      if (currency.size() != 1) return reply(wrong("currency", "neither the invoice says its currency, nor has the link's cost one: " + ours));
      return count(pool, question.in(currency.iterator().next()), file);
    });
  }

  private Future<Reply> count(Pool pool, Question question, InvoiceFile.Parsed file) {
    Future<Instant> until = Usage.until(pool);
    return until.compose(v -> pool.preparedQuery(COUNTS).execute(Tuple.of(question.link, question.from, question.to, question.currency))).compose(rows -> {
      if (rows.size() > MOST_LINES) return reply(Problem.of(400, "report-too-large", "the link has more than " + MOST_LINES + " days and networks in that time: ask for less"));
      return vertx.executeBlocking(() -> answer(question, file, counts(rows), until.result()), false);
    });
  }

  private static Map<Key, Count> counts(RowSet<Row> rows) {
    Map<Key, Count> counts = new HashMap<>();
    for (Row row : rows) counts.put(new Key(row.getLocalDate(0), row.getString(1)), new Count(row.getLong(2), row.getLong(3), row.getLong(4)));
    return counts;
  }

  private static Reply answer(Question question, InvoiceFile.Parsed file, Map<Key, Count> counts, Instant until) {
    InvoiceCheck check = InvoiceCheck.of(question.link, question.currency, question.from, question.to, question.tolerance, counts, file.charges(), until);
    List<InvoiceCheck.Row> rows = question.differencesOnly ? check.differing() : check.rows();
    if (!question.csv) return Answer.ok(InvoicePaper.json(check, rows));
    Buffer csv = Buffer.buffer(InvoicePaper.csv(check, rows));
    return ctx -> Reply.end(ctx, ctx.response().putHeader(HttpHeaders.CONTENT_TYPE, "text/csv; charset=utf-8; header=present")
      .putHeader("Content-Disposition", "attachment; filename=\"invoice-check.csv\""), csv);
  }

  private static Problem wrong(String parameter, String what) {
    return Problem.invalid("invalid-parameter", parameter, "parameter '" + parameter + "': " + what);
  }

  private static Problem problem(List<InvoiceFile.Wrong> wrong) {
    JsonArray errors = new JsonArray();
    for (InvoiceFile.Wrong one : wrong) errors.add(new JsonObject().put("line", one.line()).put("column", one.column()).put("detail", one.what()));
    InvoiceFile.Wrong first = wrong.get(0);
    return Problem.invalid("invalid-rows", first.column() == null ? "rows" : first.column(), "line " + first.line() + ": " + first.what()).with("errors", errors);
  }

  private static Future<Reply> reply(Reply reply) {
    return Future.succeededFuture(reply);
  }
}
