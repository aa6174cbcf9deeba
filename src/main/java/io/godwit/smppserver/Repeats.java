package io.godwit.smppserver;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.pdu.BaseSm;
import com.cloudhopper.smpp.tlv.Tlv;
import io.godwit.intake.KeptAnswers;
import io.godwit.intake.KeptAnswers.Kept;
import io.godwit.intake.Offer;
import io.godwit.intake.Outcome;
import io.godwit.message.SmppOrigin;
import io.godwit.smpp.Pdus;
import io.godwit.smpp.SubmitMulti;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Submits that a customer sends again since he has not heard their answer: where his terms want it, one with the {@code user_message_reference} (SMPP 3.4
 * §5.3.2.17), the addresses, the content, the time and what is passed on to the carrier of an earlier one is answered with that one's message_id, and nothing is
 * accepted. A reference alone says nothing: it has 16 bits.
 */
final class Repeats {
  /** Nothing is stored, and nothing is known of an earlier one. */
  private static final Answer COME_BACK = new Answer(SmppConstants.STATUS_X_T_APPN, null);
  private static final Answer UNKNOWN = new Answer(SmppConstants.STATUS_SYSERR, null);
  /** Which part of a long message it is (SMPP 3.4 §5.3.2.22 to 24). */
  private static final short[] PLACE = {SmppConstants.TAG_SAR_MSG_REF_NUM, SmppConstants.TAG_SAR_TOTAL_SEGMENTS, SmppConstants.TAG_SAR_SEGMENT_SEQNUM};

  private final KeptAnswers answers;
  private final LongSupplier clock;

  /** What a submit is answered with; the id is null unless it is a success. */
  record Answer(int status, String id) {
    static Answer of(Outcome outcome) {
      if (outcome instanceof Outcome.Accepted accepted) return new Answer(SmppConstants.STATUS_OK, id(accepted));
      return new Answer(outcome instanceof Outcome.Refused refused ? Statuses.of(refused.refusal()) : SmppConstants.STATUS_SYSERR, null);
    }

    private static String id(Outcome.Accepted accepted) {
      return accepted.batch() == null ? accepted.messages().get(0).id() : accepted.batch();
    }
  }

  /** @param clock milliseconds since 1970 */
  Repeats(KeptAnswers answers, LongSupplier clock) {
    this.answers = answers;
    this.clock = clock;
  }

  /** Hands the offer in, unless the submit repeats one. */
  Future<Answer> once(Customer customer, BaseSm<?> sm, Offer offer, Function<Offer, Future<Outcome>> intake) {
    Tlv reference = customer.terms().duplicateWindow() == 0 ? null : sm.getOptionalParameter(SmppConstants.TAG_USER_MESSAGE_REFERENCE);
    if (reference == null) return intake.apply(offer).map(Answer::of);
    KeptAnswers.Key key = answers.key(customer.account(), said(sm, reference, offer), Buffer.buffer());
    if (!answers.isUp(key)) return Future.succeededFuture(COME_BACK);
    long since = clock.getAsLong() - customer.terms().duplicateWindow() * 1_000L;
    return answers.earlier(key, since).transform(earlier -> {
      if (earlier.failed()) return Future.succeededFuture(COME_BACK);
      Kept kept = earlier.result();
      return isWithin(kept, since) ? repeated(kept) : handIn(key, key.keep(offer, kept, Answer::id), since, intake);
    });
  }

  /** What fails from here on may have been accepted. */
  private Future<Answer> handIn(KeptAnswers.Key key, Offer offer, long since, Function<Offer, Future<Outcome>> intake) {
    return intake.apply(offer).compose(outcome -> outcome instanceof Outcome.Duplicate ? meanwhile(answers.again(key), since) : Future.succeededFuture(Answer.of(outcome)))
      .recover(unknown -> Future.succeededFuture(UNKNOWN));
  }

  private static boolean isWithin(Kept kept, long since) {
    return kept != null && kept.at() > since;
  }

  private static Future<Answer> repeated(Kept kept) {
    return Future.succeededFuture(new Answer(SmppConstants.STATUS_OK, kept.body()));
  }

  /** The same came in twice at once, or again where the key has moved, and the other one was first; of this one nothing is stored. */
  private Future<Answer> meanwhile(KeptAnswers.Key key, long since) {
    if (!answers.isUp(key)) return Future.succeededFuture(COME_BACK);
    return answers.earlier(key, since).transform(earlier -> earlier.succeeded() && isWithin(earlier.result(), since) ? repeated(earlier.result()) : Future.succeededFuture(COME_BACK));
  }

  /** What is not there is not said: the keys of whole messages that are sent at once stay those of earlier releases. */
  private static String said(BaseSm<?> sm, Tlv reference, Offer offer) {
    List<?> to = sm instanceof SubmitMulti multi ? multi.destinations() : List.of(sm.getDestAddress());
    List<String> said = new ArrayList<>(List.of("submit", hex(reference.getValue()), String.valueOf(sm.getSourceAddress()), to.toString(), hex(sm.getEsmClass(), sm.getDataCoding()),
      hex(Pdus.octets(sm))));
    for (short tag : PLACE) {
      Tlv place = sm.getOptionalParameter(tag);
      if (place != null) said.add(tag + "=" + hex(place.getValue()));
    }
    String time = sm.getScheduleDeliveryTime();
    if (time != null && !time.isEmpty()) said.add("at " + time);
    SmppOrigin origin = offer.drafts().get(0).origin().smpp();
    if (origin != null && !origin.tlvs().isEmpty()) said.add("tlvs " + origin.tlvs());
    return String.join("\n", said);
  }

  private static String hex(byte... octets) {
    return HexFormat.of().formatHex(octets);
  }
}
