package io.godwit.smppserver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.pdu.DeliverSm;
import io.godwit.message.Encoding;
import io.godwit.message.Event;
import io.godwit.message.Failure;
import io.godwit.message.Lane;
import io.godwit.message.Message;
import io.godwit.message.Notice;
import io.godwit.message.Origin;
import io.godwit.message.SmppOrigin;
import io.godwit.message.Status;
import io.godwit.queue.DeadLetters;
import io.godwit.queue.Step;
import io.godwit.rescue.RescueVerticle;
import io.godwit.smpp.BindType;
import io.godwit.smpp.Part;
import io.godwit.smpp.Pdus;
import io.godwit.smpp.Receipt;
import io.godwit.testing.Await;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Receipts and replies to customers, on a real MongoDB: put there by steps as the stages make them. */
class NoticeTest {
  private final SmppDoor door = new SmppDoor();

  @AfterEach
  void close() {
    door.close();
  }

  private Message sent(int registered, String text) {
    SmppOrigin how = new SmppOrigin(registered, new SmppOrigin.Party(5, 0, "Godwit"), new SmppOrigin.Party(1, 1, "4915112345678"), null, false);
    return Message.accepted(door.queue.newId(), Lane.BULK, "demo", "Godwit", "+4915112345678", text, Encoding.GSM7, 1, "DE", door.queue.now() + 3_600_000,
      Origin.NONE.withSmpp(how)).next();
  }

  private Event delivered(Message m) {
    return new Event.Delivered(m.id(), m.n(), door.queue.now(), -1, null);
  }

  private String deliver(int registered) {
    Message m = sent(registered, "Hello");
    door.commit(new Step().end(m, delivered(m)));
    return m.id();
  }

