package io.godwit.submission;

import io.godwit.accounts.Account;
import io.godwit.http.Answer;
import io.godwit.http.Auth;
import io.godwit.http.Reply;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/** {@code GET /v1/account}: who the caller is. The balance comes with the billing room. */
final class OwnAccount {
  private final Auth auth;

  OwnAccount(Auth auth) {
    this.auth = auth;
  }

  void mount(Router router) {
    router.get("/v1/account").handler(Reply.now(this::account));
  }

  private Answer account(RoutingContext ctx) {
    Account account = auth.caller(ctx).account();
    return Answer.ok(new JsonObject().put("id", account.id()).put("name", account.name()).put("currency", account.currency())
      .put("status", account.status().name()));
  }
}
