package io.godwit.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.pdu.DataSm;
import com.cloudhopper.smpp.pdu.DataSmResp;
import com.cloudhopper.smpp.pdu.DeliverSm;
import com.cloudhopper.smpp.pdu.PduResponse;
import com.cloudhopper.smpp.tlv.Tlv;
import com.cloudhopper.smpp.type.Address;
import com.mongodb.reactivestreams.client.MongoDatabase;
import io.godwit.message.Event;
import io.godwit.message.Lane;
import io.godwit.message.Message;
import io.godwit.message.Segment;
import io.godwit.message.Status;
import io.godwit.queue.Parcel;
import io.godwit.replies.InboundVerticle;
import io.godwit.simulator.Profile;
import io.godwit.simulator.ReceiptFormat;
import io.godwit.simulator.Simulator;
import io.godwit.simulator.SimulatorConfig;
import io.godwit.smpp.AddressPlan;
import io.godwit.smpp.Pdus;
import io.godwit.smpp.SmppSession;
import io.godwit.store.Mongo;
import io.godwit.testing.Await;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetServerOptions;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The traps of other gateways' users (FIELD.md 4 to 9, 12 to 15, 21) on a whole link: what a carrier sent, as text or PDU, and what became of the message. */
class FieldTrapsTest {
  private static final Address HANDSET = AddressPlan.DEFAULT.address("+4917012345678");
  private static final Address NUMBER = AddressPlan.DEFAULT.address("+4915100000000");

  /** Much longer than all parts need to come, milliseconds. */
  private static final long PARTS_WAIT = 300_000;

  private final LinkStand stand = new LinkStand();

  @AfterEach
  void close() {
    stand.close();
  }

  private RecordingCarrier carrier(String link, JsonObject changes) {
    RecordingCarrier carrier = RecordingCarrier.listen(stand.test, new NetServerOptions());
    stand.configure(link, carrier.port(), changes);
    return carrier;
  }

  private static DeliverSm receipt(String text) {
    return deliver(text.getBytes(StandardCharsets.ISO_8859_1), 0, SmppConstants.ESM_CLASS_MT_SMSC_DELIVERY_RECEIPT);
  }

  private static DeliverSm deliver(byte[] octets, int dataCoding, int esmClass) {
    DeliverSm sm = Pdus.deliver(HANDSET, NUMBER, octets, (byte) dataCoding, false);
    sm.setEsmClass((byte) esmClass);
    return sm;
  }

  private Message sent(String link, String text) {
    Message message = stand.routed(link, text);
    stand.send(List.of(message));
    Await.until("it is sent", () -> stand.types(message).contains("SENT"));
    return message;
  }

  // ---- receipts

  @ParameterizedTest
  @CsvSource({
    "812FC7470000001B, 9308878062554710043",
    "9308878062554710043, 812fc7470000001b",
    "0000000123, 123",
    "123, 0000000123",
    "6ba7b810-9dad-11d1-80b4-00c04fd430c8, 6ba7b810-9dad-11d1-80b4-00c04fd430c8",
    "00Ab-cD-00, 00Ab-cD-00"})
  void trap4And5AReceiptMeetsItsMessageInWhicheverFormTheCarrierWritesTheId(String answered, String receipted) {
    RecordingCarrier carrier = carrier("sim", new JsonObject());
    carrier.id = pdu -> answered;
    stand.start();
    Message message = sent("sim", "Hello");
    assertEquals(0, carrier.deliver(receipt("id:" + receipted + " sub:001 dlvrd:001 submit date:2501021530 done date:2501021531 stat:DELIVRD err:000 text:")));
    assertEquals(Status.DELIVERED, stand.untilFinal(message));
  }

