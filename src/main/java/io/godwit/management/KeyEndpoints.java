package io.godwit.management;

import io.godwit.accounts.ApiKey;
import io.godwit.accounts.ApiKey.Scope;
import io.godwit.accounts.KeyUses;
import io.godwit.http.Answer;
import io.godwit.http.Input;
import io.godwit.http.Problem;
import io.godwit.http.Reply;
import io.godwit.http.Versioned;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * {@code /v1/accounts/ID/keys}: several at a time, so that a new one works before the old one is removed or expires. A key is told once, when it is made; what is
 * stored is its hash.
 */
final class KeyEndpoints {
  /** Of one account. */
  static final int MOST_KEYS = 50;
  private static final int NAME_CHARS = 128;
  private static final Set<String> FIELDS = Set.of("name", "scopes", "expiresAt");
  private static final List<String> WORDS = List.of("SEND", "READ", "MANAGE");
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Office office;
  private final KeyUses uses;
  private final LongSupplier clock;

  /** @param uses null where nobody remembers them */
  KeyEndpoints(Office office, KeyUses uses, LongSupplier clock) {
    this.office = office;
    this.uses = uses;
    this.clock = clock;
  }

  void mount(Router router) {
    router.post("/v1/accounts/:account/keys").handler(office.handler(this::create));
    router.get("/v1/accounts/:account/keys").handler(office.handler(this::list));
    router.get("/v1/accounts/:account/keys/:key").handler(office.handler(this::show));
    router.delete("/v1/accounts/:account/keys/:key").handler(office.handler(this::remove));
  }

  private Future<Reply> create(Visit visit) {
    Input in = visit.input().only(FIELDS);
    String name = in.text("name", NAME_CHARS);
    long expires = in.instant("expiresAt");
    Set<Scope> scopes = scopes(in);
    if (in.problem() == null && expires > 0 && expires <= clock.getAsLong()) in.wrong("invalid-field", "expiresAt", "is past");
    if (in.problem() != null) return Office.reply(in.problem());
    if (of(visit).size() >= MOST_KEYS) return Office.reply(Problem.of(409, "too-many-keys", "an account has at most " + MOST_KEYS + " keys: remove one first"));
    String secret = ApiKey.fresh();
    ApiKey key = new ApiKey("k" + Long.toHexString(RANDOM.nextLong()), visit.account().id(), ApiKey.hash(secret), name, scopes, expires);
    long version = visit.now().next(ApiKey.KIND, key.id());
    return office.change(visit, visit.change(ApiKey.KIND, key.id(), key.json())).map(v -> new Versioned(201, view(key, version, null).put("key", secret), version));
  }

  private static Set<Scope> scopes(Input in) {
    if (!in.has("scopes")) return EnumSet.allOf(Scope.class);
    Set<Scope> scopes = EnumSet.noneOf(Scope.class);
    for (String word : in.texts("scopes", WORDS.size(), NAME_CHARS)) {
      if (WORDS.contains(word)) scopes.add(Scope.valueOf(word));
      else in.wrong("invalid-field", "scopes", "must hold some of " + WORDS);
    }
    if (scopes.isEmpty()) in.wrong("invalid-field", "scopes", "must hold some of " + WORDS);
    return scopes;
  }

  private static List<ApiKey> of(Visit visit) {
    return ApiKey.all(visit.now().entries(ApiKey.KIND)).values().stream().filter(key -> visit.account().id().equals(key.account())).sorted(Comparator.comparing(ApiKey::id)).toList();
  }

  private static ApiKey find(Visit visit) {
    return of(visit).stream().filter(key -> key.id().equals(visit.path("key"))).findFirst().orElse(null);
  }

  private Future<Reply> list(Visit visit) {
    List<ApiKey> keys = of(visit);
    return used(keys).map(used -> {
      JsonArray items = new JsonArray();
      for (ApiKey key : keys) items.add(view(key, visit.now().version(ApiKey.KIND, key.id()), used.get(key.id())));
      return Answer.ok(new JsonObject().put("items", items));
    });
  }

  private Future<Map<String, Long>> used(List<ApiKey> keys) {
    return uses == null ? Future.succeededFuture(Map.of()) : uses.of(office.context(), keys.stream().map(ApiKey::id).toList());
  }

  private Future<Reply> show(Visit visit) {
    ApiKey key = find(visit);
    if (key == null) return Office.reply(Problem.notFound());
    long version = visit.now().version(ApiKey.KIND, key.id());
    return used(List.of(key)).map(used -> new Versioned(200, view(key, version, used.get(key.id())), version));
  }

  private static JsonObject view(ApiKey key, long version, Long used) {
    JsonObject view = new JsonObject().put("id", key.id()).mergeIn(key.json()).put("lastUsedAt", used == null ? null : Instant.ofEpochMilli(used).toString()).put("version", version);
    view.remove("hash");
    return view;
  }

  private Future<Reply> remove(Visit visit) {
    ApiKey key = find(visit);
    if (key == null) return Office.reply(Problem.notFound());
    Problem mismatch = Versioned.mismatch(visit.ctx(), visit.now().version(ApiKey.KIND, key.id()));
    if (mismatch != null) return Office.reply(mismatch);
    if (key.id().equals(visit.caller().key().id())) return Office.reply(Problem.of(409, "own-key", "a key does not remove itself: use the one that takes its place"));
    return office.change(visit, visit.change(ApiKey.KIND, key.id(), null)).map(v -> new Versioned(200, view(key, 0, null), 0));
  }
}
