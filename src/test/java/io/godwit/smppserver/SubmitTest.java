package io.godwit.smppserver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.pdu.DataSm;
import com.cloudhopper.smpp.pdu.DataSmResp;
import com.cloudhopper.smpp.pdu.PduResponse;
import com.cloudhopper.smpp.pdu.SubmitSm;
import com.cloudhopper.smpp.pdu.SubmitSmResp;
import com.cloudhopper.smpp.tlv.Tlv;
import com.cloudhopper.smpp.type.Address;
import io.godwit.message.Encoding;
import io.godwit.message.Lane;
import io.godwit.message.Message;
import io.godwit.message.SmppOrigin;
import io.godwit.message.TextForm;
import io.godwit.smpp.BindType;
import io.godwit.smpp.Pdus;
import io.godwit.smpp.ReplaceSm;
import io.godwit.smpp.SmppTime;
import io.godwit.smpp.SubmitMulti;
import io.godwit.smpp.SubmitMultiResp;
import io.godwit.testing.Await;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What customers hand in over SMPP, on a real MongoDB without a worker: it stays as it was accepted. */
class SubmitTest {
  private static final long HOUR = 3_600_000;
  private static final long DAY = 24 * HOUR;
  private final SmppDoor door = new SmppDoor();
  private final Client client = door.client(BindType.TRX);

  @AfterEach
  void close() {
    door.close();
  }

  private Message accepted(SubmitSm sm) {
    return door.message(client.submit(sm));
  }

  private Message accepted(byte[] octets, int dataCoding) {
    return accepted(Client.sms(octets, dataCoding, false));
  }

  private int status(java.util.function.Consumer<SubmitSm> change) {
    SubmitSm sm = Client.sms("Hello");
    change.accept(sm);
    return client.status(sm);
  }

  @Test
  void whatIsAnsweredIsStoredWithAllThatItsReceiptWillNeed() {
    String id = client.submit(Client.sms("Hello"));
    assertEquals(List.of("ACCEPTED"), door.types(id));
    Message m = door.message(id);
    assertEquals(List.of("demo", "Godwit", "+4915112345678", "Hello", Lane.BULK, Encoding.GSM7), List.of(m.account(), m.from(), m.to(), m.text(), m.lane(), m.encoding()));
    assertEquals("1/1/4915112345678", m.origin().smpp().destination().toString());
    assertEquals("5/0/Godwit", m.origin().smpp().source().toString());
    assertEquals(1, m.origin().smpp().registered());
    assertEquals(1, door.parcels().size());
  }

  @Test
  void aWholeWindowIsAcceptedInAFewUnitsOfWork() {
    List<Future<PduResponse>> answers = client.askingTogether(100, i -> Client.sms("Hello " + i));
    Set<String> ids = answers.stream().map(answer -> ((SubmitSmResp) Await.await(answer)).getMessageId()).collect(Collectors.toSet());
    assertEquals(100, ids.size());
    assertTrue(door.parcels().size() < 30, () -> door.parcels().size() + " parcels");
  }

  @Test
  void dataCodingZeroIsTheAccountsAlphabet() {
    byte[] octets = {'@' & 0, 'a', (byte) 0x1B, 'e'};
    assertEquals("@a€", accepted(octets, 0).text());
    door.terms("charset", "latin1");
    assertEquals("£100 à la carte", accepted("£100 à la carte".getBytes(StandardCharsets.ISO_8859_1), 0).text());
  }

  @Test
  void otherAlphabetsAreReadAsTheySay() {
    assertEquals("Grüße", accepted("Grüße".getBytes(StandardCharsets.ISO_8859_1), 3).text());
    Message ucs2 = accepted("Привет 👋".getBytes(StandardCharsets.UTF_16BE), 8);
    assertEquals(List.of("Привет 👋", Encoding.UCS2), List.of(ucs2.text(), ucs2.encoding()));
    assertEquals(Encoding.UCS2, accepted("plain".getBytes(StandardCharsets.UTF_16BE), 8).encoding(), "as was asked for");
    assertEquals("Привет", accepted("Привет".getBytes(java.nio.charset.Charset.forName("ISO-8859-5")), 6).text());
    assertEquals("class one", accepted("class one".getBytes(StandardCharsets.US_ASCII), 0x11).text());
  }