  private List<String> deliver(int count, int registered) {
    Step step = new Step();
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Message m = sent(registered, "Hello " + i);
      step.end(m, delivered(m));
      ids.add(m.id());
    }
    door.commit(step);
    return ids;
  }

  private static String id(DeliverSm receipt) {
    return Receipt.parse(receipt).id();
  }

  @Test
  void aNoticeThatNoDeliverSmSaysBecomesADeadLetterAndHoldsUpNobody() {
    Client client = door.client(BindType.TRX);
    Message bad = sent(1, "Hello").withOrigin(Origin.NONE);
    Message good = sent(1, "Hello");
    door.commit(new Step().tell(new Notice(bad, Status.DELIVERED, door.queue.now(), -1, null, 0, door.queue.now() + 60_000)).end(good, delivered(good)));
    assertEquals(good.id(), id(client.next()));
    Context context = Vertx.vertx().getOrCreateContext();
    Await.until("the bad one is a dead letter", () -> Await.on(context, () -> new DeadLetters(door.node.sets.control()).find(context, bad.id())).stream()
      .anyMatch(letter -> letter.item() instanceof Notice notice && notice.status() == Status.DELIVERED));
  }

  @Test
  void aReceiptMirrorsTheSubmitAndSaysWhatBecameOfIt() {
    Client client = door.client(BindType.TRX);
    Message m = sent(1, "Hello, this is a longer text");
    door.commit(new Step().end(m, delivered(m)));
    DeliverSm sm = client.next();
    assertEquals(SmppConstants.ESM_CLASS_MT_SMSC_DELIVERY_RECEIPT, sm.getEsmClass());
    assertEquals(List.of("4915112345678", "Godwit"), List.of(sm.getSourceAddress().getAddress(), sm.getDestAddress().getAddress()));
    assertEquals(List.of(1, 1, 5, 0), List.of((int) sm.getSourceAddress().getTon(), (int) sm.getSourceAddress().getNpi(), (int) sm.getDestAddress().getTon(), (int) sm.getDestAddress().getNpi()));
    String text = new String(sm.getShortMessage(), StandardCharsets.ISO_8859_1);
    assertTrue(Pattern.matches("id:" + m.id() + " sub:001 dlvrd:001 submit date:\\d{10} done date:\\d{10} stat:DELIVRD err:000 text:Hello, this is a lon", text), text);
    assertEquals(m.id() + "\0", new String(sm.getOptionalParameter(SmppConstants.TAG_RECEIPTED_MSG_ID).getValue(), StandardCharsets.ISO_8859_1));
    assertArrayEquals(new byte[] {2}, sm.getOptionalParameter(SmppConstants.TAG_MSG_STATE).getValue());
    door.untilNothingIsLeftToTell();
    assertEquals(List.of("DELIVERED", "NOTIFIED"), door.types(m.id()));
  }

  @Test
  void registeredDeliveryIsHonoured() {
    Client client = door.client(BindType.TRX);
    deliver(0);
    deliver(2);
    String wanted = deliver(3);
    Message refused = sent(2, "Hello");
    door.commit(new Step().end(refused, new Event.Refused(refused.id(), refused.n(), door.queue.now(), Status.NO_ROUTE, Failure.of("no-route", "none"), null)));
    assertEquals(Set.of(wanted, refused.id()), Set.of(id(client.next()), id(client.next())));
    door.untilNothingIsLeftToTell();
    assertTrue(client.delivered.isEmpty());
  }

  @Test
  void everyEndHasItsWord() {
    Failure carrier = new Failure("carrier-rejected", false, "7", "the carrier said so");
    long now = door.queue.now();
    assertEquals("REJECTD 103", said(new Event.Refused("", 2, now, Status.NO_ROUTE, Failure.of("no-route", ""), null)));
    assertEquals("REJECTD 104", said(new Event.Refused("", 2, now, Status.NO_CREDIT, Failure.of("no-credit", ""), null)));
    assertEquals("REJECTD 007", said(new Event.Undeliverable("", 2, now, carrier, -1, null)));
    assertEquals("UNDELIV 108", said(new Event.Failed("", 2, now, "sim", Failure.of("carrier-error", ""), null)));
    assertEquals("EXPIRED 106", said(new Event.Expired("", 2, now, "", null)));
    assertEquals("DELETED 107", said(new Event.Cancelled("", 2, now, null)));
    assertEquals("UNKNOWN 110", said(new Event.Unknown("", 2, now, "", null)));
    assertEquals("UNDELIV 109", said(new Event.Dead("", 2, now, "", null)));
    assertEquals("ACCEPTD 000", said(new Event.Sent("", 2, now, "sim", List.of(), true, null)));
  }

  private String said(Event last) {
    Receipt receipt = Receipt.parse(Deliveries.of(Notice.ofEnd(sent(1, "Hello"), last), io.godwit.accounts.SmppTerms.DEFAULT).get(0));
    return receipt.stat() + " " + receipt.err();
  }

  @Test
  void receiptsReachAnyReceiverOfTheAccountOnAnyNode() {
    try (SmppDoor second = door.another()) {
      door.client("other", BindType.RX);
      door.client(BindType.TX);
      Client receiver = second.client("demo2", BindType.RX);
      Set<String> ids = new HashSet<>(deliver(250, 1));
      Set<String> told = new HashSet<>();
      while (told.size() < 250) told.add(id(receiver.next()));
      assertEquals(ids, told);
      door.untilNothingIsLeftToTell();
    }
  }

  /** Each instance has its event loop, also where all collections are there before it. */
  @Test
  void receiptsReachReceiversAtAnyInstanceOfANodeThatCameLater() {
    try (SmppDoor second = door.another(4)) {
      List<Client> receivers = IntStream.range(0, 4).mapToObj(i -> second.client(BindType.RX)).toList();
      for (int i = 0; i < 4; i++) {
        List<String> ids = deliver(100, 1);
        door.untilNothingIsLeftToTell();
        Set<String> told = new HashSet<>();
        receivers.forEach(receiver -> receiver.delivered.forEach(sm -> told.add(id(sm))));
        assertTrue(told.containsAll(ids));
      }
    }
  }

  @Test
  void receiptsWaitWhileNoReceiverIsBound() {
    String id = deliver(1);
    assertEquals(1, door.notices());
    door.client(BindType.TX);
    assertEquals(id, id(door.client(BindType.RX).next()));
    door.untilNothingIsLeftToTell();
  }

  @Test
  void whatIsNotAnsweredWhenTheSessionEndsIsToldAnotherReceiver() {
    Client silent = door.client(BindType.RX);
    silent.answer = Client.SILENT;
    List<String> ids = deliver(20, 1);
    for (int i = 0; i < 20; i++) silent.next();
    Client second = door.client("demo2", BindType.RX);
    silent.session().close();
    Set<String> told = new HashSet<>();
    while (told.size() < 20) told.add(id(second.next()));
    assertEquals(new HashSet<>(ids), told);
    door.untilNothingIsLeftToTell();
  }

  @Test
  void whatTheLastReceiverLeftUnansweredIsToldTheNextOneOnAnotherNode() {
    Client silent = door.client(BindType.RX);
    silent.answer = Client.SILENT;
    String id = deliver(1);
    assertEquals(id, id(silent.next()));
    silent.session().close();
    try (SmppDoor second = door.another()) {
      assertEquals(id, id(second.client(BindType.RX).next()));
      door.untilNothingIsLeftToTell();
    }
  }

  @Test
  void aReceiverThatCannotTakeItNowIsToldAgainAfterAPause() {
    Client client = door.client(BindType.RX);
    client.answer = SmppConstants.STATUS_X_T_APPN;
    String id = deliver(1);
    assertEquals(id, id(client.next()));
    Await.until("it waits for its next try", () -> door.parcels().stream().anyMatch(parcel -> "later".equals(parcel.getString("s"))));
    client.answer = 0;
    door.node.clock.addAndGet(60_000);
    assertEquals(id, id(client.next()));
    door.untilNothingIsLeftToTell();
    Event.Notified notified = (Event.Notified) door.trail(id).get(1);
    assertEquals(2 + client.delivered.size(), notified.tries(), "it may have been refused more often than once");
  }

  /** At full speed all of it would be refused at once. */
  @Test
  void aReceiverThatIsSentTooMuchIsLeftAloneForAWhileAndToldAllInTheEnd() {
    door.terms("deliverWindow", 5);
    Client client = door.client(BindType.RX);
    client.answer = SmppConstants.STATUS_THROTTLED;
    long began = System.nanoTime();
    List<String> ids = deliver(100, 1);
    for (int i = 0; i < 7; i++) client.next(); // its window, and one after each pause
    long paused = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
    assertTrue(paused >= 2_900, () -> "refused 7 in " + paused + " ms");
    client.answer = 0;
    assertTrue(client.delivered.size() < 20, () -> client.delivered.size() + " more were refused");
    door.untilNothingIsLeftToTell();
    for (String id : ids) assertEquals(List.of("DELIVERED", "NOTIFIED"), door.types(id));
  }

  /** It would be kept from them for as long as he says so. */
  @Test
  void whatAReceiverThatIsSentTooMuchDoesNotTakeIsToldAReceiverOnAnotherNode() {
    door.terms("deliverWindow", 5);
    Client busy = door.client(BindType.RX);
    busy.answer = SmppConstants.STATUS_THROTTLED;
    List<String> ids = deliver(100, 1);
    busy.next();
    try (SmppDoor second = door.another()) {
      Client receiver = second.client("demo2", BindType.RX);
      Set<String> told = new HashSet<>();
      while (told.size() < 60) told.add(id(receiver.next()));
      assertTrue(ids.containsAll(told));
      busy.answer = 0;
      door.untilNothingIsLeftToTell();
    }
  }

  @Test
  void whoWasSentTooMuchGetsMoreWithEachThatHeTakes() {
    Respite respite = new Respite();
    assertEquals(List.of(1_000L, 2_000L), List.of(respite.begin(), respite.begin()));
    respite.taken();
    assertEquals(0, respite.most(), "that was sent before the pause");
    respite.end();
    assertEquals(1, respite.most());
    respite.taken();
    assertEquals(2, respite.most());
    assertEquals(1_000, respite.begin());
    respite.end();
    assertEquals(1, respite.most());
    for (int i = 0; i < 10; i++) respite.begin();
    assertEquals(30_000, respite.begin());
  }

  @Test
  void aRefusalForGoodEndsIt() {
    Client client = door.client(BindType.RX);
    client.answer = SmppConstants.STATUS_X_P_APPN;
    String id = deliver(1);
    client.next();
    door.untilNothingIsLeftToTell();
    assertEquals(List.of("DELIVERED"), door.types(id));
  }

  @Test
  void aReceiptThatNobodyTakesInItsTimeIsDroppedAndAReplyKeptForPeople() {
    deliver(1);
    Message reply = reply("YES");
    door.commit(new Step().tell(Notice.ofReceived(reply, door.queue.now())));
    assertEquals(2, door.notices());
    door.node.clock.addAndGet(49 * 3_600_000L);
    door.node.await(() -> door.node.vertx.deployVerticle(new RescueVerticle(door.node.node)));
    door.untilNothingIsLeftToTell();
    assertEquals(List.of(reply.id()), door.find("dead_letters").stream().map(letter -> letter.getString("_id")).toList());
  }

  @Test
  void aReceiverThatNeverTakesItIsToldUntilItsTimeIsOverAndNoLonger() {
    Client client = door.client(BindType.RX);
    client.answer = SmppConstants.STATUS_X_T_APPN;
    String receipt = deliver(1);
    Message reply = reply("YES");
    door.commit(new Step().tell(Notice.ofReceived(reply, door.queue.now())));
    client.next();
    client.next();
    Await.until("both wait for their next try", () -> door.parcels().stream().filter(parcel -> "later".equals(parcel.getString("s")))
      .mapToInt(parcel -> parcel.getList("m", Document.class).size()).sum() == 2);
    door.node.clock.addAndGet(49 * 3_600_000L);
    client.next();
    client.next();
    door.untilNothingIsLeftToTell();
    assertEquals(List.of(reply.id()), door.find("dead_letters").stream().map(letter -> letter.getString("_id")).toList());
    assertEquals(List.of("DELIVERED"), door.types(receipt));
  }

  private Message reply(String text) {
    return Message.received(door.queue.newId(), "+4915112345678", "+447700900001", text, Encoding.GSM7, 1, "DE", door.queue.now() + 3_600_000, "sim").withAccount("demo");
  }

  private List<DeliverSm> told(Client client, String text, int parts) {
    door.commit(new Step().tell(Notice.ofReceived(reply(text), door.queue.now())));
    List<DeliverSm> told = new ArrayList<>();
    for (int i = 0; i < parts; i++) told.add(client.next());
    return told;
  }

  @Test
  void aReplyComesInTheAccountsAlphabet() {
    Client client = door.client(BindType.RX);
    DeliverSm gsm = told(client, "à la carte: 5€", 1).get(0);
    assertEquals(List.of("4915112345678", "447700900001"), List.of(gsm.getSourceAddress().getAddress(), gsm.getDestAddress().getAddress()));
    assertEquals(0, gsm.getDataCoding());
    assertEquals(0, gsm.getEsmClass());
    assertEquals("à la carte: 5€", Pdus.text(gsm, Pdus.Alphabet.GSM));
    door.terms("charset", "latin1");
    assertArrayEquals("à la carte".getBytes(StandardCharsets.ISO_8859_1), told(client, "à la carte", 1).get(0).getShortMessage());
    DeliverSm ucs2 = told(client, "Привет", 1).get(0);
    assertEquals(8, ucs2.getDataCoding());
    assertEquals("Привет", new String(ucs2.getShortMessage(), StandardCharsets.UTF_16BE));
  }

  @Test
  void aLongReplyComesAsTheAccountWantsIt() {
    Client client = door.client(BindType.RX);
    String text = "0123456789".repeat(40);
    assertEquals(text, joined(told(client, text, 3), true));
    door.terms("longReplies", "sar");
    List<DeliverSm> sar = told(client, text, 3);
    assertEquals(text, joined(sar, false));
    assertNotNull(sar.get(0).getOptionalParameter(SmppConstants.TAG_SAR_TOTAL_SEGMENTS));
    door.terms("longReplies", "payload");
    assertEquals(text, Pdus.text(told(client, text, 1).get(0), Pdus.Alphabet.GSM));
    door.untilNothingIsLeftToTell();
  }

  @Test
  void thePartsOfALongReplyGoToOneReceiver() {
    List<Client> receivers = List.of(door.client(BindType.RX), door.client("demo2", BindType.TRX), door.client(BindType.RX));
    for (int i = 0; i < 3; i++) {
      door.commit(new Step().tell(Notice.ofReceived(reply("0123456789".repeat(40)), door.queue.now())));
      door.untilNothingIsLeftToTell();
      assertEquals(List.of(0, 0, 3), receivers.stream().map(receiver -> receiver.delivered.size()).sorted().toList());
      receivers.forEach(receiver -> receiver.delivered.clear());
    }
  }

  @Test
  void aLongReplyWhoseReceiverLeftAmongItsPartsIsToldAnotherFromTheBeginningAndHoldsUpNobodyMeanwhile() {
    door.terms("deliverWindow", 1);
    Client silent = door.client(BindType.RX);
    silent.answer = Client.SILENT;
    String text = "0123456789".repeat(40);
    door.commit(new Step().tell(Notice.ofReceived(reply(text), door.queue.now())));
    assertEquals(1, Part.of(silent.next()).seq());
    Client second = door.client("demo2", BindType.RX);
    String receipt = deliver(1);
    assertEquals(receipt, id(second.next()));
    silent.session().close();
    assertEquals(text, joined(List.of(second.next(), second.next(), second.next()), true));
    door.untilNothingIsLeftToTell();
    assertEquals(0, silent.delivered.size() + second.delivered.size());
  }

  private static String joined(List<DeliverSm> parts, boolean udhi) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < parts.size(); i++) {
      Part part = Part.of(parts.get(i));
      assertEquals(List.of(i + 1, parts.size()), List.of(part.seq(), part.total()));
      assertEquals(udhi, (parts.get(i).getEsmClass() & SmppConstants.ESM_CLASS_UDHI_MASK) != 0);
      text.append(Pdus.text(parts.get(i), Pdus.Alphabet.GSM));
    }
    return text.toString();
  }
}
