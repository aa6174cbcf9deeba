package io.godwit.http;

import io.godwit.accounts.Account;
import io.godwit.accounts.AccountTree;
import io.godwit.accounts.ApiKey;
import io.godwit.accounts.ApiKey.Scope;
import io.godwit.accounts.Directory;
import io.godwit.accounts.KeyUses;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

/**
 * Knows callers by their API key: {@code Authorization: Bearer <key>}, or Basic with any user name and the key as password.
 * Stands before every route below {@code /v1}; whoever is unknown gets 401 {@code unauthorized} and gets no further, and whose key has not the scope that
 * is needed ({@link Scopes}) 403 {@code scope-missing}. A blocked
 * account may call, and submits nothing; a closed one, or one below it, may not. Reads the cached directory only and never waits.
 */
public final class Auth implements Handler<RoutingContext> {
  static final String CALLER = "godwit.caller";

  private final Directory.View<Map<String, ApiKey>> keys;
  private final Directory.View<AccountTree> accounts;

  private final KeyUses uses;

  /** One that does not remember when keys were used. */
  public Auth(Directory directory) {
    this(directory, null);
  }

  public Auth(Directory directory, KeyUses uses) {
    this.uses = uses;
    this.keys = directory.view(ApiKey.KIND, ApiKey::byHash);
    this.accounts = AccountTree.view(directory);
  }

  /** Null where nobody remembers. */
  public KeyUses uses() {
    return uses;
  }

  /** Who sent the request; never null behind this handler. */
  public Caller caller(RoutingContext ctx) {
    return ctx.get(CALLER);
  }

  @Override
  public void handle(RoutingContext ctx) {
    Caller caller = known(ctx);
    if (caller == null) {
      refuse(ctx);
      return;
    }
    Scope needed = Scopes.missing(ctx.request().method(), ctx.normalizedPath(), caller.key().scopes());
    if (needed != null) {
      Problem.of(403, "scope-missing", "this key has no scope " + needed).send(ctx);
      return;
    }
    if (uses != null) uses.used(caller.key().id(), System.currentTimeMillis());
    ctx.put(CALLER, caller);
    ctx.next();
  }

  /** Whether it is sent with a key of the operator's that may ask, where those without one are told something, too. Refuses nobody, and counts for no use of the key. */
  public boolean isOperator(RoutingContext ctx) {
    Caller caller = known(ctx);
    return caller != null && caller.isOperator() && caller.key().scopes().contains(Scope.READ);
  }

  /** Null when it has no key, or none that is good. */
  private Caller known(RoutingContext ctx) {
    String key = key(ctx.request().getHeader(HttpHeaders.AUTHORIZATION));
    return key == null ? null : known(key);
  }

  private Caller known(String key) {
    ApiKey of = keys.get().get(ApiKey.hash(key));
    AccountTree tree = accounts.get();
    Account account = of == null || of.isExpired(System.currentTimeMillis()) ? null : tree.get(of.account());
    return account == null || tree.isClosed(account.id()) ? null : new Caller(account, tree, of);
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
