package io.godwit.link;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.pdu.BaseSm;
import com.cloudhopper.smpp.pdu.PduResponse;
import io.godwit.message.DeliveryReport;
import io.godwit.message.Encoding;
import io.godwit.message.Failure;
import io.godwit.message.Item;
import io.godwit.message.Lane;
import io.godwit.message.Limits;
import io.godwit.message.Message;
import io.godwit.message.MessageId;
import io.godwit.message.NumberPlan;
import io.godwit.message.Origin;
import io.godwit.queue.LeaseLost;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Slot;
import io.godwit.queue.Soon;
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
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What comes from one carrier into one set. A receipt is settled at once, in the step that makes it durable, where its message is known in
 * memory; all else is stored before it is understood. A deliver_sm or data_sm is answered after its commit only. While a commit is in flight, more
 * collect.
 * Confined to the link's context.
 */
final class Inbox {
  private static final Logger log = LoggerFactory.getLogger(Inbox.class);

  private static final int ATTEMPTS = 3;
  private static final long PATIENCE_MS = 5_000;
  /** Of connections that were lost, while a set does not answer. */
  private static final int MOST_KEPT = 1_000;

  private final Soon soon;
  private final Sets sets;
  private final MessageQueue queue;
  private final String link;
  private final Slot slot;
  private final Awaiting awaiting;
  private final Carriers carriers;
  private final Unrecognised unrecognised;
  private final Supplier<LinkConfig> config;
  private List<Arrival> waiting = new ArrayList<>();
  private List<Arrival> flight = List.of();

  private record Arrival(Item item, SmppSession session, BaseSm<?> request, long at) { }

  /**
   * @param slot may release money
   * @param config as it is at the moment
   */
  Inbox(Context context, Sets sets, MessageQueue queue, String link, Slot slot, Awaiting awaiting, Carriers carriers, Unrecognised unrecognised,
        Supplier<LinkConfig> config) {
    this.soon = new Soon(context, this::commit);
    this.sets = sets;
    this.queue = queue;
    this.link = link;
    this.slot = slot;
    this.awaiting = awaiting;
    this.carriers = carriers;
    this.unrecognised = unrecognised;
    this.config = config;
    awaiting.onSettled(soon::ask);
  }

  /** Whether what it takes is stored soon: what waits for a set that is down fills the session, and then not even answers are read. */
  boolean isHealthy() {
    return set().isHealthy();
  }

  /** Whether its set is to take what is new. */
  boolean isWelcoming() {
    return isHealthy() && !sets.isDraining(set());
  }

  int number() {
    return queue.set();
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
    stuck.forEach(arrival -> other.add(arrival.session, arrival.request, receipt(arrival.request)));
  }

  /** Whether this is a receipt for a message that is known here and waits for it. */
  boolean awaits(BaseSm<?> deliver) {
    Receipt receipt = receipt(deliver);
    return receipt != null && awaiting.knows(report(receipt), carriers);
  }

  /** Whether this is a receipt for a message of this set that has ended. */
  boolean hasEnded(BaseSm<?> deliver) {
    Receipt receipt = receipt(deliver);
    Carriers.Ended ended = receipt == null ? null : carriers.finished(report(receipt));
    return ended != null && MessageId.set(ended.message()) == queue.set();
  }

  /** A connection is gone, and with it nobody waits for these answers: the carrier will deliver them again. Some are kept all the same: not every carrier does. */
  void forget(SmppSession session) {
    if (waiting.size() > MOST_KEPT) waiting.removeIf(arrival -> arrival.session == session);
  }

  /** Takes a deliver_sm or data_sm; the answer follows when it is durable. The session bounds how many may be unanswered. */
  void take(SmppSession session, BaseSm<?> deliver) {
    Receipt receipt = receipt(deliver);
    if (receipt != null) unrecognised.look(link, receipt);
    add(session, deliver, receipt);
  }

  private void add(SmppSession session, BaseSm<?> deliver, Receipt receipt) {
    waiting.add(new Arrival(receipt == null ? message(deliver) : report(receipt), session, deliver, System.nanoTime()));
    if (!slot.isBusy()) soon.ask();
  }

  /** What it says as a receipt; null when it is a message. */
  private Receipt receipt(BaseSm<?> deliver) {
    return Receipt.isReceipt(deliver) ? Receipt.parse(deliver, config.get().timeZone()) : null;
  }

  /** Does nothing while a commit is in flight, or nothing can be done. */
  void commit() {
    if (slot.isBusy() || waiting.isEmpty()) return;
    List<Arrival> batch = take();
    if (batch.isEmpty()) return;
    flight = batch;
    Future.<Void>succeededFuture().compose(v -> settle(batch, ATTEMPTS)).recover(failure -> store(batch, failure)).onComplete(done -> {
      if (done.failed()) log.warn("link {}: {} deliveries could not be stored: {}", link, batch.size(), done.cause().toString());
      for (Arrival arrival : flight) answer(arrival, done.succeeded());
      flight = List.of();
      commit();
    });
  }