  /** Detecting, the second receipt would be taken for the other message. */
  @ParameterizedTest
  @CsvSource({
    "hex-then-decimal, 1B, 27, 27",
    "decimal-then-hex, 27, 1B, 1B",
    "same, 27, 1B, 27"})
  void trap4WhereTheFormOfTheIdsIsFixedAReceiptIsForNoMessageThatAnotherFormWouldName(String form, String answered, String others, String receipted) {
    RecordingCarrier carrier = carrier("sim", new JsonObject().put("idForm", form));
    carrier.id = pdu -> answered;
    stand.start();
    Message message = sent("sim", "Hello");
    carrier.id = pdu -> others;
    Message other = sent("sim", "Hello again");
    for (int i = 0; i < 2; i++) {
      assertEquals(0, carrier.deliver(receipt("id:" + receipted + " stat:DELIVRD err:000")));
      assertEquals(Status.DELIVERED, stand.untilFinal(message));
      assertFalse(stand.state(other).isFinal());
    }
  }

  @Test
  void trap6AReceiptThatComesBeforeTheAnswerIsCommittedTwiceAndOutOfOrderDeliversEachOnce() {
    Simulator carrier = stand.test.await(() -> Simulator.start(stand.test.vertx, SimulatorConfig.embedded(Profile.from(new JsonObject()
      .put("receiptDelayMin", 0).put("receiptDelayMax", 40).put("receiptsDoubled", 0.5)))));
    stand.configure("sim", carrier.port(), new JsonObject().put("binds", 3));
    stand.start();
    List<Message> messages = IntStream.range(0, 100).mapToObj(i -> stand.routed("sim", "Hello " + i)).toList();
    stand.send(messages);
    for (Message m : messages) {
      assertEquals(Status.DELIVERED, stand.untilFinal(m));
      assertEquals(List.of("ACCEPTED", "SENT", "DELIVERED"), stand.types(m).stream().filter(type -> !type.equals("LATE_RECEIPT")).toList());
    }
  }

  @Test
  void trap7TheSameIdOfTwoCarriersNamesTwoMessages() {
    RecordingCarrier one = carrier("one", new JsonObject());
    RecordingCarrier two = carrier("two", new JsonObject());
    one.id = pdu -> "1";
    two.id = pdu -> "1";
    stand.start();
    Message first = sent("one", "Hello");
    Message second = sent("two", "Hello");
    two.deliver(receipt("id:1 stat:UNDELIV err:007"));
    assertEquals(Status.TELCO_ERROR, stand.untilFinal(second));
    assertFalse(stand.state(first).isFinal());
    one.deliver(receipt("id:1 stat:DELIVRD err:000"));
    assertEquals(Status.DELIVERED, stand.untilFinal(first));
  }

