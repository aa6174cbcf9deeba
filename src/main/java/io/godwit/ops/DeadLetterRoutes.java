package io.godwit.ops;

import io.godwit.http.Answer;
import io.godwit.http.Auth;
import io.godwit.http.Parameters;
import io.godwit.http.Problem;
import io.godwit.http.Reply;
import io.godwit.http.Routes;
import io.godwit.message.Limits;
import io.godwit.message.MessageId;
import io.godwit.node.Node;
import io.godwit.queue.DeadLetter;
import io.godwit.queue.DeadLetters.Place;
import io.godwit.queue.MessageQueue;
import io.godwit.store.Deadline;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /v1/dead-letters}: what no stage could settle, in all sets, for the operator alone (403 {@code operator-only}). A set that does not answer is named in
 * {@code setsDown}; a question to it alone is answered 503 {@code store-unavailable}.
 */
public final class DeadLetterRoutes implements Routes {
  private static final int USUAL = 100;
  private static final Pattern CURSOR = Pattern.compile("(\\d{1,15})-([0-9A-Z]{" + MessageId.LENGTH + "})");
  private static final Comparator<Found> NEWEST_FIRST = Comparator.comparing((Found found) -> found.letter.at()).thenComparing(found -> found.letter.id()).reversed();

  private static final Logger log = LoggerFactory.getLogger(DeadLetterRoutes.class);

  private final Map<Integer, Letters> letters = new HashMap<>();
  private Node node;
  private Auth auth;
  private Context context;

  /** A letter, and the number of its set. */
  private record Found(int set, DeadLetter letter) { }

  @Override
  public void mount(Router router, Node node, Auth auth) {
    this.node = node;
    this.auth = auth;
    this.context = node.vertx().getOrCreateContext();
    node.queues().each(this::open);
    router.get("/v1/dead-letters").handler(byOperator(this::list));
    router.get("/v1/dead-letters/:id").handler(byOperator(this::show));
    router.post("/v1/dead-letters/retry").handler(byOperator(this::retrySome));
    router.post("/v1/dead-letters/:id/retry").handler(byOperator(this::retry));
    router.delete("/v1/dead-letters/:id").handler(byOperator(this::drop));
  }

  private Future<?> open(MessageQueue queue) {
    letters.put(queue.set(), new Letters(context, node.sets().get(queue.set()), queue));
    return Future.succeededFuture();
  }

  private Handler<RoutingContext> byOperator(Function<RoutingContext, Future<? extends Reply>> endpoint) {
    return Reply.by(ctx -> auth.caller(ctx).isOperator() ? endpoint.apply(ctx)
      : Future.succeededFuture(Problem.of(403, "operator-only", "dead letters are the operator's business")));
  }

  // ---- reading

  private Future<? extends Reply> list(RoutingContext ctx) {
    Parameters parameters = new Parameters(ctx.queryParams(), Set.of("queue", "set", "since", "limit", "cursor"));
    String queue = parameters.text("queue");
    Long since = parameters.instant("since");
    int limit = parameters.number("limit", USUAL, 1, Limits.DEAD_LETTERS);
    Place before = place(parameters);
    List<MongoSet> sets = sets(parameters);
    if (parameters.problem() != null) return Future.succeededFuture(parameters.problem());
    List<Found> found = new ArrayList<>();
    return each(sets, of -> of.stored().newest(context, queue, since == null ? 0 : since, before, limit + 1), Limits.LOOK_UP, found)
      .map(down -> down.size() == sets.size() ? down(true) : page(found, limit, down));
  }

  private static Place place(Parameters parameters) {
    String cursor = parameters.text("cursor");
    var match = CURSOR.matcher(cursor == null ? "" : cursor);
    if (match.matches()) return new Place(Long.parseLong(match.group(1)), match.group(2));
    if (cursor != null) parameters.invalid("cursor", "must be the 'next' of an earlier answer");
    return null;
  }

  /** The one that is asked for, or all. */
  private List<MongoSet> sets(Parameters parameters) {
    int number = parameters.number("set", -1, 0, node.sets().all().size() - 1);
    return number < 0 ? node.sets().all() : List.of(node.sets().get(number));
  }

  private static Reply page(List<Found> found, int limit, JsonArray down) {
    found.sort(NEWEST_FIRST);
    List<Found> some = found.subList(0, Math.min(limit, found.size()));
    JsonObject page = new JsonObject().put("items", new JsonArray(some.stream().map(f -> LetterViews.letter(f.set, f.letter)).toList()));
    if (found.size() > limit) {
      DeadLetter last = some.get(limit - 1).letter;
      page.put("next", last.at() + "-" + last.id());
    }
    return Answer.ok(down.isEmpty() ? page : page.put("setsDown", down));
  }

  private Future<? extends Reply> show(RoutingContext ctx) {
    return one(ctx, of -> of.stored().find(context, ctx.pathParam("id")), true, (set, letter) -> Answer.ok(LetterViews.letter(set, letter)));
  }

  // ---- deciding

  private Future<? extends Reply> retry(RoutingContext ctx) {
    return one(ctx, of -> of.retry(ctx.pathParam("id"), auth.caller(ctx).id()), false,
      (set, letter) -> Answer.accepted(new JsonObject().put("id", letter.id()).put("queue", letter.queue())));
  }

