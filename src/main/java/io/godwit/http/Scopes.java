package io.godwit.http;

import io.godwit.accounts.ApiKey.Scope;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which scope of a key a request needs: SEND to submit messages and to take them back, READ to ask for anything, MANAGE to change anything else. Who may
 * manage may also ask for what he changes, whose version he must name, and a preview needs either of the first two.
 */
final class Scopes {
  private static final List<String> SENDING = List.of("/v1/messages", "/v1/batches");
  private static final List<String> MANAGED = List.of("/v1/account", "/v1/accounts", "/v1/directory", "/v1/rates", "/v1/exchange", "/v1/links", "/v1/routes", "/v1/costs",
    "/v1/networks", "/v1/blocks", "/v1/sender-rules", "/v1/velocity", "/v1/dead-letters");
  /** Questions with a body; they change nothing. */
  private static final Pattern ASKED_BY_POST = Pattern.compile("/v1/routes/explain|/v1/links/[^/]+/invoices/check");

  private Scopes() {
  }

  /**
   * Null when the key's are enough.
   *
   * @param path by which the router finds the endpoint: without dots and percents that mean another one than they seem to
   */
  static Scope missing(HttpMethod method, String path, Set<Scope> scopes) {
    if (isReading(method, path)) return scopes.contains(Scope.READ) || scopes.contains(Scope.MANAGE) && isBelow(path, MANAGED) ? null : Scope.READ;
    if (!isBelow(path, SENDING)) return scopes.contains(Scope.MANAGE) ? null : Scope.MANAGE;
    return scopes.contains(Scope.SEND) || path.equals("/v1/messages/preview") && scopes.contains(Scope.READ) ? null : Scope.SEND;
  }

  private static boolean isReading(HttpMethod method, String path) {
    return method == HttpMethod.GET || method == HttpMethod.HEAD || method == HttpMethod.OPTIONS || method == HttpMethod.POST && ASKED_BY_POST.matcher(path).matches();
  }

  /** Whole segments count: {@code /v1/accounts} is not below {@code /v1/account}. */
  private static boolean isBelow(String path, List<String> roots) {
    return roots.stream().anyMatch(root -> path.equals(root) || path.startsWith(root + "/"));
  }
}