  @Test
  void octetsOfAlphabetsThatWeDoNotReadAreRefused() {
    for (int dataCoding : new int[] {5, 7 + 2, 0x0A, 0x0E, 0x50}) assertEquals(0x104, client.status(Client.sms(new byte[] {1, 2, 3}, dataCoding, false)));
  }

  @Test
  void octetsThatAreNoTextAreKeptAsTheyAreAndCountedByTheHundredAndForty() {
    byte[] octets = new byte[140];
    for (int i = 0; i < octets.length; i++) octets[i] = (byte) (i * 7);
    for (int dataCoding : new int[] {2, 4, 0x15, 0xF5}) {
      Message m = accepted(octets, dataCoding);
      assertEquals(List.of(Encoding.BINARY, HexFormat.of().formatHex(octets), 1, false), List.of(m.encoding(), m.text(), m.segments(), m.origin().flash()));
    }
    assertEquals(2, accepted(Arrays.copyOf(octets, 141), 4).segments());
    assertEquals(3, accepted(Arrays.copyOf(octets, 254), 4).segments() + accepted(Arrays.copyOf(octets, 1), 4).segments());
    assertEquals(SmppConstants.STATUS_INVMSGLEN, client.status(Client.sms(new byte[0], 4, false)));
  }

  @Test
  void aPushToAPortKeepsItsHeaderAndItsOctets() {
    byte[] push = HexFormat.of().parseHex("0605040b8423f0" + "25060803ae81eaaf82b1e4");
    Message m = accepted(Client.sms(push, 0xF5, true));
    assertEquals(List.of("0605040b8423f0", "25060803ae81eaaf82b1e4", Encoding.BINARY), List.of(m.origin().smpp().header(), m.text(), m.encoding()));
    assertEquals(SmppConstants.STATUS_INVMSGLEN, client.status(Client.sms(Arrays.copyOf(push, 141), 4, true)), "one segment of his stays one");
  }

  @Test
  void whatIsOfMessageClassZeroIsAFlash() {
    for (int dataCoding : new int[] {0x10, 0xF0}) assertTrue(accepted(new byte[] {'H', 'i'}, dataCoding).origin().flash());
    Message ucs2 = accepted("Привет".getBytes(StandardCharsets.UTF_16BE), 0x18);
    assertEquals(List.of(true, "Привет"), List.of(ucs2.origin().flash(), ucs2.text()));
    for (int dataCoding : new int[] {0, 1, 3, 0x11, 0xF1}) assertEquals(false, accepted(new byte[] {'H', 'i'}, dataCoding).origin().flash());
  }

  @Test
  void aPartThatTheCustomerCutStaysOneSegmentWithItsHeader() {
    byte[] header = HexFormat.of().parseHex("050003CC0201");
    byte[] text = "x".repeat(153).getBytes(StandardCharsets.US_ASCII);
    byte[] octets = Arrays.copyOf(header, header.length + text.length);
    System.arraycopy(text, 0, octets, header.length, text.length);
    Message m = accepted(Client.sms(octets, 0, true));
    assertEquals(List.of("050003cc0201", 1, "x".repeat(153)), List.of(m.origin().smpp().header(), m.segments(), m.text()));
    byte[] tooLong = Arrays.copyOf(octets, octets.length + 1);
    tooLong[octets.length] = 'x';
    assertEquals(SmppConstants.STATUS_INVMSGLEN, client.status(Client.sms(tooLong, 0, true)));
    assertEquals(SmppConstants.STATUS_INVESMCLASS, client.status(Client.sms(new byte[] {9, 0}, 0, true)), "a header longer than the message");
  }

  @Test
  void sarTlvsBecomeAHeader() {
    SubmitSm sm = Client.sms("second part");
    Pdus.setSar(sm, 0x1234, 3, 2);
    assertEquals("050003340302", accepted(sm).origin().smpp().header());
  }