  @Test
  void trap8ALongMessageIsDeliveredWhenTheLastOfItsReceiptsCameInWhateverOrder() {
    RecordingCarrier carrier = carrier("sim", new JsonObject());
    carrier.id = pdu -> "part" + pdu.getShortMessage()[5];
    stand.start();
    Message message = sent("sim", "x".repeat(400));
    carrier.deliver(receipt("id:part3 stat:DELIVRD err:000"));
    carrier.deliver(receipt("id:part1 stat:DELIVRD err:000"));
    assertFalse(stand.state(message).isFinal());
    carrier.deliver(receipt("id:part2 stat:DELIVRD err:000"));
    assertEquals(Status.DELIVERED, stand.untilFinal(message));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void trap8ALongMessageWhoseSegmentsTheCarrierNamesAlikeIsDeliveredWithTheLastOfItsReceipts(boolean remembered) {
    RecordingCarrier carrier = carrier("sim", new JsonObject());
    carrier.id = pdu -> "7";
    stand.start();
    Message message = sent("sim", "x".repeat(400));
    if (!remembered) startTheLinkAnew(carrier);
    for (int i = 0; i < 2; i++) assertEquals(0, carrier.deliver(receipt("id:7 stat:DELIVRD err:000")));
    Await.until("two are delivered", () -> delivered(message) == 2);
    assertFalse(stand.state(message).isFinal());
    assertEquals(0, carrier.deliver(receipt("id:7 stat:DELIVRD err:000")));
    assertEquals(Status.DELIVERED, stand.untilFinal(message));
    assertEquals(List.of("ACCEPTED", "SENT", "DELIVERED"), stand.types(message));
  }

  /** Then it remembers none of the messages that wait. */
  private void startTheLinkAnew(RecordingCarrier carrier) {
    stand.stopLink();
    Await.until("the bind has ended", () -> carrier.sessions.isEmpty());
    stand.startLink();
    Await.until("it is bound again", () -> carrier.sessions.size() == 1);
  }

  /** Segments of a message that waits. */
  private long delivered(Message message) {
    Message waiting = stand.test.await(() -> stand.queue.holding(stand.test.vertx.getOrCreateContext(), message.id())).messages().get(0);
    return waiting.parts().stream().filter(part -> part.state() == Segment.State.DELIVERED).count();
  }

  @Test
  void trap12AMessageThatWasThrottledMeetsItsReceiptAllTheSame() {
    RecordingCarrier carrier = carrier("sim", new JsonObject("{\"errors\": {\"ESME_RTHROTTLED\": {\"pauseMs\": 50}}}"));
    carrier.status = pdu -> carrier.submitted.size() == 1 ? SmppConstants.STATUS_THROTTLED : SmppConstants.STATUS_OK;
    carrier.id = pdu -> "again";
    stand.start();
    Message message = sent("sim", "Hello");
    carrier.deliver(receipt("id:again stat:DELIVRD err:000"));
    assertEquals(Status.DELIVERED, stand.untilFinal(message));
    assertEquals(List.of("ACCEPTED", "RETRIED", "SENT", "DELIVERED"), stand.types(message));
  }

  @ParameterizedTest
  @EnumSource(ReceiptFormat.class)
  void trap13And14ReceiptsOfEveryFormMeetTheirMessage(ReceiptFormat format) {
    Simulator carrier = stand.test.await(() -> Simulator.start(stand.test.vertx, SimulatorConfig.embedded(Profile.from(new JsonObject()
      .put("receiptDelayMin", 20).put("receiptDelayMax", 20).put("receiptFormat", format.name())))));
    stand.configure("sim", carrier.port(), new JsonObject());
    stand.start();
    Message message = sent("sim", "Hello");
    assertEquals(Status.DELIVERED, stand.untilFinal(message));
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "id:7 submit date:250102153000 done date:20250102153145+0100 stat:FAILED err:4f2-temporary-network-fault text:Hello",
    "id:7 sub:001 dlvrd:000 stat:UNDELIV err:001 text:",
    "id:7 stat:5 err:001"})
  void trap13AReceiptOfFailureInAnyWordsEndsTheMessage(String text) {
    RecordingCarrier carrier = carrier("sim", new JsonObject());
    carrier.id = pdu -> "7";
    stand.start();
    Message message = sent("sim", "Hello");
    carrier.deliver(receipt(text));
    assertEquals(Status.TELCO_ERROR, stand.untilFinal(message));
    assertEquals("carrier-undeliverable", stand.state(message).error().code());
  }

  @Test
  void theDatesOfReceiptsAreInTheTimeZoneThatTheLinkHasAtTheMoment() {
    RecordingCarrier carrier = carrier("sim", new JsonObject());
    carrier.id = pdu -> Integer.toString(carrier.submitted.size());
    stand.start();
    assertEquals("2026-07-01T14:00:00Z", doneAt(carrier, "2607011400"));
    SmppSession bound = carrier.sessions.get(0);
    stand.configure("sim", carrier.port(), new JsonObject().put("timeZone", "Europe/Berlin"));
    Await.until("the link is configured otherwise", () -> doneAt(carrier, "2607011400").equals("2026-07-01T12:00:00Z"));
    assertEquals("2026-01-01T13:00:00Z", doneAt(carrier, "2601011400"));
    assertEquals("2026-07-01T14:00:00Z", doneAt(carrier, "2607011400Z"));
    assertEquals(List.of(bound), carrier.sessions);
  }

