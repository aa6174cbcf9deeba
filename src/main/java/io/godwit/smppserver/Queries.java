package io.godwit.smppserver;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.pdu.CancelSm;
import com.cloudhopper.smpp.pdu.QuerySm;
import com.cloudhopper.smpp.pdu.QuerySmResp;
import io.godwit.events.MessageState;
import io.godwit.intake.Intake;
import io.godwit.message.Limits;
import io.godwit.message.Status;
import io.godwit.smpp.SmppTime;
import io.godwit.smppserver.Finder.Found;
import io.godwit.store.Deadline;
import io.godwit.store.Sets;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** query_sm and cancel_sm, by the message_id of a submit of the caller's own account. Event loop only. */
final class Queries {
  private static final Logger log = LoggerFactory.getLogger(Queries.class);

  private final Finder finder;
  private final Intake intake;

  Queries(Context context, Sets sets, Intake intake) {
    this.finder = new Finder(context, sets);
    this.intake = intake;
  }

  void query(Esme esme, QuerySm query) {
    String id = query.getMessageId();
    QuerySmResp answer = query.createResponse();
    answer.setMessageId(id);
    status(id, finder.standing(esme.customer().account(), id), found -> {
      if (found == null) return Future.succeededFuture(SmppConstants.STATUS_QUERYFAIL);
      describe(answer, found);
      return Future.succeededFuture(SmppConstants.STATUS_OK);
    }).onSuccess(status -> {
      answer.setCommandStatus(status);
      esme.session().respond(answer);
    });
  }

  private static void describe(QuerySmResp answer, Found found) {
    MessageState state = found.state();
    States.State now = state.isFinal() ? States.of(state.status(), state.error()) : States.State.ENROUTE;
    answer.setMessageState((byte) now.receipt().code());
    if (state.isFinal()) answer.setFinalDate(SmppTime.absolute(found.changedAt()));
  }

  void cancel(Esme esme, CancelSm cancel) {
    String id = cancel.getMessageId();
    String account = esme.customer().account();
    Deadline.within(Limits.ANSWER, status(id, finder.find(account, id), found -> takeBack(account, id, found))).recover(unknown -> {
      log.warn("it is not known whether {} was taken back: {}", id, unknown.toString());
      return Future.succeededFuture(SmppConstants.STATUS_SYSERR);
    }).onSuccess(status -> esme.session().respond(Statuses.answer(cancel, status)));
  }

  private Future<Integer> takeBack(String account, String id, Found found) {
    if (found == null) return Future.succeededFuture(SmppConstants.STATUS_INVMSGID);
    if (!found.isBatch() && found.state().status() == Status.CANCELLED) return Future.succeededFuture(SmppConstants.STATUS_OK);
    if (!found.isBatch() && found.state().isFinal()) return Future.succeededFuture(SmppConstants.STATUS_CANCELFAIL);
    if (!intake.mayCancel(account, id)) return Future.succeededFuture(SmppConstants.STATUS_THROTTLED);
    Future<Boolean> taken = found.isBatch() ? intake.cancelBatch(account, id).map(count -> count > 0) : intake.cancel(account, id);
    return taken.map(any -> any ? SmppConstants.STATUS_OK : SmppConstants.STATUS_CANCELFAIL);
  }

  /** What then makes of what was found, null when there is none or it is another's: a command_status. One of its own where that cannot be said now. */
  private static Future<Integer> status(String id, Future<Found> asked, Function<Found, Future<Integer>> then) {
    return asked.transform(found -> {
      if (found.succeeded()) return then.apply(found.result());
      if (found.cause() instanceof Finder.Busy) return Future.succeededFuture(SmppConstants.STATUS_THROTTLED);
      log.warn("the store does not say how {} stands: {}", id, found.cause().toString());
      return Future.succeededFuture(SmppConstants.STATUS_X_T_APPN);
    });
  }
}
