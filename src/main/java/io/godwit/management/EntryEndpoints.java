package io.godwit.management;

import io.godwit.accounts.Form;
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
import java.util.TreeMap;

/**
 * {@code /v1/PATH/ID}: entries of one kind that are the operator's alone, and that those who read them in this process can judge
 * ({@link io.godwit.accounts.Directory#view}).
 */
final class EntryEndpoints {
  private final Office office;
  private final String kind;
  private final Judge judge;
  private final Accord accord;

  /** What those who read such entries say against one of them. */
  private interface Judge {
    Future<List<Form.Wrong>> wrongs(Visit visit, String kind, String id, JsonObject body);
  }

  private EntryEndpoints(Office office, String kind, Judge judge, Accord accord) {
    this.office = office;
    this.kind = kind;
    this.judge = judge;
    this.accord = accord;
  }

  /** Of a kind whose entries are right or wrong together: all of them are read for each that is written. */
  static EntryEndpoints together(Office office, String kind) {
    return new EntryEndpoints(office, kind, office::judge, Accord.NONE);
  }

  /** Of a kind of which each entry is right or wrong by itself, but for what the accord says. */
  static EntryEndpoints each(Office office, String kind, Accord accord) {
    return new EntryEndpoints(office, kind, (visit, k, id, body) -> office.judgeAlone(k, id, body), accord);
  }

  void mount(Router router, String path) {
    router.get(path).handler(office.byOperator(this::list));
    router.get(path + "/:entry").handler(office.byOperator(this::show));
    router.put(path + "/:entry").handler(office.byOperator(this::put));
    router.delete(path + "/:entry").handler(office.byOperator(this::remove));
  }

  private static JsonObject view(String id, JsonObject body, long version) {
    return new JsonObject().put("id", id).mergeIn(body).put("version", version);
  }

  private Future<Reply> list(Visit visit) {
    JsonArray items = new JsonArray();
    new TreeMap<>(visit.now().entries(kind)).forEach((id, body) -> items.add(view(id, body, visit.now().version(kind, id))));
    return Office.reply(Answer.ok(new JsonObject().put("items", items)));
  }

  private Future<Reply> show(Visit visit) {
    String id = visit.path("entry");
    JsonObject body = visit.now().entries(kind).get(id);
    long version = visit.now().version(kind, id);
    return Office.reply(body == null ? Problem.notFound() : new Versioned(200, view(id, body, version), version));
  }

  private Future<Reply> put(Visit visit) {
    String id = visit.path("entry");
    Input in = visit.input();
    if (in.problem() == null && Ids.fault(kind, id) != null) in.wrong("invalid-field", "id", Ids.fault(kind, id));
    if (in.problem() != null) return Office.reply(in.problem());
    JsonObject body = in.json().copy();
    return judge.wrongs(visit, kind, id, body).map(found -> wrongs(visit, id, body, found)).compose(wrongs -> wrongs.isEmpty() ? store(visit, id, body) : Office.reply(Office.problem(wrongs)));
  }

  private Future<Reply> store(Visit visit, String id, JsonObject body) {
    long version = visit.now().version(kind, id);
    long next = visit.now().next(kind, id);
    Problem mismatch = Versioned.mismatchOrNew(visit.ctx(), version);
    if (mismatch != null) return Office.reply(mismatch);
    return office.change(visit, visit.change(kind, id, body, told(visit, body))).map(v -> new Versioned(version == 0 ? 201 : 200, view(id, body, next), next));
  }

  /** @param found by those who read it */
  private List<Form.Wrong> wrongs(Visit visit, String id, JsonObject body, List<Form.Wrong> found) {
    List<Form.Wrong> wrongs = Office.own(kind, id, found.isEmpty() ? accord.wrongs(Accord.after(visit, kind, id, body), id) : found);
    boolean isLost = wrongs.isEmpty() && body.getValue("account") instanceof String owner && visit.tree().get(owner) == null;
    return isLost ? List.of(new Form.Wrong("/account", "invalid-field", "is no account")) : wrongs;
  }

  private Future<Reply> remove(Visit visit) {
    String id = visit.path("entry");
    JsonObject body = visit.now().entries(kind).get(id);
    if (body == null) return Office.reply(Problem.notFound());
    long version = visit.now().version(kind, id);
    Problem mismatch = Versioned.mismatch(visit.ctx(), version);
    if (mismatch != null) return Office.reply(mismatch);
    List<Form.Wrong> wrongs = accord.wrongs(Accord.after(visit, kind, id, null), id);
    if (!wrongs.isEmpty()) return Office.reply(Problem.of(409, "in-use", "it is named by another: " + wrongs.get(0)));
    return office.change(visit, visit.change(kind, id, null, told(visit, body))).map(v -> new Versioned(200, view(id, body, version), 0));
  }

  /** Among whose changes it is told: the account's that it names, else the operator's. */
  private static String told(Visit visit, JsonObject body) {
    return body.getValue("account") instanceof String owner && visit.tree().get(owner) != null ? owner : visit.caller().id();
  }
}
