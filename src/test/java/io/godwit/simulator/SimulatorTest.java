package io.godwit.simulator;

import static io.godwit.simulator.Esme.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.cloudhopper.smpp.pdu.DeliverSm;
import com.cloudhopper.smpp.pdu.SubmitSmResp;
import io.godwit.simulator.Counters.Count;
import io.godwit.smpp.BindRefused;
import io.godwit.smpp.BindType;
import io.godwit.smpp.CarrierId;
import io.godwit.smpp.CloseReason;
import io.godwit.smpp.Part;
import io.godwit.smpp.Pdus;
import io.godwit.smpp.Pdus.Alphabet;
import io.godwit.smpp.Receipt;
import io.godwit.smpp.Receipt.State;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(VertxExtension.class)
class SimulatorTest {
  private static final String TO = "447700900123";
  private static final JsonObject AT_ONCE = new JsonObject().put("receiptDelayMin", 0).put("receiptDelayMax", 0)
    .put("replyDelayMin", 0).put("replyDelayMax", 0);

  @Test
  void anAcceptedMessageIsLoggedAndDelivered(Vertx vertx) throws Exception {
    Simulator smsc = smsc(vertx, AT_ONCE);
    Esme esme = Esme.bind(vertx, smsc);
    SubmitSmResp answer = esme.submit(TO, "Hello");
    DeliverSm sm = esme.next();
    assertTrue(Receipt.isReceipt(sm));
    Receipt receipt = Receipt.parse(sm);
    assertEquals(State.DELIVERED, receipt.state());
    assertEquals(answer.getMessageId(), receipt.id());
    assertEquals(TO, sm.getSourceAddress().getAddress());
    MessageLog.Entry entry = smsc.log().entries().get(0);
    assertEquals(List.of("Hello", TO, "Godwit", "esme", answer.getMessageId()),
      List.of(entry.text(), entry.to(), entry.from(), entry.systemId(), entry.id()));
    await(smsc.counters().await(Count.RECEIPTS_ACCEPTED, 1));
  }

  @ParameterizedTest
  @EnumSource(ReceiptFormat.class)
  void receiptsOfEveryFormatAreUnderstood(ReceiptFormat format, Vertx vertx) throws Exception {
    Esme esme = Esme.bind(vertx, smsc(vertx, AT_ONCE.copy().put("receiptFormat", format.name())));
    SubmitSmResp answer = esme.submit(TO, "Hello");
    DeliverSm sm = esme.next();
    assertTrue(Receipt.isReceipt(sm));
    assertEquals(answer.getMessageId(), Receipt.parse(sm).id());
    assertEquals(State.DELIVERED, Receipt.parse(sm).state());
  }

  @ParameterizedTest
  @CsvSource({"hex, decimal", "decimal, hex", "uuid, uuid", "hex, hex"})
  void idsOfEveryFormMeet(String idForm, String receiptIdForm, Vertx vertx) throws Exception {
    Esme esme = Esme.bind(vertx, smsc(vertx, AT_ONCE.copy().put("idForm", idForm).put("receiptIdForm", receiptIdForm)));
    String key = CarrierId.key(esme.submit(TO, "Hello").getMessageId());
    String receipted = Receipt.parse(esme.next()).id();
    assertTrue(CarrierId.candidates(receipted, CarrierId.IdForm.DETECT).stream().anyMatch(c -> c.key().equals(key)));
  }

  @ParameterizedTest
  @CsvSource({"9990001, UNDELIVERABLE", "9990002, EXPIRED", "9990009, REJECTED", "9990008, DELIVERED"})
  void aMagicNumberDecidesTheOutcome(String suffix, State state, Vertx vertx) throws Exception {
    Esme esme = Esme.bind(vertx, smsc(vertx, AT_ONCE));
    esme.submit("44770" + suffix, "Hello");
    assertEquals(state, Receipt.parse(esme.next()).state());
  }

  @Test
  void aMagicNumberIsThrottledTheFirstTimeOnly(Vertx vertx) throws Exception {
    Esme esme = Esme.bind(vertx, smsc(vertx, AT_ONCE));
    assertEquals(0x58, esme.submit("447709990005", "Hello").getCommandStatus());
    assertEquals(0x00, esme.submit("447709990005", "Hello").getCommandStatus());
    assertEquals(0x0B, esme.submit("447709990004", "Hello").getCommandStatus());
  }

