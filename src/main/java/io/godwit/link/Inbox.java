package io.godwit.link;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.pdu.DeliverSm;
import com.cloudhopper.smpp.pdu.PduResponse;
import io.godwit.message.DeliveryReport;
import io.godwit.message.Encoding;
import io.godwit.message.Failure;
import io.godwit.message.Item;
import io.godwit.message.Lane;
import io.godwit.message.Limits;
import io.godwit.message.Message;
import io.godwit.message.NumberPlan;
import io.godwit.message.Origin;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Slot;
import io.godwit.queue.Parcel;
import io.godwit.queue.Step;
import io.godwit.smpp.Part;
import io.godwit.smpp.Pdus;
import io.godwit.smpp.Receipt;
import io.godwit.smpp.SmppSession;
import io.godwit.store.MongoSet;
import io.godwit.store.Sets;
import io.godwit.worker.Outlets;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What comes from one carrier into one set: receipts and replies are made durable before they are understood, and answered
 * only then. While a commit is in flight, more collect.
 */
final class Inbox {
  private static final Logger log = LoggerFactory.getLogger(Inbox.class);

  private final Context context;
  private final Sets sets;
  private final MessageQueue queue;
  private final String link;
  private final Slot slot;
  private List<Arrival> waiting = new ArrayList<>();
  private List<Arrival> flight = List.of();
  private boolean due;

  private record Arrival(Item item, SmppSession session, DeliverSm request) { }

  Inbox(Context context, Sets sets, MessageQueue queue, String link, Slot slot) {
    this.context = context;
    this.sets = sets;
    this.queue = queue;
    this.link = link;
    this.slot = slot;
  }

  /** Whether what it takes is stored soon: what waits for a set that is down fills the session, and then not even answers are read. */
  boolean isHealthy() {
    return set().isHealthy();
  }

  /** Whether its set is to take what is new. */
  boolean isWelcoming() {
    return isHealthy() && !sets.isDraining(set());
  }

  private MongoSet set() {
    return sets.get(queue.set());
  }

  /**
   * Parks in another set what waits for this one, which does not answer. What is in flight may be stored here all the same: a receipt that
   * comes twice changes nothing, and a reply that comes twice is dropped.
   */
  void moveTo(Inbox other) {
    List<Arrival> stuck = new ArrayList<>(flight);
    stuck.addAll(waiting);
    flight = List.of();
    waiting = new ArrayList<>();
    stuck.forEach(arrival -> other.take(arrival.session, arrival.request));
  }

  /** Takes a deliver_sm; the answer follows when it is durable. The session bounds how many may be unanswered. */
  void take(SmppSession session, DeliverSm deliver) {
    waiting.add(new Arrival(Receipt.isReceipt(deliver) ? report(Receipt.parse(deliver)) : message(deliver), session, deliver));
    commitSoon();
  }

  /** At the end of this turn of the event loop: what came in one read is stored together. */
  private void commitSoon() {
    if (due || slot.isBusy()) return;
    due = true;
    context.runOnContext(v -> {
      due = false;
      commit();
    });
  }

  private void commit() {
    if (slot.isBusy() || waiting.isEmpty()) return;
    List<Arrival> batch = waiting.subList(0, Math.min(waiting.size(), Limits.PARCEL_MESSAGES));
    waiting = new ArrayList<>(waiting.subList(batch.size(), waiting.size()));
    flight = batch;
    Step step = new Step();
    Outlets outlets = new Outlets(queue, step);
    long now = queue.now();
    for (Arrival arrival : batch) {
      outlets.put(arrival.item instanceof DeliveryReport ? Parcel.RECEIPTS : Parcel.INBOUND, Lane.ALERT, 0, now, arrival.item);
    }
    outlets.close();
    slot.commit(step).onComplete(done -> {
      if (done.failed()) log.warn("link {}: {} deliver_sm could not be stored: {}", link, batch.size(), done.cause().toString());
      for (Arrival arrival : flight) answer(arrival, done.succeeded());
      flight = List.of();
      commit();
    });
  }

  private static void answer(Arrival arrival, boolean stored) {
    PduResponse response = arrival.request.createResponse();
    response.setCommandStatus(stored ? SmppConstants.STATUS_OK : SmppConstants.STATUS_X_T_APPN);
    arrival.session.respond(response);
  }

  private DeliveryReport report(Receipt receipt) {
    String id = receipt.id() == null ? "" : receipt.id();
    return new DeliveryReport(queue.newId(), link, id, outcome(receipt), error(receipt), receipt.doneMillis(), 0);
  }

  private static DeliveryReport.Outcome outcome(Receipt receipt) {
    if (receipt.state() == Receipt.State.DELIVERED) return DeliveryReport.Outcome.DELIVERED;
    return receipt.state().isFinal() ? DeliveryReport.Outcome.FAILED : DeliveryReport.Outcome.PENDING;
  }

  private static Failure error(Receipt receipt) {
    if (outcome(receipt) != DeliveryReport.Outcome.FAILED) return null;
    String state = receipt.state().name().toLowerCase(java.util.Locale.ROOT);
    return new Failure("carrier-" + state, false, receipt.err(), "the carrier reported " + (receipt.stat() == null ? state : receipt.stat()));
  }

  /** A part of a longer message says so in its tags until it is joined. */
  private Message message(DeliverSm deliver) {
    Part part = Part.of(deliver);
    String from = number(deliver.getSourceAddress());
    String text = Pdus.alphabet(deliver.getDataCoding(), Pdus.Alphabet.GSM).decode(part.payload());
    String country = NumberPlan.parse(from) instanceof NumberPlan.Number known ? known.region() : "";
    Encoding encoding = Encoding.ofDataCoding(deliver.getDataCoding() & 0xFF);
    Message message = Message.received(queue.newId(), from, number(deliver.getDestAddress()), text, encoding, 1, country,
      queue.now() + Limits.DEFAULT_VALIDITY, link);
    return part.isConcatenated() ? message.withOrigin(partOf(part)) : message;
  }

  private static Origin partOf(Part part) {
    return new Origin(null, null, List.of("part:" + part.ref() + ":" + part.total() + ":" + part.seq()), null, null, 0, false);
  }

  /** International numbers are written with '+', as everywhere in Godwit. */
  private static String number(com.cloudhopper.smpp.type.Address address) {
    if (address == null || address.getAddress() == null) return "";
    String digits = address.getAddress();
    return address.getTon() == SmppConstants.TON_INTERNATIONAL && !digits.startsWith("+") ? "+" + digits : digits;
  }

  Future<Void> close() {
    return slot.close();
  }
}
