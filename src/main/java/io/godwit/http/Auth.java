package io.godwit.http;

import io.godwit.accounts.Account;
import io.godwit.accounts.AccountTree;
import io.godwit.accounts.ApiKey;
import io.godwit.accounts.Directory;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

/**
 * Knows callers by their API key: {@code Authorization: Bearer <key>}, or Basic with any user name and the key as password.
 * Stands before every route below {@code /v1}; whoever is unknown gets 401 {@code unauthorized} and gets no further. A blocked
 * account may call (its messages end USER_BLOCKED), a closed one may not. Reads the cached directory only and never waits.
 */
public final class Auth implements Handler<RoutingContext> {
  private static final String CALLER = "godwit.caller";

  private final Directory.View<Map<String, ApiKey>> keys;
  private final Directory.View<AccountTree> accounts;

  public Auth(Directory directory) {
    this.keys = directory.view(ApiKey.KIND, ApiKey::byHash);
    this.accounts = directory.view(Account.KIND, AccountTree::of);
  }

  /** Who sent the request; never null behind this handler. */
  public Caller caller(RoutingContext ctx) {
    return ctx.get(CALLER);
  }

  @Override
  public void handle(RoutingContext ctx) {
    String key = key(ctx.request().getHeader(HttpHeaders.AUTHORIZATION));
    Caller caller = key == null ? null : known(key);
    if (caller == null) {
      refuse(ctx);
      return;
    }
    ctx.put(CALLER, caller);
    ctx.next();
  }

  private Caller known(String key) {
    ApiKey of = keys.get().get(ApiKey.hash(key));
    Account account = of == null ? null : accounts.get().get(of.account());
    return account == null || account.status() == Account.State.CLOSED ? null : new Caller(account, accounts.get());
  }

  private static void refuse(RoutingContext ctx) {
    ctx.response().putHeader("WWW-Authenticate", "Bearer realm=\"godwit\"");
    Problem.of(401, "unauthorized", "a valid API key is needed: Authorization: Bearer <key>").send(ctx);
  }

  /** The key in an Authorization header, or null. */
  private static String key(String header) {
    if (header == null) return null;
    if (header.regionMatches(true, 0, "Bearer ", 0, 7)) return header.substring(7).strip();
    if (header.regionMatches(true, 0, "Basic ", 0, 6)) return password(header.substring(6).strip());
    return null;
  }

  private static String password(String credentials) {
    try {
      String pair = new String(Base64.getDecoder().decode(credentials), StandardCharsets.UTF_8);
      int colon = pair.indexOf(':');
      return colon < 0 ? null : pair.substring(colon + 1);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