  /** A header with the whole reference would fit behind the last part only. */
  @Test
  void allPartsOfASarMessageHaveTheSameKindOfHeader() {
    for (String part : List.of("x".repeat(153), "the last")) {
      SubmitSm sm = Client.sms(part);
      Pdus.setSar(sm, 0x1234, 2, part.length() == 153 ? 1 : 2);
      Message m = accepted(sm);
      assertEquals(List.of("05000334", 1), List.of(m.origin().smpp().header().substring(0, 8), m.segments()));
    }
  }

  /** Who counts code units only cuts anywhere; the handset joins what came. */
  @Test
  void aPartThatEndsInsideACharacterStaysAsItWas() {
    byte[] text = "Привет 👋".getBytes(StandardCharsets.UTF_16BE);
    for (byte[] half : List.of(Arrays.copyOf(text, text.length - 2), Arrays.copyOfRange(text, text.length - 2, text.length))) {
      byte[] octets = Arrays.copyOf(HexFormat.of().parseHex("050003CC0201"), 6 + half.length);
      System.arraycopy(half, 0, octets, 6, half.length);
      Message accepted = accepted(Client.sms(octets, 8, true));
      Message waiting = Await.on(door.context, () -> door.queue.holding(door.context, accepted.id()).map(parcel -> parcel.message(parcel.position(accepted.id()))));
      for (Message m : List.of(accepted, waiting)) {
        assertArrayEquals(octets, TextForm.DEFAULT.write(m, 1).requests().get(0));
        assertEquals(1, m.segments());
      }
    }
  }

  @Test
  void aLongTextComesInMessagePayload() {
    Message m = accepted("long ".repeat(100).getBytes(StandardCharsets.US_ASCII), 0);
    assertEquals(List.of("long ".repeat(100), 4), List.of(m.text(), m.segments()));
  }

  @Test
  void timesAreReadAsAbsoluteAndRelative() {
    SubmitSm sm = Client.sms("later");
    long now = door.node.clock.get();
    sm.setScheduleDeliveryTime(SmppTime.absolute(now + HOUR));
    sm.setValidityPeriod("000000020000000R");
    Message m = accepted(sm);
    assertEquals((now + HOUR) / 1000, m.origin().scheduledAt() / 1000);
    assertTrue(Math.abs(m.validUntil() - now - 2 * HOUR) < 60_000, () -> "valid for " + (m.validUntil() - now) + " ms");
    assertEquals(List.of("SCHEDULED"), door.types(m.id()));
    assertEquals(SmppConstants.STATUS_INVSCHED, status(one -> one.setScheduleDeliveryTime("tomorrow")));
    assertEquals(SmppConstants.STATUS_INVEXPIRY, status(one -> one.setValidityPeriod("000000000000000R")));
    assertEquals(SmppConstants.STATUS_INVEXPIRY, status(one -> one.setValidityPeriod("000100000000000R")), "longer than REST allows");
  }

  @Test
  void aNameIsASenderWhateverItsTypeOfNumberSays() {
    SubmitSm named = Client.sms("Hello");
    named.setSourceAddress(new Address((byte) 1, (byte) 1, "Godwit"));
    assertEquals("Godwit", accepted(named).from());
    SubmitSm numbered = Client.sms("Hello");
    numbered.setSourceAddress(new Address((byte) 1, (byte) 1, "447700900001"));
    assertEquals("+447700900001", accepted(numbered).from());
  }

  @Test
  void aHighPriorityIsAnAlert() {
    SubmitSm sm = Client.sms("now");
    sm.setPriority((byte) 2);
    assertEquals(Lane.ALERT, accepted(sm).lane());
  }