  /** A receipt that is faster than the commit of its message's settlement waits for that, though not for long. */
  private List<Arrival> take() {
    List<Arrival> batch = new ArrayList<>();
    List<Arrival> left = new ArrayList<>();
    long soon = System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS);
    for (Arrival arrival : waiting) {
      boolean early = arrival.item instanceof DeliveryReport report && arrival.at - soon > 0 && awaiting.expects(report, carriers);
      (early || batch.size() == Limits.PARCEL_MESSAGES ? left : batch).add(arrival);
    }
    waiting = left;
    return batch;
  }

  /** Receipts meet the messages that are known here; the rest is stored. What somebody else has changed meanwhile is not known here any more. */
  private Future<Void> settle(List<Arrival> batch, int attempts) {
    Step step = new Step();
    Meeting meeting = new Meeting(step, carriers, awaiting, queue.now());
    store(step, batch.stream().map(Arrival::item).filter(item -> !(item instanceof DeliveryReport report && isSettled(report, meeting))).toList());
    meeting.close();
    return slot.commit(step).onSuccess(v -> {
      meeting.remember();
      awaiting.changed(meeting.touched());
    }).recover(failure -> {
      if (!(failure instanceof LeaseLost lost) || attempts == 1) return Future.failedFuture(failure);
      awaiting.forget(lost.parcels());
      return settle(batch, attempts - 1);
    });
  }

  private boolean isSettled(DeliveryReport report, Meeting meeting) {
    if (meeting.settle(report)) return true;
    Carriers.Ended ended = carriers.finished(report);
    if (ended == null || !ended.isToldBy(report)) return false;
    // one of another set is a copy that we parked here while its set did not answer: nobody else has to hear of it
    if (MessageId.set(ended.message()) == queue.set()) meeting.late(ended.message(), report);
    return true;
  }

  /** All of it is stored first, to be understood later. */
  private Future<Void> store(List<Arrival> batch, Throwable failure) {
    log.warn("link {}: {} deliveries could not be settled at once: {}", link, batch.size(), failure.toString());
    Step step = new Step();
    store(step, batch.stream().map(Arrival::item).toList());
    return slot.commit(step);
  }

  private void store(Step step, List<Item> items) {
    Outlets outlets = new Outlets(queue, step);
    for (Item item : items) outlets.put(item instanceof DeliveryReport ? Parcel.RECEIPTS : Parcel.INBOUND, Lane.ALERT, 0, queue.now(), item);
    outlets.close();
  }

  private static void answer(Arrival arrival, boolean stored) {
    PduResponse response = arrival.request.createResponse();
    response.setCommandStatus(stored ? SmppConstants.STATUS_OK : SmppConstants.STATUS_X_T_APPN);
    arrival.session.respond(response);
  }

  private DeliveryReport report(Receipt receipt) {
    String id = receipt.id() == null ? "" : receipt.id();
    String word = receipt.state() == Receipt.State.UNRECOGNISED ? receipt.word() : null;
    return new DeliveryReport(queue.newId(), link, id, outcome(receipt), error(receipt), receipt.doneMillis(), 0, word);
  }

  private static DeliveryReport.Outcome outcome(Receipt receipt) {
    if (receipt.state() == Receipt.State.DELIVERED) return DeliveryReport.Outcome.DELIVERED;
    return receipt.state().isFinal() ? DeliveryReport.Outcome.FAILED : DeliveryReport.Outcome.PENDING;
  }

  private static Failure error(Receipt receipt) {
    if (outcome(receipt) != DeliveryReport.Outcome.FAILED) return null;
    String state = receipt.state().name().toLowerCase(java.util.Locale.ROOT);
    return new Failure("carrier-" + state, false, receipt.code(), "the carrier reported " + (receipt.stat() == null ? state : receipt.word()));
  }

  /** A part of a longer message says so in its tags until it is joined. */
  private Message message(BaseSm<?> deliver) {
    Part part = Part.of(deliver);
    String from = number(deliver.getSourceAddress());
    String text = text(deliver, part);
    String country = NumberPlan.parse(from) instanceof NumberPlan.Number known ? known.region() : "";
    Encoding encoding = Encoding.ofDataCoding(deliver.getDataCoding() & 0xFF);
    Message message = Message.received(queue.newId(), from, number(deliver.getDestAddress()), text, encoding, 1, country,
      queue.now() + Limits.DEFAULT_VALIDITY, link);
    return part.isConcatenated() ? message.withOrigin(partOf(part)) : message;
  }

  private String text(BaseSm<?> deliver, Part part) {
    if (deliver.getDataCoding() == 0) return config.get().text().alphabet().decode(part.payload(), Pdus.octets(deliver).length - part.payload().length);
    return Pdus.alphabet(deliver.getDataCoding(), Pdus.Alphabet.GSM).decode(part.payload());
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