  private String doneAt(RecordingCarrier carrier, String date) {
    Message message = sent("sim", "Hello");
    carrier.deliver(receipt("id:" + carrier.submitted.size() + " done date:" + date + " stat:DELIVRD err:000"));
    assertEquals(Status.DELIVERED, stand.untilFinal(message));
    return Instant.ofEpochMilli(((Event.Delivered) stand.events(message).get(2)).doneAt()).toString();
  }

  @Test
  void trap13AReceiptWhoseStateIsNoWordThatWeKnowChangesNothingAndIsCountedAndStandsInTheTrail() {
    RecordingCarrier carrier = carrier("sim", new JsonObject());
    carrier.id = pdu -> "7";
    stand.start();
    Message message = sent("sim", "Hello");
    String odd = "w\u00fcrfel\t" + "x".repeat(100);
    for (String text : List.of("id:7 stat:WONDERFUL err:000", "id:7 stat:" + odd + " err:000", "id:7 err:000", "id:7 stat:ENROUTE err:000", "id:7 stat:WONDERFUL err:000")) assertEquals(0, carrier.deliver(receipt(text)));
    assertEquals(4, stand.test.node.meters().get("godwit.link.receipts.unrecognised").tag("link", "sim").counter().count());
    assertEquals(List.of("ACCEPTED", "SENT", "UNRECOGNISED", "UNRECOGNISED"), stand.types(message));
    assertEquals(List.of("WONDERFUL", "w?rfel?" + "x".repeat(25)), stand.events(message).stream().skip(2).map(e -> ((Event.Unrecognised) e).word()).toList());
    carrier.deliver(receipt("id:7 stat:DELIVRD err:000"));
    assertEquals(Status.DELIVERED, stand.untilFinal(message));
    carrier.deliver(receipt("id:7 stat:WONDERFUL err:000"));
    assertEquals(Set.of("WONDERFUL"), stand.events(message).stream().filter(e -> e instanceof Event.LateReceipt).map(e -> ((Event.LateReceipt) e).word()).collect(Collectors.toSet()));
  }

  @Test
  void whatACarrierSaysOfAFailureIsKeptNeitherEndlessNorUnprintable() {
    RecordingCarrier carrier = carrier("sim", new JsonObject());
    carrier.id = pdu -> "7";
    stand.start();
    Message message = sent("sim", "Hello");
    DeliverSm failed = receipt("id:7 stat:" + "BAD\u0007".repeat(20) + " err:" + "9".repeat(50));
    failed.addOptionalParameter(new Tlv(SmppConstants.TAG_MSG_STATE, new byte[] {5}));
    carrier.deliver(failed);
    assertEquals(Status.TELCO_ERROR, stand.untilFinal(message));
    assertEquals("9".repeat(32), stand.state(message).error().carrierCode());
    assertEquals("the carrier reported " + "BAD?".repeat(8), stand.state(message).error().text());
  }

  @Test
  void aReceiptByDataSmIsOneLikeAnyOther() {
    RecordingCarrier carrier = carrier("sim", new JsonObject());
    carrier.id = pdu -> "id" + carrier.submitted.size();
    stand.start();
    Message first = sent("sim", "Hello");
    DataSm text = data("id:id1 sub:001 dlvrd:001 submit date:2501021530 done date:2501021531 stat:DELIVRD err:000 text:".getBytes(StandardCharsets.US_ASCII));
    text.setEsmClass(SmppConstants.ESM_CLASS_MT_SMSC_DELIVERY_RECEIPT);
    assertInstanceOf(DataSmResp.class, answered(carrier, text));
    assertEquals(Status.DELIVERED, stand.untilFinal(first));
    Message second = sent("sim", "Hello");
    DataSm tags = data(new byte[0]);
    tags.addOptionalParameter(new Tlv(SmppConstants.TAG_RECEIPTED_MSG_ID, "id2\0".getBytes(StandardCharsets.US_ASCII)));
    tags.addOptionalParameter(new Tlv(SmppConstants.TAG_MSG_STATE, new byte[] {5}));
    answered(carrier, tags);
    assertEquals(Status.TELCO_ERROR, stand.untilFinal(second));
  }

