package io.godwit.submission;

import io.godwit.accounts.Account;
import io.godwit.billing.Ledger;
import io.godwit.http.Answer;
import io.godwit.http.Auth;
import io.godwit.http.Problem;
import io.godwit.http.Reply;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.math.BigDecimal;

/** {@code GET /v1/account}: who the caller is, and what he has left. Amounts are decimal numbers in the account's currency, as text. */
final class OwnAccount {
  private final Auth auth;
  private final Ledger ledger;

  OwnAccount(Auth auth, Ledger ledger) {
    this.auth = auth;
    this.ledger = ledger;
  }

  void mount(Router router) {
    router.get("/v1/account").handler(Reply.by(this::account));
  }

  private Future<Reply> account(RoutingContext ctx) {
    Account account = auth.caller(ctx).account();
    return ledger.balance(account.id()).<Reply>map(balance -> Answer.ok(new JsonObject().put("id", account.id()).put("name", account.name())
        .put("currency", account.currency()).put("status", account.status().name()).put("balance", BigDecimal.valueOf(balance.balance(), 6).toPlainString())))
      .recover(e -> Future.succeededFuture(Problem.unavailable("store-unavailable", 2, "the balance cannot be read now")));
  }
}
