package io.godwit.management;

import io.godwit.accounts.Account;
import io.godwit.accounts.AccountTree;
import io.godwit.accounts.Form;
import io.godwit.http.Answer;
import io.godwit.http.Input;
import io.godwit.http.Parameters;
import io.godwit.http.Problem;
import io.godwit.http.Reply;
import io.godwit.http.Versioned;
import io.godwit.link.LinkConfig;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * {@code /v1/accounts}: the tree below the caller. What an account's entry says about it only those above it may change; of his own a caller
 * changes keys and logins.
 */
final class AccountEndpoints {
  private static final int USUAL = 100;
  private static final int MOST = 1_000;
  private static final int ID_CHARS = 64;
  private static final List<String> OTHERS = List.of("smpp", Terms.LINKS);

  private final Office office;

  AccountEndpoints(Office office) {
    this.office = office;
  }

  void mount(Router router) {
    router.post("/v1/accounts").handler(office.handler(this::create));
    router.get("/v1/accounts").handler(office.handler(this::list));
    router.get("/v1/accounts/:account").handler(office.handler(visit -> Office.reply(show(visit, 200, visit.account().id()))));
    router.get("/v1/accounts/:account/children").handler(office.handler(this::children));
    router.put("/v1/accounts/:account").handler(office.handler(this::replace));
    router.patch("/v1/accounts/:account").handler(office.handler(this::patch));
    router.delete("/v1/accounts/:account").handler(office.handler(this::close));
  }

  // ---- asking

  private static Versioned show(Visit visit, int status, String id) {
    long version = visit.now().version(Account.KIND, id);
    return new Versioned(status, view(visit, visit.tree().get(id), version), version);
  }

  private static JsonObject view(Visit visit, Account account, long version) {
    return told(visit, account.id(), body(visit, account), version);
  }

  /** Over which links his seller's messages go is no customer's business: {@link Terms#LINKS} the operator alone is told. */
  private static JsonObject told(Visit visit, String id, JsonObject body, long version) {
    JsonObject told = new JsonObject().put("id", id).mergeIn(body).put("version", version);
    if (!visit.caller().isOperator()) told.remove(Terms.LINKS);
    return told;
  }

  /** What the directory says of it, in the form of this release. */
  private static JsonObject body(Visit visit, Account account) {
    return body(account, stored(visit, account.id()));
  }

  /** Null for a new one. */
  private static JsonObject stored(Visit visit, String id) {
    return visit.now().entries(Account.KIND).get(id);
  }

  /** @param stored with what other rooms read: SMPP terms, and what is registered with carriers */
  static JsonObject body(Account account, JsonObject stored) {
    JsonObject body = account.json();
    for (String others : OTHERS) if (stored.getValue(others) != null) body.put(others, stored.getValue(others));
    return body;
  }

  /** All that the caller sees, by id. */
  private Future<Reply> list(Visit visit) {
    Parameters parameters = new Parameters(visit.ctx().queryParams(), Set.of("status", "limit", "after"));
    String status = parameters.word("status", List.of("ACTIVE", "BLOCKED", "CLOSED"));
    int limit = parameters.number("limit", USUAL, 1, MOST);
    String after = parameters.text("after");
    if (parameters.problem() != null) return Office.reply(parameters.problem());
    return page(visit, visit.tree().below(visit.caller().id()).stream().sorted().map(visit.tree()::get).filter(account -> status == null || account.status().name().equals(status)), limit, after);
  }

  private Future<Reply> children(Visit visit) {
    Parameters parameters = new Parameters(visit.ctx().queryParams(), Set.of("limit", "after"));
    int limit = parameters.number("limit", USUAL, 1, MOST);
    String after = parameters.text("after");
    return parameters.problem() != null ? Office.reply(parameters.problem()) : page(visit, visit.tree().children(visit.account().id()).stream(), limit, after);
  }

  /** @param all by id */
  private static Future<Reply> page(Visit visit, Stream<Account> all, int limit, String after) {
    List<Account> found = all.filter(account -> after == null || account.id().compareTo(after) > 0).limit(limit + 1L).toList();
    List<Account> some = found.subList(0, Math.min(limit, found.size()));
    JsonObject page = items(visit, some);
    return Office.reply(Answer.ok(found.size() > limit ? page.put("next", some.get(limit - 1).id()) : page));
  }

  private static JsonObject items(Visit visit, List<Account> accounts) {
    JsonArray items = new JsonArray();
    for (Account account : accounts) items.add(view(visit, account, visit.now().version(Account.KIND, account.id())));
    return new JsonObject().put("items", items);
  }

  // ---- changing

  private Future<Reply> create(Visit visit) {
    Input in = visit.input();
    if (in.problem() != null) return Office.reply(in.problem());
    JsonObject wanted = in.json().copy();
    String id = in.required("id", ID_CHARS);
    if (in.problem() == null && Ids.fault(Account.KIND, id) != null) in.wrong("invalid-field", "id", Ids.fault(Account.KIND, id));
    if (in.problem() != null) return Office.reply(in.problem());
    if (visit.tree().get(id) != null) return Office.reply(Problem.of(409, "id-taken", "there is an account '" + id + "' already"));
    wanted.remove("id");
    Account parent = visit.tree().get(wanted.getValue("parent") instanceof String named ? named : visit.caller().id());
    if (!wanted.containsKey("parent")) wanted.put("parent", visit.caller().id());
    if (!wanted.containsKey("currency") && parent != null) wanted.put("currency", parent.currency());
    return write(visit, id, null, wanted, 201);
  }

