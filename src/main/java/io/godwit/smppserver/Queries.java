package io.godwit.smppserver;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.pdu.CancelSm;
import com.cloudhopper.smpp.pdu.QuerySm;
import com.cloudhopper.smpp.pdu.QuerySmResp;
import io.godwit.events.MessageState;
import io.godwit.events.Trail;
import io.godwit.intake.Intake;
import io.godwit.intake.Places;
import io.godwit.message.Event;
import io.godwit.message.Limits;
import io.godwit.message.MessageId;
import io.godwit.message.Status;
import io.godwit.smpp.SmppTime;
import io.godwit.store.Deadline;
import io.godwit.store.MongoSet;
import io.godwit.store.Sets;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** query_sm and cancel_sm, by the message_id of a message of the caller's own account. Event loop only. */
final class Queries {
  private static final Logger log = LoggerFactory.getLogger(Queries.class);
  private static final long A_DAY = 86_400_000L;

  private final Context context;
  private final Sets sets;
  private final Intake intake;
  /** Those whose answer is not waited for any more, too: each has connections that commits want. */
  private final Places lookUps = new Places(Limits.LOOK_UPS, Limits.LOOK_UPS_OF_ACCOUNT);

  Queries(Context context, Sets sets, Intake intake) {
    this.context = context;
    this.sets = sets;
    this.intake = intake;
  }

  /** @param changedAt when its status last changed, milliseconds since 1970 */
  private record Found(MessageState state, long changedAt) { }

  void query(Esme esme, QuerySm query) {
    QuerySmResp answer = query.createResponse();
    answer.setMessageId(query.getMessageId());
    look(esme, query.getMessageId(), found -> {
      if (found == null) return Future.succeededFuture(SmppConstants.STATUS_QUERYFAIL);
      describe(answer, found);
      return Future.succeededFuture(SmppConstants.STATUS_OK);
    }).onSuccess(status -> {
      answer.setCommandStatus(status);
      esme.session().respond(answer);
    });
  }

  private static void describe(QuerySmResp answer, Found found) {
    MessageState state = found.state;
    States.State now = state.isFinal() ? States.of(state.status(), state.error()) : States.State.ENROUTE;
    answer.setMessageState((byte) now.receipt().code());
    if (state.isFinal()) answer.setFinalDate(SmppTime.absolute(found.changedAt));
  }

  void cancel(Esme esme, CancelSm cancel) {
    String id = cancel.getMessageId();
    Deadline.within(Limits.ANSWER, look(esme, id, found -> takeBack(esme.customer().account(), id, found))).recover(unknown -> {
      log.warn("it is not known whether {} was taken back: {}", id, unknown.toString());
      return Future.succeededFuture(SmppConstants.STATUS_SYSERR);
    }).onSuccess(status -> esme.session().respond(Statuses.answer(cancel, status)));
  }

  private Future<Integer> takeBack(String account, String id, Found found) {
    if (found == null) return Future.succeededFuture(SmppConstants.STATUS_INVMSGID);
    if (found.state.status() == Status.CANCELLED) return Future.succeededFuture(SmppConstants.STATUS_OK);
    if (found.state.isFinal()) return Future.succeededFuture(SmppConstants.STATUS_CANCELFAIL);
    if (!intake.mayCancel(account, id)) return Future.succeededFuture(SmppConstants.STATUS_THROTTLED);
    return intake.cancel(account, id).map(taken -> taken ? SmppConstants.STATUS_OK : SmppConstants.STATUS_CANCELFAIL);
  }

  /** What then makes of the message, null when there is none or it is another's: a command_status. One of its own where that cannot be said now. */
  private Future<Integer> look(Esme esme, String id, Function<Found, Future<Integer>> then) {
    if (!lookUps.hasRoom(esme.customer().account())) return Future.succeededFuture(SmppConstants.STATUS_THROTTLED);
    return found(esme, id).transform(found -> {
      if (found.succeeded()) return then.apply(found.result());
      log.warn("the store does not say how {} stands: {}", id, found.cause().toString());
      return Future.succeededFuture(SmppConstants.STATUS_X_T_APPN);
    });
  }

  private Future<Found> found(Esme esme, String id) {
    MongoSet set = MessageId.isValid(id) ? sets.get(MessageId.set(id)) : null;
    if (set == null || MessageId.millis(id) > set.clock().getAsLong() + A_DAY) return Future.succeededFuture();
    if (!set.isTrusted()) return Future.failedFuture("its set does not answer");
    String account = esme.customer().account();
    Future<List<Event>> trail = Trail.of(context, set, id);
    lookUps.take(account);
    return Deadline.within(Limits.LOOK_UP, trail.andThen(done -> lookUps.leave(account))).map(events -> {
      MessageState state = MessageState.of(events);
      if (state == null || !state.message().account().equals(account)) return null;
      return new Found(state, events.stream().filter(event -> event.n() > 0).mapToLong(Event::at).max().orElse(0));
    });
  }
}