  private Future<? extends Reply> drop(RoutingContext ctx) {
    Parameters parameters = new Parameters(ctx.queryParams(), Set.of("why"));
    String why = parameters.text("why");
    if (parameters.problem() == null && why == null) return Future.succeededFuture(Problem.invalid("missing-parameter", "why", "parameter 'why' must say why it is dropped"));
    if (parameters.problem() != null) return Future.succeededFuture(parameters.problem());
    return one(ctx, of -> of.drop(ctx.pathParam("id"), auth.caller(ctx).id(), why), false, (set, letter) -> Answer.ok(LetterViews.letter(set, letter)));
  }

  /** What is answered about one letter. */
  private interface View {
    Answer of(int set, DeadLetter letter);
  }

  /** @param reads whether it surely changes nothing */
  private Future<Reply> one(RoutingContext ctx, Function<Letters, Future<List<DeadLetter>>> ask, boolean reads, View view) {
    String id = ctx.pathParam("id");
    MongoSet set = MessageId.isValid(id) ? node.sets().get(MessageId.set(id)) : null;
    if (set == null) return Future.succeededFuture(Problem.notFound());
    Letters of = answering(set);
    if (of == null) return Future.succeededFuture(down(true));
    if (!reads && of.isFull()) return Future.succeededFuture(Problem.unavailable("overloaded", 1, "too many decisions about dead letters wait; nothing of this one was done"));
    return Deadline.within(Limits.ANSWER, ask.apply(of))
      .<Reply>map(found -> found.isEmpty() ? Problem.notFound() : view.of(set.index(), found.get(0)))
      .recover(failure -> failure instanceof TimeoutException ? Future.succeededFuture(down(reads)) : Future.failedFuture(failure));
  }

  private Future<? extends Reply> retrySome(RoutingContext ctx) {
    Parameters parameters = new Parameters(ctx.queryParams(), Set.of("queue", "set", "limit"));
    String queue = parameters.text("queue");
    int limit = parameters.number("limit", USUAL, 1, Limits.DEAD_LETTERS);
    List<MongoSet> sets = sets(parameters);
    if (parameters.problem() == null && queue == null) return Future.succeededFuture(Problem.invalid("missing-parameter", "queue", "parameter 'queue' must say which dead letters"));
    if (parameters.problem() != null) return Future.succeededFuture(parameters.problem());
    List<Found> retried = new ArrayList<>();
    String by = auth.caller(ctx).id();
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Limits.ANSWER);
    return each(sets, of -> slices(of, queue, of.now(), limit, retried, by, deadline), Limits.ANSWER, new ArrayList<>())
      .map(down -> down.size() == sets.size() && retried.isEmpty() ? down(false) : Answer.accepted(counted(queue, retried, limit, down)));
  }

  private static JsonObject counted(String queue, List<Found> retried, int limit, JsonArray down) {
    JsonObject answer = new JsonObject().put("queue", queue).put("retried", retried.size()).put("more", retried.size() >= limit);
    return down.isEmpty() ? answer : answer.put("setsDown", down);
  }

  /** One unit of work after the other, until the limit is reached, nothing is left, or the answer is due. */
  private Future<List<DeadLetter>> slices(Letters of, String queue, long before, int limit, List<Found> retried, String by, long deadline) {
    int left = limit - retried.size();
    if (left <= 0 || of.isFull() || System.nanoTime() > deadline) return Future.succeededFuture(List.of());
    return of.retry(queue, before, left, by).compose(some -> {
      some.forEach(letter -> retried.add(new Found(MessageId.set(letter.id()), letter)));
      return some.size() < Math.min(left, Letters.SLICE) ? Future.succeededFuture(List.of()) : slices(of, queue, before, limit, retried, by, deadline);
    });
  }

  // ---- sets

  /** Asks one set after the other, each for so long; completes with the numbers of those that did not answer. */
  private Future<JsonArray> each(List<MongoSet> sets, Function<Letters, Future<List<DeadLetter>>> ask, long millis, List<Found> found) {
    JsonArray down = new JsonArray();
    Future<?> asked = Future.succeededFuture();
    for (MongoSet set : sets) {
      asked = asked.compose(v -> {
        Letters of = answering(set);
        Future<List<DeadLetter>> answer = of == null ? Future.failedFuture("down") : Deadline.within(millis, ask.apply(of));
        return answer.onSuccess(some -> some.forEach(letter -> found.add(new Found(set.index(), letter)))).otherwise(failure -> {
          log.warn("{} does not answer about its dead letters: {}", set, failure.toString());
          down.add(set.index());
          return List.of();
        });
      });
    }
    return asked.map(down);
  }

  /** Null when the set does not answer now. */
  private Letters answering(MongoSet set) {
    return set.isTrusted() ? letters.get(set.index()) : null;
  }

  /** @param untouched whether surely nothing was changed */
  private static Problem down(boolean untouched) {
    return untouched ? Problem.unavailable("store-unavailable", 2, "the store that holds these dead letters does not answer now")
      : Problem.unavailable("outcome-unknown", 2, "the store did not answer in time: look again whether the dead letter is still there");
  }

  @Override
  public Future<Void> close() {
    return Future.join(letters.values().stream().map(Letters::close).toList()).mapEmpty();
  }
}
