package io.godwit.management;

import com.mongodb.MongoTimeoutException;
import io.godwit.accounts.Account;
import io.godwit.accounts.AccountTree;
import io.godwit.accounts.Change;
import io.godwit.accounts.Directory;
import io.godwit.accounts.Form;
import io.godwit.billing.Costs;
import io.godwit.billing.PriceUploads;
import io.godwit.billing.Pricing;
import io.godwit.http.Auth;
import io.godwit.http.Caller;
import io.godwit.http.Inflow;
import io.godwit.http.Problem;
import io.godwit.http.Reply;
import io.godwit.message.Limits;
import io.godwit.node.Node;
import io.godwit.store.Deadline;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;

/** Where requests become visits, and changes are made. Confined to its context. */
final class Office {
  private static final Problem TOO_SLOW = Problem.unavailable("busy", 5, "the store did not take it within the five seconds of a transaction; nothing of it was done");
  private static final int TRIES = 20;
  /** Before another try, times the number of those before it: who changes much at the same time does not meet again at once. */
  private static final int PAUSE_MS = 5;
  private static final long PATIENCE_MS = 1_000;
  /** So long a change that is made waits for rows that this process has to read. */
  private static final long ROWS_MS = 8_000;

  private final Context context;
  private final Node node;
  private final MongoSet control;
  private final Directory directory;
  private final Auth auth;
  private final Directory.View<AccountTree> trees;
  private Directory.Picture known;
  private AccountTree tree;

  Office(Context context, Node node, Auth auth) {
    this.context = context;
    this.node = node;
    this.control = node.sets().control();
    this.directory = node.directory();
    this.auth = auth;
    this.trees = AccountTree.view(directory);
  }

  Context context() {
    return context;
  }

  /** The handler of an endpoint about the account that the path names, or the caller's where it names none. */
  Handler<RoutingContext> handler(Function<Visit, Future<? extends Reply>> endpoint) {
    return Reply.by(ctx -> visit(ctx, endpoint, TRIES, 1));
  }

  /**
   * The last step of what took long, by what is in force now: it is judged and written anew, as often as somebody changes something meanwhile, and what took long is not. Never fails with
   * {@link Directory.Outdated} or {@link Directory.TooSlow}.
   */
  Future<Reply> last(Visit visit, int tries, Function<Visit, Future<? extends Reply>> step) {
    return visit(visit.ctx(), step, tries, 1);
  }

  /** Where the last step is short. */
  Future<Reply> last(Visit visit, Function<Visit, Future<? extends Reply>> step) {
    return last(visit, TRIES, step);
  }

  /** The same for the operator alone. */
  Handler<RoutingContext> byOperator(Function<Visit, Future<? extends Reply>> endpoint) {
    return handler(visit -> visit.caller().isOperator() ? endpoint.apply(visit)
      : Future.succeededFuture(Problem.of(403, "operator-only", "this is the operator's business")));
  }

  private Future<Reply> visit(RoutingContext ctx, Function<Visit, Future<? extends Reply>> endpoint, int tries, int number) {
    return current(ctx).compose(v -> {
      Visit visit = visit(ctx);
      return visit == null ? Future.succeededFuture(Problem.notFound()) : endpoint.apply(visit).<Reply>map(reply -> reply);
    }).recover(failure -> {
      if (failure instanceof Directory.TooSlow slow) return Future.succeededFuture(slow.mayBeDone() ? Problem.outcomeUnknown() : TOO_SLOW);
      if (!(failure instanceof Directory.Outdated)) return Future.failedFuture(failure);
      if (number < tries) return pause(number).compose(v -> visit(ctx, endpoint, tries, number + 1));
      return Future.succeededFuture(Problem.unavailable("busy", 1, "too many changes are made at the same time; nothing of this one was done"));
    });
  }

  private Future<Void> pause(int number) {
    return context.owner().timer(1 + ThreadLocalRandom.current().nextInt(PAUSE_MS * number)).mapEmpty();
  }