  @Test
  void aMagicNumberRepliesYes(Vertx vertx) throws Exception {
    Esme esme = Esme.bind(vertx, smsc(vertx, AT_ONCE));
    esme.submit("447709990006", "Will you come?");
    assertTrue(Receipt.isReceipt(esme.next()));
    DeliverSm reply = esme.next();
    assertFalse(Receipt.isReceipt(reply));
    assertEquals("YES", Pdus.text(reply, Alphabet.GSM));
    assertEquals("447709990006", reply.getSourceAddress().getAddress());
    assertEquals("Godwit", reply.getDestAddress().getAddress());
  }

  @Test
  void answersAreDelayedAsTheirDistributionSays(Vertx vertx) throws Exception {
    Simulator smsc = smsc(vertx, AT_ONCE.copy().put("answerDelays", new JsonObject().put("0", 0.5).put("86400000", 0.5)));
    Esme esme = Esme.bind(vertx, smsc);
    List<Future<?>> answers = new ArrayList<>();
    for (int i = 0; i < 40; i++) answers.add(esme.session().request(Pdus.submit(null, null, new byte[] {'x'}, (byte) 0, false, false)));
    await(smsc.counters().await(Count.SUBMITS, 40));
    await(smsc.profile(Profile.from(AT_ONCE)));
    esme.submit(TO, "answered behind all that are not late");
    long late = answers.stream().filter(answer -> !answer.isComplete()).count();
    assertTrue(late >= 10 && late <= 30, () -> late + " of 40 were late");
  }

  @Test
  void aShareOfSubmitsDropsItsConnection(Vertx vertx) throws Exception {
    Simulator smsc = smsc(vertx, AT_ONCE.copy().put("drops", 1.0));
    Esme esme = Esme.bind(vertx, smsc);
    assertThrows(Exception.class, () -> esme.submit(TO, "Hello"));
    esme.closed.take();
    assertEquals(List.of(1L, 0L), List.of(smsc.counters().get(Count.DROPS), smsc.counters().get(Count.ACCEPTED)));
  }

  @Test
  void receiptsComeOnlyIfAskedFor(Vertx vertx) throws Exception {
    Simulator smsc = smsc(vertx, AT_ONCE);
    Esme esme = Esme.bind(vertx, smsc);
    await(esme.session().request(Pdus.submit(null, null, new byte[] {'x'}, (byte) 0, false, false)));
    esme.submit("447709990002", "Hello");
    assertEquals(State.EXPIRED, Receipt.parse(esme.next()).state());
    assertEquals(1, smsc.counters().get(Count.RECEIPTS_SENT));
  }

  @Test
  void receiptsAreKeptWhileNobodyReceivesAndComeOnAnotherBind(Vertx vertx) throws Exception {
    Simulator smsc = smsc(vertx, AT_ONCE);
    Esme sender = Esme.bind(vertx, smsc.port(), "esme", "any", BindType.TX);
    String id = sender.submit(TO, "Hello").getMessageId();
    assertEquals(1, await(smsc.waiting()));
    Esme other = Esme.bind(vertx, smsc.port(), "other", "any", BindType.RX);
    Esme receiver = Esme.bind(vertx, smsc.port(), "esme", "any", BindType.RX);
    assertEquals(id, Receipt.parse(receiver.next()).id());
    assertTrue(other.delivered.isEmpty());
  }

  @Test
  void aReceiptThatWasNotAnsweredComesAgain(Vertx vertx) throws Exception {
    Simulator smsc = smsc(vertx, AT_ONCE);
    Esme esme = Esme.bind(vertx, smsc);
    esme.answer = 0x64;
    String id = esme.submit(TO, "Hello").getMessageId();
    assertEquals(id, Receipt.parse(esme.next()).id());
    esme.answer = 0;
    assertEquals(id, Receipt.parse(esme.next()).id());
    await(smsc.counters().await(Count.RECEIPTS_ACCEPTED, 1));
  }