  @Test
  void whatMakesNoSenseIsRefusedWithItsOwnStatus() {
    assertEquals(SmppConstants.STATUS_INVDSTADR, status(sm -> sm.setDestAddress(new Address((byte) 1, (byte) 1, "12"))));
    assertEquals(SmppConstants.STATUS_INVDSTADR, status(sm -> sm.setDestAddress(new Address())));
    assertEquals(SmppConstants.STATUS_INVSRCADR, status(sm -> sm.setSourceAddress(new Address((byte) 5, (byte) 0, "far too long a name"))));
    assertEquals(SmppConstants.STATUS_INVPRTFLG, status(sm -> sm.setPriority((byte) 9)));
    assertEquals(SmppConstants.STATUS_INVESMCLASS, status(sm -> sm.setEsmClass((byte) 4)));
    assertEquals(SmppConstants.STATUS_INVREPFLAG, status(sm -> sm.setReplaceIfPresent((byte) 1)));
    assertEquals(SmppConstants.STATUS_INVDFTMSGID, status(sm -> sm.setDefaultMsgId((byte) 1)));
    assertEquals(SmppConstants.STATUS_OPTPARNOTALLWD, status(sm -> sm.addOptionalParameter(new Tlv(SmppConstants.TAG_MESSAGE_PAYLOAD, new byte[] {65}))));
    assertEquals(SmppConstants.STATUS_INVMSGLEN, client.status(Client.sms(" ")));
    assertEquals(SmppConstants.STATUS_INVMSGLEN, client.status(Client.sms("x".repeat(1_600))));
    assertEquals(SmppConstants.STATUS_REPLACEFAIL, client.status(new ReplaceSm().of("1", new Address(), new byte[] {65})));
    assertEquals(0, door.parcels().size());
  }

  @Test
  void anAccountIsThrottledByItsSegments() {
    door.terms("rate", 5);
    Client fresh = door.client("demo2", BindType.TRX);
    List<Integer> statuses = fresh.askingTogether(20, i -> Client.sms("x".repeat(300))).stream().map(answer -> Await.await(answer).getCommandStatus()).toList();
    long accepted = statuses.stream().filter(status -> status == SmppConstants.STATUS_OK).count();
    assertTrue(accepted >= 3 && accepted <= 10, () -> statuses.toString());
    assertEquals(20 - accepted, statuses.stream().filter(status -> status == SmppConstants.STATUS_THROTTLED).count());
    Await.until("a second later it may again", () -> fresh.status(Client.sms("Hello")) == SmppConstants.STATUS_OK);
  }

  @Test
  void theAccountsOwnLimitsHoldHereToo() {
    door.node.clock.updateAndGet(now -> now - now % DAY + DAY + DAY / 2); // noon: the day does not end meanwhile
    door.node.put("account", "demo", new JsonObject().put("limits", new JsonObject().put("segmentsPerDay", 2)));
    List<Integer> statuses = IntStream.range(0, 3).mapToObj(i -> client.status(Client.sms("Hello"))).toList();
    assertEquals(List.of(SmppConstants.STATUS_OK, SmppConstants.STATUS_OK, SmppConstants.STATUS_SUBMITFAIL), statuses);
    door.node.put("account", "demo", new JsonObject().put("limits", new JsonObject().put("segmentsPerSecond", 1)));
    Set<Integer> hurried = client.askingTogether(10, i -> Client.sms("x".repeat(300))).stream().map(answer -> Await.await(answer).getCommandStatus()).collect(Collectors.toSet());
    assertEquals(Set.of(SmppConstants.STATUS_OK, SmppConstants.STATUS_THROTTLED), hurried);
  }

  @Test
  void whatGoesBeyondTheWindowIsThrottled() {
    door.terms("window", 2);
    List<Future<PduResponse>> answers = client.askingTogether(50, i -> Client.sms("Hello " + i));
    Set<Integer> statuses = answers.stream().map(answer -> Await.await(answer).getCommandStatus()).collect(Collectors.toSet());
    assertEquals(Set.of(SmppConstants.STATUS_OK, SmppConstants.STATUS_THROTTLED), statuses);
  }

  @Test
  void dataSmIsTaken() {
    DataSm sm = new DataSm();
    sm.setSourceAddress(new Address((byte) 5, (byte) 0, "Godwit"));
    sm.setDestAddress(new Address((byte) 1, (byte) 1, "4915112345678"));
    sm.addOptionalParameter(new Tlv(SmppConstants.TAG_MESSAGE_PAYLOAD, "by data sm".getBytes(StandardCharsets.US_ASCII)));
    DataSmResp answer = (DataSmResp) client.ask(sm);
    assertEquals("by data sm", door.message(answer.getMessageId()).text());
    assertNull(door.message(answer.getMessageId()).origin().smpp(), "no receipt was asked for");
  }

