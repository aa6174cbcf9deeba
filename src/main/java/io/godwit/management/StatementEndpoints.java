package io.godwit.management;

import io.godwit.accounts.Account;
import io.godwit.accounts.Amount;
import io.godwit.billing.CreditEntry;
import io.godwit.billing.Ledger;
import io.godwit.http.Answer;
import io.godwit.http.Parameters;
import io.godwit.http.Problem;
import io.godwit.http.Reply;
import io.godwit.reporting.Usage;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * {@code GET /v1/accounts/ID/statement?from&to&format=json|csv} (days, both included) and {@code …/usage?month=2026-01}. Top-ups and transfers come from the ledger, at
 * once; what was billed comes from the reporting database, a few seconds later: {@code usageUntil} says up to when nothing is missing.
 */
final class StatementEndpoints {
  private static final int MOST_DAYS = 400;
  private static final int MOST_ENTRIES = 10_000;

  private final Office office;
  private final Ledger ledger;
  private final Usage usage;
  private final LongSupplier clock;

  StatementEndpoints(Office office, Ledger ledger, Usage usage, LongSupplier clock) {
    this.office = office;
    this.ledger = ledger;
    this.usage = usage;
    this.clock = clock;
  }

  void mount(Router router) {
    router.get("/v1/accounts/:account/statement").handler(office.handler(visit -> answered(statement(visit))));
    router.get("/v1/accounts/:account/usage").handler(office.handler(visit -> answered(usage(visit))));
  }

  private static Future<Reply> answered(Future<Reply> reply) {
    return reply.recover(failure -> failure instanceof Usage.Unavailable
      ? Office.reply(Problem.unavailable("reporting-unavailable", 5, "the reporting database cannot answer now; sending goes on")) : Future.failedFuture(failure));
  }

  private LocalDate today() {
    return LocalDate.ofInstant(Instant.ofEpochMilli(clock.getAsLong()), ZoneOffset.UTC);
  }

  private Future<Reply> statement(Visit visit) {
    Parameters parameters = new Parameters(visit.ctx().queryParams(), Set.of("from", "to", "format"));
    LocalDate to = day(parameters, "to", today());
    LocalDate from = day(parameters, "from", to.withDayOfMonth(1));
    String format = parameters.word("format", List.of("json", "csv"));
    if (parameters.problem() == null && (from.isAfter(to) || ChronoUnit.DAYS.between(from, to) >= MOST_DAYS)) parameters.invalid("from", "must be before 'to' by at most " + MOST_DAYS + " days");
    if (parameters.problem() != null) return Office.reply(parameters.problem());
    boolean csv = format == null ? visit.ctx().parsedHeaders().accept().stream().anyMatch(accepted -> "text/csv".equals(accepted.value())) : format.equals("csv");
    return statement(visit.account(), from, to).map(statement -> statement == null ? tooLarge() : csv ? csv(statement) : Answer.ok(statement.json()));
  }

  private static LocalDate day(Parameters parameters, String name, LocalDate otherwise) {
    String text = parameters.text(name);
    try {
      return text == null ? otherwise : LocalDate.parse(text);
    } catch (DateTimeException e) {
      parameters.invalid(name, "must be a day like 2026-01-31");
      return otherwise;
    }
  }

  /** Null when there is too much. What was billed is read first: credit that it needed is in the ledger by then. */
  private Future<Statement> statement(Account account, LocalDate from, LocalDate to) {
    String id = account.id();
    long begin = millis(from);
    Future<Instant> until = usage.until();
    Future<Long> billed = until.compose(v -> usage.before(id, account.currency(), from));
    Future<List<Usage.Sum>> days = billed.compose(v -> usage.byDay(id, account.currency(), from, to));
    Future<Long> credit = days.compose(v -> ledger.creditBefore(id, begin));
    Future<List<CreditEntry>> entries = credit.compose(v -> ledger.entries(id, begin, millis(to.plusDays(1)), MOST_ENTRIES + 1));
    return entries.map(found -> found.size() > MOST_ENTRIES ? null
      : Statement.of(account, from, to, credit.result() - billed.result(), found, days.result(), until.result()));
  }

  private static long millis(LocalDate day) {
    return day.atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
  }

  private static Reply tooLarge() {
    return Problem.of(400, "statement-too-large", "the statement has more than " + MOST_ENTRIES + " entries: ask for less time");
  }

  private static Reply csv(Statement statement) {
    return ctx -> Reply.end(ctx, ctx.response().putHeader(HttpHeaders.CONTENT_TYPE, "text/csv; charset=utf-8; header=present")
      .putHeader("Content-Disposition", "attachment; filename=\"statement.csv\""), Buffer.buffer(statement.csv()));
  }

  /** What the account paid in a month, by country. Networks are not known yet: a number does not tell its network. */
  private Future<Reply> usage(Visit visit) {
    Parameters parameters = new Parameters(visit.ctx().queryParams(), Set.of("month"));
    YearMonth month = month(parameters);
    if (parameters.problem() != null) return Office.reply(parameters.problem());
    Account account = visit.account();
    Future<Instant> until = usage.until();
    return until.compose(v -> usage.byCountry(account.id(), account.currency(), month.atDay(1), month.atEndOfMonth())).map(sums -> {
      JsonArray items = new JsonArray();
      for (Usage.Sum sum : sums) items.add(sum(sum).put("country", sum.of().isEmpty() ? null : sum.of()).put("network", (Object) null));
      Usage.Sum total = sums.stream().reduce(new Usage.Sum("", 0, 0, 0), (a, b) -> new Usage.Sum("", a.messages() + b.messages(), a.segments() + b.segments(), a.micros() + b.micros()));
      return Answer.ok(new JsonObject().put("account", account.id()).put("month", month.toString()).put("currency", account.currency()).put("items", items).put("total", sum(total))
        .put("usageUntil", until.result().toString()));
    });
  }

  private YearMonth month(Parameters parameters) {
    String text = parameters.text("month");
    try {
      return text == null ? YearMonth.from(today()) : YearMonth.parse(text);
    } catch (DateTimeException e) {
      parameters.invalid("month", "must be a month like 2026-01");
      return null;
    }
  }

  private static JsonObject sum(Usage.Sum sum) {
    return new JsonObject().put("messages", sum.messages()).put("segments", sum.segments()).put("amount", Amount.text(sum.micros()));
  }
}