  @Test
  void ratiosAreKeptTo(Vertx vertx) throws Exception {
    JsonObject profile = AT_ONCE.copy().put("errors", new JsonObject().put("0x58", 0.1).put("0x45", 0.1))
      .put("outcomes", new JsonObject().put("UNDELIVERABLE", 0.25)).put("receiptsLost", 0.1).put("receiptsDoubled", 0.1);
    Simulator smsc = smsc(vertx, profile);
    Esme esme = Esme.bind(vertx, smsc);
    for (int batch = 0; batch < 40; batch++) {
      List<Future<?>> answers = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        answers.add(esme.trySubmit(TO, "Hello"));
      }
      await(Future.all(answers));
    }
    assertEquals(200, smsc.counters().get(Count.THROTTLED), 60);
    assertEquals(200, smsc.counters().get(Count.REFUSED), 60);
    long accepted = smsc.counters().get(Count.ACCEPTED);
    assertEquals(accepted * 0.1, smsc.counters().get(Count.RECEIPTS_LOST), 60);
    await(smsc.counters().await(Count.RECEIPTS_ACCEPTED, (long) (accepted * 0.95)));
    long undelivered = esme.delivered.stream().filter(sm -> Receipt.parse(sm).state() == State.UNDELIVERABLE).count();
    assertEquals(esme.delivered.size() * 0.25, undelivered, 80);
  }

  @Test
  void overItsRateItThrottles(Vertx vertx) throws Exception {
    Simulator smsc = smsc(vertx, new JsonObject().put("ratePerSecond", 10));
    Esme esme = Esme.bind(vertx, smsc);
    List<Future<SubmitSmResp>> answers = await(Future.future(asked -> esme.session().context().runOnContext(atOnce ->
      asked.complete(IntStream.range(0, 50).mapToObj(i -> esme.trySubmit(TO, "Hello")).toList()))));
    await(Future.all(answers));
    assertTrue(smsc.counters().get(Count.THROTTLED) >= 40);
    assertTrue(smsc.counters().get(Count.ACCEPTED) >= 1);
  }

  @Test
  void whilePausedNothingIsAnswered(Vertx vertx) throws Exception {
    Simulator smsc = smsc(vertx, AT_ONCE.copy().put("paused", true));
    Esme esme = Esme.bind(vertx, smsc);
    Future<SubmitSmResp> answer = esme.trySubmit(TO, "Hello");
    await(smsc.counters().await(Count.SUBMITS, 1));
    assertFalse(answer.isComplete());
    await(smsc.profile(Profile.from(AT_ONCE)));
    assertEquals(0, await(answer).getCommandStatus());
    esme.next();
  }

  @Test
  void whileDeliveriesAreHeldAnswersComeAndReceiptsWait(Vertx vertx) throws Exception {
    Simulator smsc = smsc(vertx, AT_ONCE.copy().put("deliveriesHeld", true));
    Esme esme = Esme.bind(vertx, smsc);
    assertEquals(0, await(esme.trySubmit(TO, "Hello")).getCommandStatus());
    assertEquals(1, await(smsc.waiting()));
    assertEquals(0, smsc.counters().get(Count.RECEIPTS_SENT));
    await(smsc.profile(Profile.from(AT_ONCE)));
    esme.next();
  }

  @Test
  void answersAndReceiptsComeAfterTheirDelays(Vertx vertx) throws Exception {
    Simulator smsc = smsc(vertx, new JsonObject().put("answerDelayMin", 50).put("answerDelayMax", 80)
      .put("receiptDelayMin", 150).put("receiptDelayMax", 200));
    Esme esme = Esme.bind(vertx, smsc);
    long start = System.nanoTime();
    esme.submit(TO, "Hello");
    assertTrue(System.nanoTime() - start >= 50_000_000);
    esme.next();
    assertTrue(System.nanoTime() - start >= 150_000_000);
  }

  @Test
  void droppedConnectionsEndWithoutUnbind(Vertx vertx) throws Exception {
    Simulator smsc = smsc(vertx, AT_ONCE);
    Esme esme = Esme.bind(vertx, smsc);
    assertEquals(1, await(smsc.drop(null)));
    assertEquals(CloseReason.DISCONNECTED, esme.closed.take());
  }

  @Test
  void aLongReplyComesInPartsWithReferences(Vertx vertx) throws Exception {
    String text = "long € text ".repeat(30);
    Simulator smsc = smsc(vertx, AT_ONCE.copy().put("repliesShuffled", true));
    Esme esme = Esme.bind(vertx, smsc);
    assertEquals(3, await(smsc.mo(TO, "12345", text, null)));
    String[] parts = new String[3];
    int ref = -1;
    for (int i = 0; i < 3; i++) {
      DeliverSm sm = esme.next();
      Part part = Part.of(sm);
      assertTrue(ref == -1 || ref == part.ref());
      ref = part.ref();
      assertEquals(3 - i, part.seq());
      assertEquals(3, part.total());
      parts[part.seq() - 1] = Pdus.text(sm, Alphabet.GSM);
    }
    assertEquals(text, String.join("", parts));
  }

  @Test
  void anEmojiIsNeverCutInTwo(Vertx vertx) throws Exception {
    String text = "x" + "😀".repeat(80);
    Simulator smsc = smsc(vertx, AT_ONCE);
    Esme esme = Esme.bind(vertx, smsc);
    int parts = await(smsc.mo(TO, "12345", text, "esme"));
    StringBuilder joined = new StringBuilder();
    for (int i = 0; i < parts; i++) {
      joined.append(Pdus.text(esme.next(), Alphabet.GSM));
    }
    assertEquals(text, joined.toString());
  }

  @Test
  void segmentsAreLoggedWithTheirPlaceInTheMessage(Vertx vertx) throws Exception {
    Simulator smsc = smsc(vertx, AT_ONCE);
    Esme esme = Esme.bind(vertx, smsc);
    await(esme.session().request(Pdus.submit(null, null, new byte[] {5, 0, 3, 7, 2, 1, 'a'}, (byte) 0, true, false)));
    var sar = Pdus.submit(null, null, new byte[] {'b'}, (byte) 0, false, false);
    Pdus.setSar(sar, 40_000, 2, 2);
    await(esme.session().request(sar));
    List<MessageLog.Entry> entries = smsc.log().entries();
    assertEquals("a 7 1/2", describe(entries.get(0)));
    assertEquals("b 40000 2/2", describe(entries.get(1)));
  }

  private static String describe(MessageLog.Entry entry) {
    return entry.text() + " " + entry.ref() + " " + entry.seq() + "/" + entry.total();
  }

  @Test
  void whoHasNoAccountMayNotBind(Vertx vertx) throws Exception {
    SimulatorConfig config = SimulatorConfig.from(new JsonObject().put("host", "127.0.0.1").put("port", 0)
      .put("accounts", new JsonObject().put("demo", "secret")));
    Simulator smsc = await(Simulator.start(vertx, config));
    Esme.bind(vertx, smsc.port(), "demo", "secret", BindType.TRX);
    var failure = assertThrows(ExecutionException.class, () -> Esme.bind(vertx, smsc.port(), "demo", "guess", BindType.TRX));
    assertEquals(0x0E, ((BindRefused) failure.getCause()).status());
    failure = assertThrows(ExecutionException.class, () -> Esme.bind(vertx, smsc.port(), "eve", "secret", BindType.TRX));
    assertEquals(0x0F, ((BindRefused) failure.getCause()).status());
  }

  @Test
  void unknownKeysAreRefusedByName() {
    assertTrue(refusal("prot", 1).contains("\"prot\""));
    assertTrue(refusal("profile", new JsonObject().put("receiptDelai", 1)).contains("\"receiptDelai\""));
    assertTrue(refusal("profile", new JsonObject().put("replies", 2)).contains("\"replies\""));
    assertTrue(refusal("profile", new JsonObject().put("idForm", "roman")).contains("\"idForm\""));
    assertTrue(refusal("port", "2776").contains("\"port\""));
  }

  private static String refusal(String key, Object value) {
    return assertThrows(IllegalArgumentException.class, () -> SimulatorConfig.from(new JsonObject().put(key, value))).getMessage();
  }

  @Test
  void theLogKeepsTheLastOnes(Vertx vertx) {
    MessageLog log = new MessageLog(10_000);
    var sm = Pdus.submit(null, null, new byte[100], (byte) 4, false, false);
    for (int i = 0; i < 50_000; i++) {
      log.add("id" + i, "esme", sm, io.godwit.message.Alphabet.GSM7, i);
    }
    List<MessageLog.Entry> kept = log.entries();
    assertTrue(kept.size() >= 10_000 && kept.size() <= 10_000 + 2 * 4096, kept.size() + " kept");
    assertEquals("id49999", kept.get(kept.size() - 1).id());
    assertEquals(List.of("id49000"), log.entries(49_000, 1, e -> true).stream().map(MessageLog.Entry::id).toList());
    assertEquals(50_000, log.count());
  }

  @Test
  void ordinaryNumbersAreNotMagic() {
    assertNull(Magic.of("447700900123"));
    assertNull(Magic.of("1"));
    assertNull(Magic.of(null));
    assertNull(Magic.of("44779990000"));
    assertEquals(Magic.EXPIRED, Magic.of("9990002"));
  }

  private static Simulator smsc(Vertx vertx, JsonObject profile) throws Exception {
    return await(Simulator.start(vertx, SimulatorConfig.embedded(Profile.from(profile))));
  }
}