  @Test
  void aDataSmIsValidForTheSecondsThatItSays() {
    Message m = door.message(((DataSmResp) client.ask(dataSm(new byte[] {0, 0, 0x1C, 0x20}))).getMessageId());
    long now = door.node.clock.get();
    assertTrue(Math.abs(m.validUntil() - now - 2 * HOUR) < 60_000, () -> "valid for " + (m.validUntil() - now) + " ms");
    for (byte[] wrong : new byte[][] {{}, {0x1C, 0x20}, {0, 0, 0, 0x1C, 0x20}, {0, 0, 0, 0}, {-1, -1, -1, -1}}) {
      assertEquals(SmppConstants.STATUS_INVEXPIRY, client.status(dataSm(wrong)), () -> HexFormat.of().formatHex(wrong));
    }
  }

  private static DataSm dataSm(byte[] seconds) {
    DataSm sm = new DataSm();
    sm.setSourceAddress(new Address((byte) 5, (byte) 0, "Godwit"));
    sm.setDestAddress(new Address((byte) 1, (byte) 1, "4915112345678"));
    sm.addOptionalParameter(new Tlv(SmppConstants.TAG_MESSAGE_PAYLOAD, "for a while".getBytes(StandardCharsets.US_ASCII)));
    sm.addOptionalParameter(new Tlv(SmppConstants.TAG_QOS_TIME_TO_LIVE, seconds));
    return sm;
  }

  private static SubmitSm with(Tlv... tlvs) {
    SubmitSm sm = Client.sms("Hello");
    sm.setRegisteredDelivery((byte) 0);
    for (Tlv tlv : tlvs) sm.addOptionalParameter(tlv);
    return sm;
  }

  @Test
  void vendorTlvsArePassedOnWhereTheOperatorHasNamedThemForOneOfTheAccountsLinks() {
    Tlv[] both = {new Tlv((short) 0x1400, new byte[] {'1', '2'}), new Tlv((short) 0x1401, new byte[] {0, -1})};
    assertNull(accepted(with(both)).origin().smpp(), "none is, as long as none is named");
    door.node.put("account", "demo", new JsonObject("{\"links\": {\"sim\": {\"passTlvs\": [\"0x1401\", \"0x1402\"]}}}"));
    assertEquals(List.of(new SmppOrigin.Parameter(0x1401, "00ff")), accepted(with(both)).origin().smpp().tlvs());
    assertEquals(SmppConstants.STATUS_OK, client.status(with(new Tlv((short) 0x1402, new byte[512]))));
    assertEquals(SmppConstants.STATUS_INVPARLEN, client.status(with(new Tlv((short) 0x1402, new byte[512]), both[1])));
    assertEquals(SmppConstants.STATUS_OK, client.status(with(new Tlv((short) 0x1402, new byte[512]), both[0])), "what is not passed on does not count");
  }

  @Test
  void submitMultiNamesTheDestinationsThatItRefuses() {
    SubmitMulti multi = Client.multi("4915112345678", "12", "4915112345679");
    multi.distributionLists().add("friends");
    SubmitMultiResp answer = (SubmitMultiResp) client.ask(multi);
    assertEquals(SmppConstants.STATUS_OK, answer.getCommandStatus());
    assertEquals(List.of(SmppConstants.STATUS_INVDLNAME, SmppConstants.STATUS_INVDSTADR), answer.unsuccessful().stream().map(SubmitMultiResp.Unsuccessful::status).toList());
    assertEquals("12", answer.unsuccessful().get(1).destination().getAddress());
    List<org.bson.Document> stored = door.parcels().stream().flatMap(parcel -> parcel.getList("m", org.bson.Document.class).stream()).toList();
    assertEquals(2, stored.size());
    for (org.bson.Document m : stored) assertEquals(answer.getMessageId(), m.get("o", org.bson.Document.class).getString("batch"));
    assertEquals(SmppConstants.STATUS_INVDSTADR, client.status(Client.multi("12")));
    assertEquals(SmppConstants.STATUS_INVNUMDESTS, client.status(Client.multi()));
  }
}
