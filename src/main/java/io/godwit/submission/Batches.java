package io.godwit.submission;

import io.godwit.http.Auth;
import io.godwit.http.Problem;
import io.godwit.http.Reply;
import io.godwit.intake.Draft;
import io.godwit.intake.KeptAnswers;
import io.godwit.intake.Offer;
import io.godwit.intake.Outcome;
import io.godwit.intake.Refusal;
import io.godwit.intake.Screening;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;

/** {@code POST /v1/batches}: up to 10,000 messages; what is accepted of them is accepted in one unit of work. */
final class Batches {
  private final Auth auth;
  private final Desk desk;

  Batches(Auth auth, Desk desk) {
    this.auth = auth;
    this.desk = desk;
  }

  void mount(Router router) {
    router.post("/v1/batches").handler(Bodies.jsonOrLines()).handler(Reply.by(this::post));
  }

  private Future<? extends Reply> post(RoutingContext ctx) {
    String account = auth.caller(ctx).id();
    return desk.once(ctx, account, keyed -> submit(ctx, account, keyed));
  }

  private Future<? extends Reply> submit(RoutingContext ctx, String account, KeptAnswers.Key keyed) {
    BatchReader batch = Bodies.isLines(ctx) ? BatchReader.ofLines(ctx.body().buffer(), account) : BatchReader.of(ctx.body().buffer(), account);
    if (batch.problem() != null) return Future.succeededFuture(batch.problem());
    Sorted sorted = new Sorted();
    for (BatchReader.Item item : batch.items()) sort(item, sorted);
    if (sorted.drafts.isEmpty()) {
      return Future.succeededFuture(Problem.of(400, "nothing-accepted", "none of the messages can be sent").with("rejected", sorted.rejected));
    }
    return desk.accept(keyed, Offer.batch(sorted.drafts), sorted::answer);
  }

  private void sort(BatchReader.Item item, Sorted into) {
    if (item.problem() != null) {
      into.reject(item.index(), item.problem());
      return;
    }
    Screening.Result screened = desk.intake().screen(item.submission());
    if (screened instanceof Refusal refusal) into.reject(item.index(), Refusals.problem(refusal));
    else into.take(item.index(), (Draft) screened);
  }

  /** A batch's messages: those to be sent with their places in the request, and those that cannot be. */
  private static final class Sorted {
    final List<Draft> drafts = new ArrayList<>();
    final List<Integer> indexes = new ArrayList<>();
    final JsonArray rejected = new JsonArray();

    void take(int index, Draft draft) {
      drafts.add(draft);
      indexes.add(index);
    }

    void reject(int index, Problem problem) {
      JsonObject entry = new JsonObject().put("index", index).put("code", problem.code()).put("detail", problem.detail());
      rejected.add(problem.field() == null ? entry : entry.put("field", problem.field()));
    }

    JsonObject answer(Outcome.Accepted accepted) {
      JsonArray messages = new JsonArray();
      for (int i = 0; i < indexes.size(); i++) messages.add(new JsonObject().put("index", indexes.get(i)).put("id", accepted.messages().get(i).id()));
      return new JsonObject().put("id", accepted.batch()).put("accepted", messages.size()).put("rejected", rejected).put("messages", messages);
    }
  }
}