  private static DataSm data(byte[] payload) {
    DataSm sm = new DataSm();
    sm.setSourceAddress(HANDSET);
    sm.setDestAddress(NUMBER);
    if (payload.length > 0) sm.addOptionalParameter(new Tlv(SmppConstants.TAG_MESSAGE_PAYLOAD, payload));
    return sm;
  }

  private static PduResponse answered(RecordingCarrier carrier, DataSm sm) {
    PduResponse answer = carrier.ask(sm);
    assertEquals(SmppConstants.STATUS_OK, answer.getCommandStatus());
    return answer;
  }

  @Test
  void aReceiptWithoutAnIdIsNotForAMessageWhoseAnswerHadNone() {
    RecordingCarrier carrier = carrier("sim", new JsonObject());
    carrier.id = pdu -> "";
    stand.start();
    Message message = sent("sim", "Hello");
    assertEquals(0, carrier.deliver(receipt("id: sub:001 dlvrd:001 stat:DELIVRD err:000 text:")));
    Await.until("the receipt has looked for its message, and waits", () -> stand.depths().stream()
      .anyMatch(depth -> depth.queue().equals(Parcel.RECEIPTS) && depth.state().equals("later") && depth.messages() == 1));
    assertEquals(List.of("ACCEPTED", "SENT"), stand.types(message));
  }

  @Test
  void trap15ABindThatTheCarrierHasNotForgottenYetIsTriedAgain() {
    RecordingCarrier carrier = carrier("sim", new JsonObject());
    carrier.bindStatus.addAll(List.of(SmppConstants.STATUS_ALYBND, SmppConstants.STATUS_ALYBND));
    stand.start();
    sent("sim", "Hello");
    assertTrue(carrier.bindStatus.isEmpty());
  }

  // ---- messages from handsets

  /** What the link has put before the worker of replies. */
  private List<Message> inbound(int messages) {
    List<Message> found = new ArrayList<>();
    Await.until("the messages are stored", () -> {
      found.clear();
      for (Parcel parcel : stand.test.await(() -> stand.queue.waiting(stand.test.vertx.getOrCreateContext(), Parcel.INBOUND, Lane.ALERT, Long.MIN_VALUE, Set.of(), 100))) {
        parcel.each(i -> found.add(parcel.message(i)));
      }
      return found.size() == messages;
    });
    return found;
  }

  private Message received(String settings, String hex, int dataCoding, int esmClass) {
    RecordingCarrier carrier = carrier("sim", new JsonObject(settings));
    stand.start();
    Await.until("it is bound", () -> !carrier.sessions.isEmpty());
    assertEquals(0, carrier.deliver(deliver(HexFormat.of().parseHex(hex), dataCoding, esmClass)));
    return inbound(1).get(0);
  }

  @ParameterizedTest
  @CsvSource({
    "050003070302 416263, part:7:3:2",
    "0608041234 0302 416263, part:4660:3:2",
    "09 240101 0804 1234 0302 416263, part:4660:3:2",
    "0b 0504158a0000 0003 07 0302 416263, part:7:3:2"})
  void trap9APartIsKnownByEightOrSixteenBitsAndBehindOtherElementsOfTheHeader(String hex, String tag) {
    Message part = received("{}", hex.replace(" ", ""), 0, SmppConstants.ESM_CLASS_UDHI_MASK);
    assertEquals("Abc", part.text());
    assertEquals(List.of(tag), part.origin().tags());
  }

