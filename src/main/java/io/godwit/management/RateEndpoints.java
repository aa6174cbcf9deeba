package io.godwit.management;

import io.godwit.accounts.Account;
import io.godwit.accounts.Form;
import io.godwit.billing.PriceUploads;
import io.godwit.http.Answer;
import io.godwit.http.Input;
import io.godwit.http.Problem;
import io.godwit.http.Reply;
import io.godwit.http.Versioned;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * {@code /v1/rates/LIST}: what a seller takes from his customers ({@code seller}), or from one of them ({@code account}). The seller and whoever is above him change
 * it; the buyer may read his own list, but not the {@code markup} by which his seller earns. Rows of their own are files: {@link PriceRows}.
 */
final class RateEndpoints {
  private static final Set<String> FIELDS = Set.of("seller", "account", "currency", "markup", "prices");

  private final Office office;
  private final PriceUploads uploads;
  private final PriceRows rows;

  RateEndpoints(Office office, PriceUploads uploads) {
    this.office = office;
    this.uploads = uploads;
    this.rows = new PriceRows(office, uploads);
  }

  void mount(Router router) {
    router.get("/v1/rates").handler(office.handler(this::list));
    router.get("/v1/rates/:list").handler(office.handler(this::show));
    router.put("/v1/rates/:list").handler(office.handler(this::put));
    router.delete("/v1/rates/:list").handler(office.handler(this::remove));
    router.get("/v1/rates/:list/rows").handler(office.handler(this::download));
    router.put("/v1/rates/:list/rows").handler(office.handler(this::upload));
  }

  /** Null when there is no such list, or the caller may not know of it. */
  private static JsonObject found(Visit visit, String id) {
    JsonObject body = visit.now().entries(PriceUploads.RATES).get(id);
    return body != null && maySee(visit, body) ? body : null;
  }

  private static boolean maySee(Visit visit, JsonObject body) {
    return mayChange(visit, body) || visit.caller().id().equals(body.getString("account"));
  }

  /** Of a list, or a view of one, what the caller may know; null when that is nothing. */
  static JsonObject shown(Visit visit, JsonObject list) {
    if (!maySee(visit, list)) return null;
    if (!mayChange(visit, list)) list.remove("markup");
    return list;
  }

  private static JsonObject view(Visit visit, String id, JsonObject body) {
    return shown(visit, PriceRows.view(id, body, visit.now().version(PriceUploads.RATES, id)));
  }

  /** His own prices are not the buyer's to make. */
  private static boolean mayChange(Visit visit, JsonObject body) {
    String seller = seller(visit, body);
    return seller != null && visit.sees(seller);
  }

  private static String seller(Visit visit, JsonObject body) {
    if (body.getString("seller") != null) return body.getString("seller");
    Account buyer = visit.tree().get(body.getString("account"));
    return buyer == null ? null : buyer.parent();
  }

  /** Among whose changes it is told. */
  private static String told(JsonObject body) {
    return body.getString("account") != null ? body.getString("account") : body.getString("seller");
  }

  private Future<Reply> list(Visit visit) {
    JsonArray items = new JsonArray();
    new TreeMap<>(visit.now().entries(PriceUploads.RATES)).forEach((id, body) -> {
      if (maySee(visit, body)) items.add(view(visit, id, body));
    });
    return Office.reply(Answer.ok(new JsonObject().put("items", items)));
  }

  private Future<Reply> show(Visit visit) {
    String id = visit.path("list");
    JsonObject body = found(visit, id);
    if (body == null) return Office.reply(Problem.notFound());
    return Office.reply(new Versioned(200, view(visit, id, body), visit.now().version(PriceUploads.RATES, id)));
  }

  /** Uploaded rows stay unless the body has prices of its own. */
  private Future<Reply> put(Visit visit) {
    String id = visit.path("list");
    JsonObject before = visit.now().entries(PriceUploads.RATES).get(id);
    if (before != null && !mayChange(visit, before)) return Office.reply(Problem.of(409, "id-taken", "the id '" + id + "' is that of a list that is not yours to change"));
    Input in = visit.input().only(FIELDS);
    if (in.problem() == null && Ids.fault(PriceUploads.RATES, id) != null) in.wrong("invalid-field", "list", Ids.fault(PriceUploads.RATES, id));
    if (in.problem() != null) return Office.reply(in.problem());
    JsonObject body = in.json().copy();
    PriceRows.keep(before, body);
    Problem wrong = wrong(visit, id, body);
    if (wrong == null) wrong = Versioned.mismatchOrNew(visit.ctx(), visit.now().version(PriceUploads.RATES, id));
    return wrong != null ? Office.reply(wrong) : write(visit, id, body, before == null ? 201 : 200);
  }

  private Problem wrong(Visit visit, String id, JsonObject body) {
    List<Form.Wrong> faults = uploads.faults(id, body);
    if (!faults.isEmpty()) return PriceRows.invalid(faults);
    String owner = body.getString("seller") != null ? "seller" : "account";
    Account of = visit.tree().get(body.getString(owner));
    if (of == null || !mayChange(visit, body)) return Problem.invalid("invalid-field", owner, "'" + owner + "' is no account " + (owner.equals("seller") ? "of yours" : "that buys from you or yours"));
    if (owner.equals("account") && !of.currency().equals(body.getString("currency"))) return Problem.invalid("invalid-field", "currency", "'currency' must be that of the account, " + of.currency());
    for (Map.Entry<String, JsonObject> other : visit.now().entries(PriceUploads.RATES).entrySet()) {
      if (!other.getKey().equals(id) && body.getString(owner).equals(other.getValue().getString(owner))) {
        return Problem.of(409, "list-exists", "the list '" + other.getKey() + "' is of the same " + owner + ": one has one list");
      }
    }
    return null;
  }

  private Future<Reply> write(Visit visit, String id, JsonObject body, int status) {
    long version = visit.now().next(PriceUploads.RATES, id);
    return office.change(visit, visit.change(PriceUploads.RATES, id, body, told(body))).map(v -> {
      rows.tidy(id, body);
      return new Versioned(status, PriceRows.view(id, body, version), version);
    });
  }

  private Future<Reply> remove(Visit visit) {
    String id = visit.path("list");
    JsonObject body = mine(visit, id);
    if (body == null) return Office.reply(Problem.notFound());
    long version = visit.now().version(PriceUploads.RATES, id);
    Problem mismatch = Versioned.mismatch(visit.ctx(), version);
    if (mismatch != null) return Office.reply(mismatch);
    return office.change(visit, visit.change(PriceUploads.RATES, id, null, told(body))).map(v -> new Versioned(200, PriceRows.view(id, body, version), 0));
  }

  private Future<Reply> download(Visit visit) {
    String id = visit.path("list");
    JsonObject body = found(visit, id);
    return body == null ? Office.reply(Problem.notFound()) : rows.download(visit, id, body);
  }

  private Future<Reply> upload(Visit visit) {
    String id = visit.path("list");
    return rows.upload(visit, id, now -> mine(now, id), (now, entry) -> write(now, id, entry, 200));
  }

  /** Null when there is no such list, or it is not the caller's to change. */
  private static JsonObject mine(Visit visit, String id) {
    JsonObject body = found(visit, id);
    return body != null && mayChange(visit, body) ? body : null;
  }
}
