package io.godwit.management;

import io.godwit.billing.ExchangeRates;
import io.godwit.http.Answer;
import io.godwit.http.Input;
import io.godwit.http.Problem;
import io.godwit.http.Reply;
import io.godwit.http.Versioned;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.util.Set;
import java.util.TreeMap;

/** {@code /v1/exchange/PAIR}: what a currency counts as in another, see {@link ExchangeRates}. The operator sets it; who pays by it may read it. */
final class ExchangeEndpoints {
  private static final String KIND = ExchangeRates.KIND;
  private static final Set<String> FIELDS = Set.of("rates");

  private final Office office;

  ExchangeEndpoints(Office office) {
    this.office = office;
  }

  void mount(Router router) {
    router.get("/v1/exchange").handler(office.handler(this::list));
    router.get("/v1/exchange/:pair").handler(office.handler(this::show));
    router.put("/v1/exchange/:pair").handler(office.byOperator(this::put));
    router.delete("/v1/exchange/:pair").handler(office.byOperator(this::remove));
  }

  private static JsonObject view(String pair, JsonObject body, long version) {
    return body.copy().put("id", pair).put("version", version);
  }

  private Future<Reply> list(Visit visit) {
    JsonArray items = new JsonArray();
    new TreeMap<>(visit.now().entries(KIND)).forEach((pair, body) -> items.add(view(pair, body, visit.now().version(KIND, pair))));
    return Office.reply(Answer.ok(new JsonObject().put("items", items)));
  }

  private Future<Reply> show(Visit visit) {
    String pair = visit.path("pair");
    JsonObject body = visit.now().entries(KIND).get(pair);
    if (body == null) return Office.reply(Problem.notFound());
    long version = visit.now().version(KIND, pair);
    return Office.reply(new Versioned(200, view(pair, body, version), version));
  }

  private Future<Reply> put(Visit visit) {
    String pair = visit.path("pair");
    Input in = visit.input().only(FIELDS);
    if (in.problem() != null) return Office.reply(in.problem());
    return office.judge(visit, KIND, pair, in.json()).compose(wrongs -> wrongs.isEmpty() ? store(visit, pair, in.json()) : Office.reply(Office.problem(Office.own(KIND, pair, wrongs))));
  }

  private Future<Reply> store(Visit visit, String pair, JsonObject body) {
    long version = visit.now().version(KIND, pair);
    long next = visit.now().next(KIND, pair);
    Problem mismatch = Versioned.mismatchOrNew(visit.ctx(), version);
    if (mismatch != null) return Office.reply(mismatch);
    return office.change(visit, visit.change(KIND, pair, body)).map(v -> new Versioned(version == 0 ? 201 : 200, view(pair, body, next), next));
  }

  private Future<Reply> remove(Visit visit) {
    String pair = visit.path("pair");
    JsonObject body = visit.now().entries(KIND).get(pair);
    if (body == null) return Office.reply(Problem.notFound());
    long version = visit.now().version(KIND, pair);
    Problem mismatch = Versioned.mismatch(visit.ctx(), version);
    if (mismatch != null) return Office.reply(mismatch);
    return office.change(visit, visit.change(KIND, pair, null)).map(v -> new Versioned(200, view(pair, body, version), 0));
  }
}
