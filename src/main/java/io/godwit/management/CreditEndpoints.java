package io.godwit.management;

import io.godwit.accounts.Amount;
import io.godwit.billing.CreditEntry;
import io.godwit.billing.Ledger;
import io.godwit.http.Answer;
import io.godwit.http.Input;
import io.godwit.http.Problem;
import io.godwit.http.Reply;
import io.godwit.reporting.Standing;
import io.godwit.reporting.Usage;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.time.Instant;
import java.util.Set;

/**
 * {@code POST /v1/accounts/ID/top-ups}, for whoever stands above ID, and {@code …/transfers}, {@code GET …/balance}. Entries are made once a key ({@code Idempotency-Key}, or {@code id} in the body),
 * which is the caller's own: asked for again they are answered again, and the same key for another entry is 409.
 */
final class CreditEndpoints {
  private static final int KEY_CHARS = 128;
  private static final int NOTE_CHARS = 256;

  private final Office office;
  private final Ledger ledger;
  private final Usage usage;

  CreditEndpoints(Office office, Ledger ledger, Usage usage) {
    this.office = office;
    this.ledger = ledger;
    this.usage = usage;
  }

  void mount(Router router) {
    router.post("/v1/accounts/:account/top-ups").handler(office.handler(this::topUp));
    router.post("/v1/accounts/:account/transfers").handler(office.handler(this::transfer));
    router.get("/v1/accounts/:account/balance").handler(office.handler(this::balance));
  }

  /** With money from outside: by whoever sells to the account, or stands above who does. */
  private Future<Reply> topUp(Visit visit) {
    if (isOwn(visit, visit.account().id())) return Office.reply(Problem.of(403, "own-account", "your own account is topped up by whom you buy from"));
    Input in = visit.input().only(Set.of("id", "amount", "note"));
    return make(visit, in, null, visit.account().id());
  }

  /** From the account of the path to one that buys from it, or back to the one that it buys from; both must be the caller's to see. To himself he takes back what he gave. */
  private Future<Reply> transfer(Visit visit) {
    Input in = visit.input().only(Set.of("id", "amount", "note", "to"));
    String from = visit.account().id();
    String to = in.required("to", KEY_CHARS);
    boolean related = to != null && visit.tree().get(to) != null && (from.equals(visit.tree().get(to).parent()) || to.equals(visit.account().parent()));
    if (in.problem() == null && !(related && visit.sees(to))) in.wrong("invalid-field", "to", "must be an account of yours that buys from " + from + ", or from which that buys");
    return make(visit, in, from, to);
  }

  private static boolean isOwn(Visit visit, String account) {
    return account.equals(visit.caller().id()) && !visit.caller().isOperator();
  }

  private Future<Reply> make(Visit visit, Input in, String from, String to) {
    String header = visit.ctx().request().getHeader("Idempotency-Key");
    String key = header != null ? header : in.required("id", KEY_CHARS);
    if (header != null && (header.isBlank() || header.length() > KEY_CHARS)) in.wrong("invalid-idempotency-key", "Idempotency-Key", "must have 1 to " + KEY_CHARS + " characters");
    String note = in.text("note", NOTE_CHARS);
    long amount = amount(in);
    if (in.problem() != null) return Office.reply(in.problem());
    String by = visit.caller().id() + "/" + visit.caller().key().id();
    String entry = visit.caller().id() + "/" + key;
    return (isOwn(visit, to) ? ledger.takeBack(entry, from, to, amount, by, note) : ledger.make(entry, from, to, amount, by, note))
      .<Reply>map(made -> new Answer(201, view(key, made.entry()).toBuffer()))
      .recover(failure -> failure instanceof Ledger.Rejected rejected ? Office.reply(problem(rejected)) : Future.failedFuture(failure));
  }

  /** A decimal number, as text or not. */
  private static long amount(Input in) {
    Object value = in.json().getValue("amount");
    if (value == null) in.wrong("missing-field", "amount", "is missing");
    try {
      long micros = value instanceof String || value instanceof Number ? Amount.micros(value.toString()) : 0;
      if (micros > 0) return micros;
    } catch (IllegalArgumentException e) {
      // said below
    }
    in.wrong("invalid-field", "amount", "must be an amount like \"12.50\", more than 0, with at most six decimal places");
    return 0;
  }

  private static JsonObject view(String key, CreditEntry entry) {
    JsonObject view = new JsonObject().put("id", key).put("type", entry.isTopUp() ? "TOP_UP" : "TRANSFER");
    if (!entry.isTopUp()) view.put("from", entry.from());
    return view.put("to", entry.to()).put("amount", Amount.text(entry.amount())).put("currency", entry.currency()).put("at", Instant.ofEpochMilli(entry.at()).toString())
      .put("by", entry.by()).put("note", entry.note());
  }

  private static Problem problem(Ledger.Rejected rejected) {
    return switch (rejected.reason()) {
      case KEY_TAKEN -> Problem.of(409, "idempotency-conflict", "this key was used for another entry");
      case NO_CREDIT -> Problem.of(409, "no-credit", rejected.getMessage());
      case OTHER_CURRENCY -> Problem.of(409, "other-currency", rejected.getMessage());
      case WRONG_AMOUNT -> Problem.invalid("invalid-field", "amount", rejected.getMessage());
      case UNKNOWN_ACCOUNT -> Problem.notFound();
    };
  }

  private Future<Reply> balance(Visit visit) {
    return Standing.of(visit.account(), ledger, usage).<Reply>map(standing -> Answer.ok(view(visit, standing.balance())
        .put("reserved", standing.reserved() == null ? null : Amount.text(standing.reserved()))))
      .recover(e -> Office.reply(Problem.unavailable("store-unavailable", 2, "the balance cannot be read now")));
  }

  private static JsonObject view(Visit visit, Ledger.Balance balance) {
    return new JsonObject().put("account", visit.account().id()).put("currency", balance.currency())
      .put("balance", Amount.text(balance.balance())).put("creditMode", visit.account().creditMode().name()).put("creditLimit", Amount.text(visit.account().creditLimit()))
      .put("available", Amount.text(balance.balance() + visit.account().creditLimit()))
      .put("free", Amount.text(balance.free())).put("allotted", Amount.text(balance.allotted())).put("inTransfer", Amount.text(balance.inTransfer()));
  }
}