  private Future<Reply> replace(Visit visit) {
    Input in = visit.input();
    JsonObject wanted = in.json().copy();
    if (!wanted.containsKey("parent")) wanted.put("parent", visit.account().parent());
    if (!wanted.containsKey("currency")) wanted.put("currency", visit.account().currency());
    if (!wanted.containsKey(Terms.LINKS) && !visit.caller().isOperator()) wanted.put(Terms.LINKS, stored(visit, visit.account().id()).getValue(Terms.LINKS));
    return in.problem() != null ? Office.reply(in.problem()) : edit(visit, wanted);
  }

  private Future<Reply> patch(Visit visit) {
    Input in = visit.input();
    return in.problem() != null ? Office.reply(in.problem()) : edit(visit, merged(body(visit, visit.account()), in.json()));
  }

  /** As RFC 7396 says: null takes away, objects are merged. */
  private static JsonObject merged(JsonObject before, JsonObject patch) {
    JsonObject merged = before.copy();
    for (String field : patch.fieldNames()) {
      Object value = patch.getValue(field);
      if (value == null) merged.remove(field);
      else if (value instanceof JsonObject inner && merged.getValue(field) instanceof JsonObject old) merged.put(field, merged(old, inner));
      else merged.put(field, value);
    }
    return merged;
  }

  private Future<Reply> close(Visit visit) {
    return edit(visit, body(visit, visit.account()).put("status", Account.State.CLOSED.name()));
  }

  private Future<Reply> edit(Visit visit, JsonObject wanted) {
    Account account = visit.account();
    if (account.id().equals(visit.caller().id()) && !visit.caller().isOperator()) {
      return Office.reply(Problem.of(403, "own-account", "what is said of your own account is changed by whom you buy from"));
    }
    Problem mismatch = Versioned.mismatch(visit.ctx(), visit.now().version(Account.KIND, account.id()));
    return mismatch != null ? Office.reply(mismatch) : write(visit, account.id(), account, wanted, 200);
  }

  /** @param before null for a new one */
  private Future<Reply> write(Visit visit, String id, Account before, JsonObject wanted, int status) {
    Form form = Form.of(wanted);
    Account account = Account.read(id, form);
    Account.check(id, form);
    if (form.wrongs().isEmpty()) judge(visit, before, account, form);
    Problem problem = form.wrongs().isEmpty() ? conflict(visit.tree(), before, account) : Office.problem(form);
    if (problem != null) return Office.reply(problem);
    JsonObject body = body(account, wanted);
    return office.judge(visit, Account.KIND, id, body).compose(others -> others.isEmpty() ? store(visit, id, body, status) : Office.reply(Office.problem(others)));
  }

  private Future<Reply> store(Visit visit, String id, JsonObject body, int status) {
    long version = visit.now().next(Account.KIND, id);
    return office.change(visit, visit.change(Account.KIND, id, body, id))
      .map(v -> new Versioned(status, told(visit, id, body, version), version));
  }

  private static void judge(Visit visit, Account before, Account account, Form form) {
    boolean isRoot = before != null && before.parent() == null;
    if (isRoot && account.parent() != null) form.wrong("invalid-field", "parent", "is none: nobody stands above the operator");
    if (isRoot && account.status() != Account.State.ACTIVE) form.wrong("invalid-field", "status", "of the operator is ACTIVE");
    if (!isRoot && (account.parent() == null || !visit.sees(account.parent()))) form.wrong("invalid-field", "parent", "is no account of yours");
    if (before != null && !before.currency().equals(account.currency())) form.wrong("invalid-field", "currency", "cannot be changed: the account's money is in " + before.currency());
    Account seller = visit.tree().get(account.parent());
    JsonObject stored = stored(visit, account.id());
    if (seller != null) Terms.judge(before, account, seller, form);
    if (seller != null && !visit.caller().isOperator()) Terms.judgeReach(before, account, seller, stored, form);
    if (!Terms.hasSameLinks(form, stored)) Terms.judgeLinks(form, visit.now().entries(LinkConfig.KIND));
  }

  private static Problem conflict(AccountTree tree, Account before, Account account) {
    String parent = account.parent();
    if (before != null && parent != null && tree.isWithin(parent, account.id())) return Problem.of(409, "circle", "an account cannot stand below itself");
    int height = before == null ? 1 : tree.height(account.id());
    if (parent != null && tree.lineage(parent).size() + height > AccountTree.DEPTH) {
      return Problem.of(409, "too-deep", "no more than " + AccountTree.DEPTH + " accounts stand one below the other, the operator counted");
    }
    boolean closes = account.status() == Account.State.CLOSED && before != null;
    if (closes && tree.children(account.id()).stream().anyMatch(child -> child.status() != Account.State.CLOSED)) {
      return Problem.of(409, "open-children", "accounts below it are open: close them first");
    }
    return null;
  }
}
