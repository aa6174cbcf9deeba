package io.godwit.smppserver;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.pdu.BaseSm;
import com.cloudhopper.smpp.pdu.BaseSmResp;
import com.cloudhopper.smpp.type.Address;
import io.godwit.accounts.SmppTerms;
import io.godwit.intake.Draft;
import io.godwit.intake.Intake;
import io.godwit.intake.Offer;
import io.godwit.intake.Outcome;
import io.godwit.intake.Refusal;
import io.godwit.intake.Screening;
import io.godwit.smpp.SubmitMulti;
import io.godwit.smpp.SubmitMultiResp;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes messages in: what REST would take, under the same ids and prices. Each is answered after the commit that makes it durable. Event loop only. */
final class Submits {
  private static final Logger log = LoggerFactory.getLogger(Submits.class);
  static final int MOST_DESTINATIONS = 254;

  private final Intake intake;
  private final Repeats repeats;
  private final Function<String, Set<Integer>> passed;
  private final LongSupplier clock;
  private final Meters meters;
  private boolean draining;

  /**
   * @param passed tags of the optional parameters that an account's messages may bring to a carrier
   * @param clock milliseconds since 1970
   */
  Submits(Intake intake, Repeats repeats, Function<String, Set<Integer>> passed, LongSupplier clock, Meters meters) {
    this.intake = intake;
    this.repeats = repeats;
    this.passed = passed;
    this.clock = clock;
    this.meters = meters;
  }

  void drain() {
    draining = true;
  }

  // ---- submit_sm, data_sm

  void take(Esme esme, BaseSm<?> sm) {
    int status = hurdles(esme);
    SubmitReader reader = status == SmppConstants.STATUS_OK ? read(esme, sm) : null;
    if (reader == null || reader.isWrong()) {
      answer(esme, sm, reader == null ? status : reader.status(), null);
      return;
    }
    Screening.Result screened = intake.screen(reader.submission(sm, sm.getDestAddress(), false, esme.customer().account(), terms(esme)));
    if (screened instanceof Refusal refusal) answer(esme, sm, Statuses.of(refusal), null);
    else if (!admits(esme, List.of((Draft) screened))) answer(esme, sm, SmppConstants.STATUS_THROTTLED, null);
    else repeats.once(esme.customer(), sm, Offer.of((Draft) screened), this::accept).onSuccess(answer -> answer(esme, sm, answer.status(), answer.id()));
  }

  private SubmitReader read(Esme esme, BaseSm<?> sm) {
    return SubmitReader.of(sm, terms(esme), passed.apply(esme.customer().account()), clock.getAsLong());
  }

  /** What stands against anything that it may submit. */
  private int hurdles(Esme esme) {
    if (draining) return SmppConstants.STATUS_SYSERR;
    return esme.session().unanswered() > terms(esme).window() ? SmppConstants.STATUS_THROTTLED : SmppConstants.STATUS_OK;
  }

  private static SmppTerms terms(Esme esme) {
    return esme.customer().terms();
  }

  private static boolean admits(Esme esme, List<Draft> drafts) {
    return esme.customer().throttle().take(drafts.stream().mapToInt(draft -> draft.text().segments()).sum(), System.nanoTime());
  }

  /** Never fails: a fault that nobody expected is answered, too. */
  private Future<Outcome> accept(Offer offer) {
    return intake.accept(offer).recover(fault -> {
      log.error("a submit could not be accepted", fault);
      return Future.succeededFuture(new Outcome.Unknown());
    });
  }

  private void answer(Esme esme, BaseSm<?> sm, int status, String id) {
    meters.submit(status);
    BaseSmResp answer = (BaseSmResp) Statuses.answer(sm, status);
    answer.setMessageId(id);
    esme.session().respond(answer);
  }

  // ---- submit_multi

  /** One message_id for all destinations, as the standard has it (§4.5.2): the batch's. Those that cannot be sent to are named in the answer. */
  void take(Esme esme, SubmitMulti multi) {
    int status = hurdles(esme);
    int count = multi.destinations().size() + multi.distributionLists().size();
    if (status == SmppConstants.STATUS_OK && (count == 0 || count > MOST_DESTINATIONS)) status = SmppConstants.STATUS_INVNUMDESTS;
    SubmitReader reader = status == SmppConstants.STATUS_OK ? read(esme, multi) : null;
    if (reader == null || reader.isWrong()) {
      answer(esme, multi, reader == null ? status : reader.status(), null);
      return;
    }
    SubmitMultiResp answer = multi.createResponse();
    List<Draft> drafts = drafts(esme, multi, reader, answer);
    if (drafts.isEmpty()) answer(esme, multi, answer.unsuccessful().get(0).status(), null);
    else if (!admits(esme, drafts)) answer(esme, multi, SmppConstants.STATUS_THROTTLED, null);
    else repeats.once(esme.customer(), multi, count == 1 ? Offer.of(drafts.get(0)) : Offer.batch(drafts), this::accept).onSuccess(answered -> {
      meters.submit(answered.status());
      answer.setCommandStatus(answered.status());
      answer.setMessageId(answered.id());
      esme.session().respond(answer);
    });
  }

  private List<Draft> drafts(Esme esme, SubmitMulti multi, SubmitReader reader, SubmitMultiResp answer) {
    List<Draft> drafts = new ArrayList<>();
    boolean shared = multi.destinations().size() + multi.distributionLists().size() > 1;
    for (String list : multi.distributionLists()) {
      answer.unsuccessful().add(new SubmitMultiResp.Unsuccessful(new Address((byte) 0, (byte) 0, list), SmppConstants.STATUS_INVDLNAME));
    }
    for (Address to : multi.destinations()) {
      Screening.Result screened = intake.screen(reader.submission(multi, to, shared, esme.customer().account(), terms(esme)));
      if (screened instanceof Refusal refusal) answer.unsuccessful().add(new SubmitMultiResp.Unsuccessful(to, Statuses.of(refusal)));
      else drafts.add((Draft) screened);
    }
    return drafts;
  }
}
