package io.godwit.smppserver;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.pdu.CancelSm;
import com.cloudhopper.smpp.pdu.QuerySm;
import com.cloudhopper.smpp.pdu.QuerySmResp;
import io.godwit.events.MessageState;
import io.godwit.events.Trail;
import io.godwit.intake.Intake;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** query_sm and cancel_sm, by the message_id of a message of the caller's own account. Event loop only. */
final class Queries {
  private static final Logger log = LoggerFactory.getLogger(Queries.class);
  private static final long A_DAY = 86_400_000L;

  private final Context context;
  private final Sets sets;
  private final Intake intake;

  Queries(Context context, Sets sets, Intake intake) {
    this.context = context;
    this.sets = sets;
    this.intake = intake;
  }

  /** @param changedAt when its status last changed, milliseconds since 1970 */
  private record Found(MessageState state, long changedAt) { }

  void query(Esme esme, QuerySm query) {
    state(esme, query.getMessageId()).recover(e -> unknown(query.getMessageId(), e)).onSuccess(found -> {
      QuerySmResp answer = query.createResponse();
      answer.setMessageId(query.getMessageId());
      if (found == null) answer.setCommandStatus(SmppConstants.STATUS_QUERYFAIL);
      else describe(answer, found);
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
    state(esme, id).compose(found -> {
      if (found == null) return Future.succeededFuture(SmppConstants.STATUS_INVMSGID);
      MessageState state = found.state;
      if (state.status() == Status.CANCELLED) return Future.succeededFuture(SmppConstants.STATUS_OK);
      if (state.isFinal()) return Future.succeededFuture(SmppConstants.STATUS_CANCELFAIL);
      return intake.cancel(id).map(taken -> taken ? SmppConstants.STATUS_OK : SmppConstants.STATUS_CANCELFAIL);
    }).recover(e -> unknown(id, e).map(SmppConstants.STATUS_CANCELFAIL)).onSuccess(status -> esme.session().respond(Statuses.answer(cancel, status)));
  }

  private static <T> Future<T> unknown(String id, Throwable failure) {
    log.warn("the store does not say how {} stands: {}", id, failure.toString());
    return Future.succeededFuture();
  }

  /** Null when there is no such message, or it is another's. */
  private Future<Found> state(Esme esme, String id) {
    MongoSet set = MessageId.isValid(id) ? sets.get(MessageId.set(id)) : null;
    if (set == null || MessageId.millis(id) > set.clock().getAsLong() + A_DAY) return Future.succeededFuture();
    if (!set.isTrusted()) return Future.failedFuture("its set does not answer");
    return Deadline.within(Limits.LOOK_UP, Trail.of(context, set, id)).map(events -> {
      MessageState state = MessageState.of(events);
      if (state == null || !state.message().account().equals(esme.customer().account())) return null;
      return new Found(state, events.stream().filter(event -> event.n() > 0).mapToLong(Event::at).max().orElse(0));
    });
  }
}