  /** Whoever only asks is content with what is known here while the control set does not answer. */
  private Future<Void> current(RoutingContext ctx) {
    boolean asks = ctx.request().method() == HttpMethod.GET;
    if (!control.isTrusted()) return asks ? Future.succeededFuture() : Future.failedFuture(new MongoTimeoutException("the control set does not answer"));
    Future<Void> current = directory.current(context);
    return asks ? Deadline.within(PATIENCE_MS, current).otherwiseEmpty() : current;
  }

  /** Null when the caller may not know whether there is such an account. */
  private Visit visit(RoutingContext ctx) {
    Directory.Picture now = directory.picture();
    if (now != known) {
      tree = trees.of(now);
      known = now;
    }
    Caller caller = auth.caller(ctx);
    String named = ctx.pathParam("account");
    Account account = tree.get(named == null ? caller.id() : named);
    return account != null && tree.isWithin(account.id(), caller.id()) ? new Visit(ctx, caller, now, tree, account) : null;
  }

  /** What is changed is in force here when it is done; uploaded prices, too, unless their rows take very long. */
  Future<Void> change(Visit visit, Change... changes) {
    List<Change> all = Arrays.asList(changes);
    if (has(all, PriceUploads.RATES) || has(all, PriceUploads.COSTS)) Inflow.patient(visit.ctx(), Limits.LONG_ANSWER);
    return directory.change(context, visit.now(), all).compose(v -> Deadline.within(ROWS_MS, inForce(all)).otherwiseEmpty());
  }

  private Future<Void> inForce(List<Change> changes) {
    Future<Void> done = Future.succeededFuture();
    if (has(changes, PriceUploads.RATES)) done = done.compose(v -> Pricing.inForce(node));
    if (has(changes, PriceUploads.COSTS)) done = done.compose(v -> Costs.inForce(node));
    return done;
  }

  private static boolean has(List<Change> changes, String kind) {
    return changes.stream().anyMatch(change -> change.kind().equals(kind));
  }

  /** What takes long where there are thousands of entries, and changes nothing: on no event loop, and goes on here. */
  <T> Future<T> aside(Callable<T> work) {
    return context.executeBlocking(work, false);
  }

  /** What those who read such entries in this process say against this one beside the others, which are all read for it. */
  Future<List<Form.Wrong>> judge(Visit visit, String kind, String id, JsonObject body) {
    return aside(() -> {
      Map<String, JsonObject> entries = new HashMap<>(visit.now().entries(kind));
      entries.put(id, body);
      return directory.judge(kind, entries);
    });
  }

  /** The same for kinds of which each entry is right or wrong by itself: the others are not read again. */
  Future<List<Form.Wrong>> judgeAlone(String kind, String id, JsonObject body) {
    return Future.succeededFuture(directory.judge(kind, Map.of(id, body)));
  }

  /** In the words of a request about this one entry. */
  static List<Form.Wrong> own(String kind, String id, List<Form.Wrong> wrongs) {
    String own = "/" + kind + "/" + Form.escaped(id) + "/";
    return wrongs.stream().map(wrong -> wrong.path().startsWith(own) ? new Form.Wrong(wrong.path().substring(own.length() - 1), wrong.code(), wrong.detail()) : wrong).toList();
  }

  /** A body with all that is wrong in it; null when nothing is. */
  static Problem problem(Form form) {
    return form.wrongs().isEmpty() ? null : problem(form.wrongs());
  }

  static Problem problem(List<Form.Wrong> wrongs) {
    JsonArray errors = new JsonArray();
    for (Form.Wrong wrong : wrongs) errors.add(new JsonObject().put("path", wrong.path()).put("code", wrong.code()).put("detail", wrong.detail()));
    Form.Wrong first = wrongs.get(0);
    return Problem.invalid(first.code(), first.field(), "'" + first.field() + "' " + first.detail()).with("errors", errors);
  }

  static Future<Reply> reply(Reply reply) {
    return Future.succeededFuture(reply);
  }
}
