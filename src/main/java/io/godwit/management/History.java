package io.godwit.management;

import io.godwit.accounts.Account;
import io.godwit.accounts.Alerts;
import io.godwit.accounts.ApiKey;
import io.godwit.accounts.Change;
import io.godwit.accounts.Changes;
import io.godwit.accounts.SmppLogin;
import io.godwit.billing.PriceUploads;
import io.godwit.http.Answer;
import io.godwit.http.Parameters;
import io.godwit.http.Reply;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code /v1/accounts/ID/changes} and {@code …/alerts}: what was done to an account, and what it was warned of, the newest first. */
final class History {
  private static final int USUAL = 100;
  private static final int MOST = 500;
  /** Kinds of entries that others than the operator may ask for. */
  private static final Set<String> TOLD = Set.of(Account.KIND, ApiKey.KIND, SmppLogin.KIND, PriceUploads.RATES);
  /** What an alert says of a velocity limit. */
  private static final List<String> LIMITS = List.of("rule", "prefix", "limit", "unit", "windowSeconds", "action");

  private final Office office;
  private final Changes changes;
  private final Alerts alerts;

  History(Office office, Changes changes, Alerts alerts) {
    this.office = office;
    this.changes = changes;
    this.alerts = alerts;
  }

  void mount(Router router) {
    router.get("/v1/accounts/:account/changes").handler(office.handler(this::changes));
    router.get("/v1/accounts/:account/alerts").handler(office.handler(this::alerts));
  }

  private Future<Reply> changes(Visit visit) {
    Parameters parameters = new Parameters(visit.ctx().queryParams(), Set.of("limit", "before"));
    int limit = parameters.number("limit", USUAL, 1, MOST);
    String before = parameters.text("before");
    if (parameters.problem() != null) return Office.reply(parameters.problem());
    return changes.list(office.context(), visit.account().id(), before, limit).map(found -> {
      List<Changes.Record> some = found.records();
      JsonObject page = new JsonObject().put("items", new JsonArray(some.stream().map(record -> view(visit, record)).toList()));
      return Answer.ok(found.isAll() ? page : page.put("next", some.get(some.size() - 1).id()));
    });
  }

  private static JsonObject view(Visit visit, Changes.Record record) {
    Change change = record.change();
    return new JsonObject().put("id", record.id()).put("at", Instant.ofEpochMilli(record.at()).toString())
      .put("by", new JsonObject().put("account", change.by().account()).put("key", change.by().key())).put("kind", change.kind()).put("entry", change.id())
      .put("version", record.version() == 0 ? null : record.version()).put("before", told(visit, change.kind(), change.before())).put("after", told(visit, change.kind(), change.after()));
  }

  /** As the entry itself is shown: nothing of what is the operator's alone, whomever it is about. */
  private static JsonObject told(Visit visit, String kind, JsonObject body) {
    if (body == null || visit.caller().isOperator()) return body;
    if (!TOLD.contains(kind)) return null;
    if (kind.equals(Account.KIND)) body.remove(Terms.LINKS);
    return kind.equals(PriceUploads.RATES) ? RateEndpoints.shown(visit, body) : body;
  }

  private Future<Reply> alerts(Visit visit) {
    Parameters parameters = new Parameters(visit.ctx().queryParams(), Set.of("limit", "before"));
    int limit = parameters.number("limit", USUAL, 1, MOST);
    Long before = parameters.instant("before");
    if (parameters.problem() != null) return Office.reply(parameters.problem());
    return alerts.list(office.context(), visit.account().id(), before == null ? Long.MAX_VALUE : before, limit).map(found -> Answer.ok(new JsonObject().put("items", told(visit, found))));
  }

  /** How much may go to a prefix is the operator's alone: others are told of a velocity limit that it is reached, and under an id that does not name it. */
  private static JsonArray told(Visit visit, List<Alerts.Alert> found) {
    JsonArray items = new JsonArray();
    Map<Long, Integer> sameTime = new HashMap<>();
    for (Alerts.Alert alert : found) {
      String id = alert.id();
      if (alert.kind() == Alerts.Kind.VELOCITY && !visit.caller().isOperator()) {
        LIMITS.forEach(alert.details()::remove);
        id = "velocity/" + alert.at() + "/" + sameTime.merge(alert.at(), 1, Integer::sum);
      }
      items.add(new JsonObject().put("id", id).put("kind", alert.kind().name()).put("at", Instant.ofEpochMilli(alert.at()).toString()).put("details", alert.details()));
    }
    return items;
  }
}
