package io.godwit.management;

import io.godwit.accounts.Account;
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
import io.vertx.ext.web.Router;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * {@code GET /v1/accounts/ID/statement?from&to&format=json|csv} (days, both included) and {@code …/usage?month=2026-01&format}. Top-ups and transfers come from the ledger, at
 * once; what was billed comes from the reporting database, a few seconds later: {@code usageUntil} says up to when nothing is missing.
 */
final class StatementEndpoints {
  private static final int MOST_DAYS = 400;
  private static final int MOST_ENTRIES = 10_000;
  private static final List<String> FORMATS = List.of("json", "csv");

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
    LocalDate last = parameters.day("to");
    LocalDate to = last == null ? today() : last;
    LocalDate first = parameters.day("from");
    LocalDate from = first == null ? to.withDayOfMonth(1) : first;
    String format = parameters.word("format", FORMATS);
    if (parameters.problem() == null && (from.isAfter(to) || ChronoUnit.DAYS.between(from, to) >= MOST_DAYS)) parameters.invalid("from", "must be before 'to' by at most " + MOST_DAYS + " days");
    if (parameters.problem() != null) return Office.reply(parameters.problem());
    boolean csv = isCsv(visit, format);
    return statement(visit.account(), from, to).map(statement -> statement == null ? tooLarge() : csv ? csv("statement", statement.csv()) : Answer.ok(statement.json()));
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

  private static Reply csv(String name, String csv) {
    return ctx -> Reply.end(ctx, ctx.response().putHeader(HttpHeaders.CONTENT_TYPE, "text/csv; charset=utf-8; header=present")
      .putHeader("Content-Disposition", "attachment; filename=\"" + name + ".csv\""), Buffer.buffer(csv));
  }

  private static boolean isCsv(Visit visit, String format) {
    return format == null ? visit.ctx().parsedHeaders().accept().stream().anyMatch(accepted -> "text/csv".equals(accepted.value())) : format.equals("csv");
  }

  private Future<Reply> usage(Visit visit) {
    Parameters parameters = new Parameters(visit.ctx().queryParams(), Set.of("month", "format"));
    YearMonth month = month(parameters);
    boolean csv = isCsv(visit, parameters.word("format", FORMATS));
    if (parameters.problem() != null) return Office.reply(parameters.problem());
    Account account = visit.account();
    Future<Instant> until = usage.until();
    return until.compose(v -> usage.byNetwork(account.id(), account.currency(), month.atDay(1), month.atEndOfMonth())).map(sums -> {
      MonthlyUsage paper = new MonthlyUsage(account, month, sums, until.result());
      return csv ? csv("usage", paper.csv()) : Answer.ok(paper.json());
    });
  }

  private YearMonth month(Parameters parameters) {
    YearMonth month = parameters.month("month");
    return month == null ? YearMonth.from(today()) : month;
  }
}