  /** By a header with a reference of eight bits, of sixteen, and by TLVs. */
  @ParameterizedTest
  @ValueSource(strings = {"0500033403", "060804123403", ""})
  void trap9PartsInAnyOrderByRawPdusBecomeOneMessage(String header) {
    stand.test.put("account", "demo", new JsonObject());
    stand.test.put("number", "one", new JsonObject().put("number", "+4915100000000").put("account", "demo"));
    stand.test.await(() -> stand.test.vertx.deployVerticle(new InboundVerticle(stand.test.node), new DeploymentOptions().setConfig(new JsonObject().put("partsWait", PARTS_WAIT))));
    RecordingCarrier carrier = carrier("sim", new JsonObject());
    stand.start();
    Await.until("it is bound", () -> !carrier.sessions.isEmpty());
    String[] texts = {"one ", "two ", "three"};
    for (int number : new int[] {3, 1, 2}) assertEquals(0, carrier.deliver(part(header, number, texts[number - 1])));
    Await.until("the whole is received", () -> !receivedTexts().isEmpty());
    stand.test.clock.addAndGet(PARTS_WAIT);
    Await.until("no part waits any more", () -> stand.depths().stream().noneMatch(depth -> depth.queue().equals(Parcel.INBOUND)));
    assertEquals(List.of("one two three"), receivedTexts());
  }

  /** @param header all of it but the part's number; empty = TLVs */
  private static DeliverSm part(String header, int number, String text) {
    byte[] octets = text.getBytes(StandardCharsets.US_ASCII);
    if (!header.isEmpty()) return deliver(HexFormat.of().parseHex(header + "0" + number + HexFormat.of().formatHex(octets)), 0, SmppConstants.ESM_CLASS_UDHI_MASK);
    DeliverSm sm = deliver(octets, 0, 0);
    Pdus.setSar(sm, 0x1234, 3, number);
    return sm;
  }

  /** Of all events, whatever message they are of. */
  private List<String> receivedTexts() {
    MongoDatabase db = stand.test.sets.control().db();
    List<String> texts = new ArrayList<>();
    for (String name : stand.test.await(() -> Mongo.all(Vertx.currentContext(), db.listCollectionNames()))) {
      if (!name.startsWith("events_")) continue;
      for (Document page : stand.test.await(() -> Mongo.all(Vertx.currentContext(), db.getCollection(name).find()))) {
        for (Document event : page.getList("e", Document.class, List.of())) if ("RECEIVED".equals(event.getString("type"))) texts.add(event.getString("text"));
      }
    }
    return texts;
  }

  @Test
  void aMessageByDataSmIsOneLikeAnyOther() {
    RecordingCarrier carrier = carrier("sim", new JsonObject());
    stand.start();
    Await.until("it is bound", () -> !carrier.sessions.isEmpty());
    assertInstanceOf(DataSmResp.class, answered(carrier, data("yes please".getBytes(StandardCharsets.US_ASCII))));
    Message message = inbound(1).get(0);
    assertEquals(List.of("yes please", "+4917012345678", "+4915100000000"), List.of(message.text(), message.from(), message.to()));
  }

  @Test
  void whatACarrierMayNotSendIsRefusedAndTheBindStays() {
    RecordingCarrier carrier = carrier("sim", new JsonObject());
    stand.start();
    Await.until("it is bound", () -> !carrier.sessions.isEmpty());
    assertEquals(SmppConstants.STATUS_INVCMDID, carrier.deliver(Pdus.submit(HANDSET, NUMBER, new byte[] {'a'}, (byte) 0, false, false)));
    assertEquals(SmppConstants.STATUS_OK, carrier.deliver(deliver(new byte[] {'b'}, 0, 0)));
  }

  @Test
  void trap14APersonsMessageThatLooksLikeAReceiptIsAMessage() {
    Message message = received("{}", HexFormat.of().formatHex("id:7 stat:us please".getBytes(StandardCharsets.US_ASCII)), 0, 0);
    assertEquals("id:7 stat:us please", message.text());
    assertEquals("+4917012345678", message.from());
  }

  @ParameterizedTest
  @CsvSource({
    "gsm7, 00051b65, @é€",
    "latin1, 40e9, @é",
    "ascii, 4065, @e",
    "gsm7-packed, e8329bfd4697d9ec37, hellohello"})
  void trap21DataCoding0IsWhatThisCarrierMeansByIt(String alphabet, String hex, String text) {
    assertEquals(text, received("{\"alphabet\": \"" + alphabet + "\"}", hex, 0, 0).text());
  }
}
