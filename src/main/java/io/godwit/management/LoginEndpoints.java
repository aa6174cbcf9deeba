package io.godwit.management;

import io.godwit.accounts.AddressRange;
import io.godwit.accounts.PasswordHash;
import io.godwit.accounts.SmppLogin;
import io.godwit.http.Answer;
import io.godwit.http.Input;
import io.godwit.http.Problem;
import io.godwit.http.Reply;
import io.godwit.http.Versioned;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/**
 * {@code /v1/accounts/ID/smpp-logins}: by what the account's systems bind. A password that Godwit makes is told once; what is stored is its slow hash. Who is bound
 * by a login that is removed, or whose password changes, is unbound.
 */
final class LoginEndpoints {
  /** Of one account. */
  static final int MOST_LOGINS = 50;
  private static final int SYSTEM_ID_CHARS = 15;
  /** SMPP 3.4 §5.2.2: nine octets with the end. */
  private static final int PASSWORD_CHARS = 8;
  private static final Pattern PRINTABLE = Pattern.compile("[!-~]+");
  private static final String LETTERS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
  private static final SecureRandom RANDOM = new SecureRandom();
  /** Passwords, in the whole process; for tests. */
  static final AtomicLong HASHED = new AtomicLong();

  private final Office office;
  private final Vertx vertx;

  LoginEndpoints(Office office, Vertx vertx) {
    this.office = office;
    this.vertx = vertx;
  }

  void mount(Router router) {
    router.post("/v1/accounts/:account/smpp-logins").handler(office.handler(this::create));
    router.get("/v1/accounts/:account/smpp-logins").handler(office.handler(this::list));
    router.get("/v1/accounts/:account/smpp-logins/:login").handler(office.handler(this::show));
    router.put("/v1/accounts/:account/smpp-logins/:login").handler(office.handler(this::replace));
    router.delete("/v1/accounts/:account/smpp-logins/:login").handler(office.handler(this::remove));
  }

  private static Map<String, JsonObject> of(Visit visit) {
    Map<String, JsonObject> own = new TreeMap<>();
    visit.now().entries(SmppLogin.KIND).forEach((id, body) -> {
      if (visit.account().id().equals(body.getString("account"))) own.put(id, body);
    });
    return own;
  }

  private static JsonObject view(Visit visit, String systemId, JsonObject body, long version) {
    return new JsonObject().put("systemId", systemId).put("account", visit.account().id()).put("addresses", body.getJsonArray("addresses", new JsonArray()))
      .put("replies", body.getBoolean("replies", true)).put("version", version);
  }

  private Future<Reply> list(Visit visit) {
    JsonArray items = new JsonArray();
    of(visit).forEach((id, body) -> items.add(view(visit, id, body, visit.now().version(SmppLogin.KIND, id))));
    return Office.reply(Answer.ok(new JsonObject().put("items", items)));
  }

  private Future<Reply> show(Visit visit) {
    String id = visit.path("login");
    JsonObject body = of(visit).get(id);
    if (body == null) return Office.reply(Problem.notFound());
    long version = visit.now().version(SmppLogin.KIND, id);
    return Office.reply(new Versioned(200, view(visit, id, body, version), version));
  }

  private Future<Reply> create(Visit visit) {
    Input in = visit.input().only(Set.of("systemId", "password", "addresses", "replies"));
    String systemId = in.required("systemId", SYSTEM_ID_CHARS);
    if (in.problem() == null && Ids.fault(SmppLogin.KIND, systemId) != null) in.wrong("invalid-field", "systemId", Ids.fault(SmppLogin.KIND, systemId));
    String password = in.has("password") ? password(in) : visit.once("godwit.password", LoginEndpoints::made);
    JsonObject body = terms(visit, in);
    if (in.problem() != null) return Office.reply(in.problem());
    if (visit.now().entries(SmppLogin.KIND).containsKey(systemId)) return Office.reply(Problem.of(409, "system-id-taken", "the system_id '" + systemId + "' is in use"));
    if (of(visit).size() >= MOST_LOGINS) return Office.reply(Problem.of(409, "too-many-logins", "an account has at most " + MOST_LOGINS + " logins: remove one first"));
    long version = visit.now().next(SmppLogin.KIND, systemId);
    JsonObject told = view(visit, systemId, body, version);
    String first = visit.once("godwit.password", () -> password);   // a later try of the request has made another one
    if (!in.has("password")) told.put("password", first);
    return write(visit, systemId, body, first, new Versioned(201, told, version));
  }

  private static String made() {
    StringBuilder password = new StringBuilder();
    for (int i = 0; i < PASSWORD_CHARS; i++) password.append(LETTERS.charAt(RANDOM.nextInt(LETTERS.length())));
    return password.toString();
  }

  /** Null when it is not said, or wrong. */
  private static String password(Input in) {
    String password = in.text("password", PASSWORD_CHARS);
    if (password != null && !PRINTABLE.matcher(password).matches()) in.wrong("invalid-field", "password", "must be 1 to " + PASSWORD_CHARS + " printable ASCII characters");
    return password;
  }

  private static JsonObject terms(Visit visit, Input in) {
    List<String> ranges = new ArrayList<>();
    for (String range : in.texts("addresses", SmppLogin.MOST_RANGES, SYSTEM_ID_CHARS * 4)) {
      try {
        AddressRange.of(range);
        ranges.add(range);
      } catch (IllegalArgumentException e) {
        in.wrong("invalid-field", "addresses", "must hold addresses like 192.0.2.0/24: " + e.getMessage());
      }
    }
    return new JsonObject().put("account", visit.account().id()).put("addresses", new JsonArray(ranges)).put("replies", !in.has("replies") || in.flag("replies"));
  }

  /** A password that is not said stays as it was. */
  private Future<Reply> replace(Visit visit) {
    String id = visit.path("login");
    JsonObject before = of(visit).get(id);
    if (before == null) return Office.reply(Problem.notFound());
    Input in = visit.input().only(Set.of("password", "addresses", "replies"));
    String password = password(in);
    JsonObject body = terms(visit, in).put("password", before.getString("password"));
    if (in.problem() != null) return Office.reply(in.problem());
    long next = visit.now().next(SmppLogin.KIND, id);
    Problem mismatch = Versioned.mismatch(visit.ctx(), visit.now().version(SmppLogin.KIND, id));
    return mismatch != null ? Office.reply(mismatch) : write(visit, id, body, password, new Versioned(200, view(visit, id, body, next), next));
  }

  private Future<Reply> write(Visit visit, String id, JsonObject body, String password, Reply reply) {
    Future<String> hash = password == null ? Future.succeededFuture(body.getString("password")) : visit.once("godwit.password-hash", () -> hash(password));
    return hash.compose(stored -> office.change(visit, visit.change(SmppLogin.KIND, id, body.put("password", stored)))).map(reply);
  }

  /** It takes its time: not on the event loop. */
  private Future<String> hash(String password) {
    HASHED.incrementAndGet();
    return vertx.executeBlocking(() -> PasswordHash.of(password), false);
  }

  private Future<Reply> remove(Visit visit) {
    String id = visit.path("login");
    JsonObject body = of(visit).get(id);
    if (body == null) return Office.reply(Problem.notFound());
    Problem mismatch = Versioned.mismatch(visit.ctx(), visit.now().version(SmppLogin.KIND, id));
    if (mismatch != null) return Office.reply(mismatch);
    return office.change(visit, visit.change(SmppLogin.KIND, id, null)).map(v -> new Versioned(200, view(visit, id, body, 0), 0));
  }
}
