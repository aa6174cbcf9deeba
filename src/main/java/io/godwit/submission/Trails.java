package io.godwit.submission;

import io.godwit.events.ArchiveFolder;
import io.godwit.events.MessageState;
import io.godwit.events.Trail;
import io.godwit.http.Answer;
import io.godwit.http.Auth;
import io.godwit.http.Caller;
import io.godwit.http.Problem;
import io.godwit.http.Reply;
import io.godwit.intake.Intake;
import io.godwit.message.Event;
import io.godwit.message.Limits;
import io.godwit.message.MessageId;
import io.godwit.message.Status;
import io.godwit.store.Deadline;
import io.godwit.store.MongoSet;
import io.godwit.store.Sets;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.concurrent.TimeoutException;

/**
 * {@code /v1/messages/{id}}: how one message stands, its trail, and its cancellation. Read from its events, so that every caller sees at once
 * what he was told was accepted.
 */
final class Trails {
  private final Context context;
  private final Sets sets;
  private final Auth auth;
  private final Intake intake;
  private final ArchiveFolder archive;

  /** @param archive where old messages are; null = they are not found */
  Trails(Context context, Sets sets, ArchiveFolder archive, Auth auth, Intake intake) {
    this.archive = archive;
    this.context = context;
    this.sets = sets;
    this.auth = auth;
    this.intake = intake;
  }

  /** A message that the caller may see. */
  private record Found(List<Event> events, MessageState state) { }

  void mount(Router router) {
    router.get("/v1/messages/:id").handler(Reply.by(ctx -> answered(found(ctx).map(found -> found == null ? Problem.notFound() : state(ctx, found)))));
    router.get("/v1/messages/:id/events").handler(Reply.by(ctx -> answered(found(ctx).map(found -> found == null ? Problem.notFound() : trail(ctx, found)))));
    router.delete("/v1/messages/:id").handler(Reply.by(ctx -> answered(cancel(ctx))));
  }

  /** The message's own set, which alone knows it, does not answer. */
  private static final class SetDown extends RuntimeException {
    SetDown() {
      super("the message's set does not answer", null, false, false);
    }
  }

  private static Future<Reply> answered(Future<? extends Reply> reply) {
    return reply.<Reply>map(r -> r).recover(e -> e instanceof SetDown ? Future.succeededFuture(
      Problem.unavailable("store-unavailable", 2, "the store that holds this message does not answer now; what is in it goes on when it does")) : Future.failedFuture(e));
  }

  /** Null when there is no such message, or it is not the caller's. */
  private Future<Found> found(RoutingContext ctx) {
    String id = ctx.pathParam("id");
    Caller caller = auth.caller(ctx);
    MongoSet set = MessageId.isValid(id) ? sets.get(MessageId.set(id)) : null;
    if (set == null || MessageId.millis(id) > set.clock().getAsLong() + 86_400_000L) return Future.succeededFuture();
    if (!set.isTrusted()) return Future.failedFuture(new SetDown());
    return Deadline.within(Limits.LOOK_UP, Trail.of(context, set, archive, id)).recover(e -> Future.failedFuture(e instanceof TimeoutException ? new SetDown() : e)).map(events -> {
      MessageState state = MessageState.of(events);
      return state == null || !caller.sees(state.message().account()) ? null : new Found(events, state);
    });
  }

  private Answer state(RoutingContext ctx, Found found) {
    return Answer.ok(Views.message(found.state, auth.caller(ctx)));
  }

  private Answer trail(RoutingContext ctx, Found found) {
    return Answer.ok(new JsonObject().put("events", Views.events(found.events, auth.caller(ctx))));
  }

  private Future<Reply> cancel(RoutingContext ctx) {
    return found(ctx).compose(found -> {
      if (found == null || found.state.isFinal()) return Future.succeededFuture(settled(ctx, found));
      String id = ctx.pathParam("id");
      String account = auth.caller(ctx).id();
      if (!intake.mayCancel(account, id)) return Future.succeededFuture(Problem.unavailable("overloaded", 2, "too many messages wait to be taken back; nothing was changed"));
      return intake.cancel(account, id).compose(taken -> found(ctx).map(now -> settled(ctx, now)));
    });
  }

  /** Who asks twice to cancel is answered twice that it is cancelled. */
  private Reply settled(RoutingContext ctx, Found found) {
    if (found == null) return Problem.notFound();
    if (found.state.status() == Status.CANCELLED) return state(ctx, found);
    return found.state.isFinal() ? Problem.of(409, "already-final", "the message is already " + found.state.status())
      : Problem.of(409, "too-late", "the message was handed to a carrier, or is just being handed over");
  }
}
