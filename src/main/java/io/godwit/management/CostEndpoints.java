package io.godwit.management;

import io.godwit.accounts.Form;
import io.godwit.billing.PriceUploads;
import io.godwit.http.Answer;
import io.godwit.http.Input;
import io.godwit.http.Problem;
import io.godwit.http.Reply;
import io.godwit.http.Versioned;
import io.godwit.routing.RouteRules;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/** {@code /v1/costs/LINK}: what a carrier takes for what goes over its link, for the operator; rows as those of {@code /v1/rates} ({@link PriceRows}). */
final class CostEndpoints {
  private static final String KIND = PriceUploads.COSTS;
  private static final Set<String> FIELDS = Set.of("currency", "prices");

  private final Office office;
  private final PriceUploads uploads;
  private final PriceRows rows;

  CostEndpoints(Office office, PriceUploads uploads) {
    this.office = office;
    this.uploads = uploads;
    this.rows = new PriceRows(office, uploads);
  }

  void mount(Router router) {
    router.get("/v1/costs").handler(office.byOperator(this::list));
    router.get("/v1/costs/:link").handler(office.byOperator(this::show));
    router.put("/v1/costs/:link").handler(office.byOperator(this::put));
    router.delete("/v1/costs/:link").handler(office.byOperator(this::remove));
    router.get("/v1/costs/:link/rows").handler(office.byOperator(this::download));
    router.put("/v1/costs/:link/rows").handler(office.byOperator(this::upload));
  }

  private static JsonObject found(Visit visit) {
    return visit.now().entries(KIND).get(visit.path("link"));
  }

  private static long version(Visit visit) {
    return visit.now().version(KIND, visit.path("link"));
  }

  private Future<Reply> list(Visit visit) {
    JsonArray items = new JsonArray();
    new TreeMap<>(visit.now().entries(KIND)).forEach((link, body) -> items.add(PriceRows.view(link, body, visit.now().version(KIND, link))));
    return Office.reply(Answer.ok(new JsonObject().put("items", items)));
  }

  private Future<Reply> show(Visit visit) {
    JsonObject body = found(visit);
    return Office.reply(body == null ? Problem.notFound() : new Versioned(200, PriceRows.view(visit.path("link"), body, version(visit)), version(visit)));
  }

  private Future<Reply> put(Visit visit) {
    String link = visit.path("link");
    Input in = visit.input().only(FIELDS);
    if (in.problem() != null) return Office.reply(in.problem());
    JsonObject before = found(visit);
    JsonObject body = in.json().copy();
    PriceRows.keep(before, body);
    Problem wrong = wrong(visit, link, body);
    if (wrong == null) wrong = Versioned.mismatchOrNew(visit.ctx(), version(visit));
    return wrong != null ? Office.reply(wrong) : write(visit, body, before == null ? 201 : 200);
  }

  private Problem wrong(Visit visit, String link, JsonObject body) {
    List<Form.Wrong> faults = uploads.faults(link, body);
    if (!faults.isEmpty()) return PriceRows.invalid(faults);
    List<Form.Wrong> wrongs = RouteRules.ofCost(Accord.after(visit, KIND, link, body), link);
    return wrongs.isEmpty() ? null : Office.problem(wrongs);
  }

  private Future<Reply> write(Visit visit, JsonObject body, int status) {
    String link = visit.path("link");
    long version = visit.now().next(KIND, link);
    return office.change(visit, visit.change(KIND, link, body)).map(v -> {
      rows.tidy(link, body);
      return new Versioned(status, PriceRows.view(link, body, version), version);
    });
  }

  private Future<Reply> remove(Visit visit) {
    JsonObject body = found(visit);
    if (body == null) return Office.reply(Problem.notFound());
    Problem mismatch = Versioned.mismatch(visit.ctx(), version(visit));
    if (mismatch != null) return Office.reply(mismatch);
    return office.change(visit, visit.change(KIND, visit.path("link"), null)).map(v -> new Versioned(200, PriceRows.view(visit.path("link"), body, version(visit)), 0));
  }

  private Future<Reply> download(Visit visit) {
    JsonObject body = found(visit);
    return body == null ? Office.reply(Problem.notFound()) : rows.download(visit, visit.path("link"), body);
  }

  private Future<Reply> upload(Visit visit) {
    return rows.upload(visit, visit.path("link"), CostEndpoints::found, (now, entry) -> write(now, entry, 200));
  }
}
