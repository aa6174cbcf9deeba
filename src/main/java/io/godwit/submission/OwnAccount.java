package io.godwit.submission;

import io.godwit.accounts.Account;
import io.godwit.billing.Ledger;
import io.godwit.http.Answer;
import io.godwit.http.Auth;
import io.godwit.http.Problem;
import io.godwit.http.Reply;
import io.godwit.reporting.Standing;
import io.godwit.reporting.Usage;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.math.BigDecimal;

/** {@code GET /v1/account}: who the caller is, what he has left, and what messages have reserved. Amounts are decimal numbers in the account's currency, as text. */
final class OwnAccount {
  private final Auth auth;
  private final Ledger ledger;
  private final Usage usage;

  OwnAccount(Auth auth, Ledger ledger, Usage usage) {
    this.auth = auth;
    this.ledger = ledger;
    this.usage = usage;
  }

  void mount(Router router) {
    router.get("/v1/account").handler(Reply.by(this::account));
  }

  private Future<Reply> account(RoutingContext ctx) {
    Account account = auth.caller(ctx).account();
    return Standing.of(account, ledger, usage).<Reply>map(standing -> Answer.ok(new JsonObject().put("id", account.id()).put("name", account.name())
        .put("currency", account.currency()).put("status", account.status().name()).put("balance", decimal(standing.balance().balance()))
        .put("reserved", standing.reserved() == null ? null : decimal(standing.reserved()))))
      .recover(e -> Future.succeededFuture(Problem.unavailable("store-unavailable", 2, "the balance cannot be read now")));
  }

  private static String decimal(long micros) {
    return BigDecimal.valueOf(micros, 6).toPlainString();
  }
}
