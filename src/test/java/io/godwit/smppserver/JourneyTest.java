package io.godwit.smppserver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.cloudhopper.smpp.pdu.DeliverSm;
import io.godwit.link.AwaitVerticle;
import io.godwit.link.LinkVerticle;
import io.godwit.ops.Audit;
import io.godwit.ops.Finding;
import io.godwit.replies.InboundVerticle;
import io.godwit.simulator.Counters.Count;
import io.godwit.simulator.MessageLog;
import io.godwit.simulator.Profile;
import io.godwit.simulator.Simulator;
import io.godwit.simulator.SimulatorConfig;
import io.godwit.smpp.BindType;
import io.godwit.smpp.Pdus;
import io.godwit.smpp.Receipt;
import io.godwit.testing.Await;
import io.godwit.worker.WorkerVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jsmpp.bean.AlertNotification;
import org.jsmpp.bean.Alphabet;
import org.jsmpp.bean.DataSm;
import org.jsmpp.bean.ESMClass;
import org.jsmpp.bean.GeneralDataCoding;
import org.jsmpp.bean.MessageClass;
import org.jsmpp.bean.NumberingPlanIndicator;
import org.jsmpp.bean.RegisteredDelivery;
import org.jsmpp.bean.TypeOfNumber;
import org.jsmpp.extra.NegativeResponseException;
import org.jsmpp.session.BindParameter;
import org.jsmpp.session.DataSmResult;
import org.jsmpp.session.MessageReceiverListener;
import org.jsmpp.session.SMPPSession;
import org.jsmpp.session.Session;
import org.jsmpp.util.DeliveryReceiptState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A customer's messages over SMPP the whole way to the simulated carrier and back, and another implementation as the customer. */
class JourneyTest {
  private final SmppDoor door = new SmppDoor();
  private Simulator carrier;

  @BeforeEach
  void start() {
    carrier = door.node.await(() -> Simulator.start(door.node.vertx, SimulatorConfig.embedded(Profile.from(new JsonObject().put("receiptDelayMin", 20).put("receiptDelayMax", 50)))));
    door.node.put("link", "sim", new JsonObject().put("host", "127.0.0.1").put("port", carrier.port()).put("systemId", "godwit"));
    door.node.put("route", "germany", new JsonObject().put("match", new JsonObject().put("prefix", "+49")).put("links", new JsonArray().add(new JsonObject().put("link", "sim").put("priority", 1))));
    door.node.put("number", "one", new JsonObject().put("number", "+447700900001").put("account", "demo"));
    door.node.await(() -> door.node.vertx.deployVerticle(new LinkVerticle(door.node.node)));
    door.node.await(() -> door.node.vertx.deployVerticle(new AwaitVerticle(door.node.node)));
    door.node.await(() -> door.node.vertx.deployVerticle(new InboundVerticle(door.node.node)));
    JsonObject handlers = new JsonObject().put("handlers", new JsonArray().add("routing"));
    door.node.await(() -> door.node.vertx.deployVerticle(new WorkerVerticle(door.node.node), new DeploymentOptions().setConfig(handlers)));
  }

  @AfterEach
  void close() {
    Await.await(carrier.stop());
    door.close();
  }

  @Test
  void jsmppSendsAHundredMessagesAndGetsAHundredReceipts() throws Exception {
    SMPPSession esme = new SMPPSession();
    esme.setTransactionTimer(30_000); // 2 s else
    Receipts receipts = new Receipts();
    esme.setMessageReceiverListener(receipts);
    esme.connectAndBind("127.0.0.1", door.port("smpp"), new BindParameter(org.jsmpp.bean.BindType.BIND_TRX, "demo", SmppDoor.PASSWORD, "",
      TypeOfNumber.UNKNOWN, NumberingPlanIndicator.UNKNOWN, ""));
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 100; i++) ids.add(submit(esme, "Hello " + i));
    Await.until(() -> "a hundred receipts, now " + receipts.states.size(), 60, () -> receipts.states.size() == 100);
    for (String id : ids) assertEquals(DeliveryReceiptState.DELIVRD, receipts.states.get(id));
    door.untilNothingIsLeftToTell();
    esme.unbindAndClose();
    assertCleanChains();
  }

  private static String submit(SMPPSession esme, String text) throws Exception {
    return esme.submitShortMessage("", TypeOfNumber.ALPHANUMERIC, NumberingPlanIndicator.UNKNOWN, "Godwit", TypeOfNumber.INTERNATIONAL,
      NumberingPlanIndicator.ISDN, "4915112345678", new ESMClass(), (byte) 0, (byte) 1, null, null, new RegisteredDelivery(1), (byte) 0,
      new GeneralDataCoding(Alphabet.ALPHA_DEFAULT, MessageClass.CLASS1, false), (byte) 0, text.getBytes(StandardCharsets.US_ASCII)).getMessageId();
  }

  /** What jsmpp makes of receipts. */
  private static final class Receipts implements MessageReceiverListener {
    final Map<String, DeliveryReceiptState> states = java.util.Collections.synchronizedMap(new HashMap<>());
    final ConcurrentLinkedQueue<String> others = new ConcurrentLinkedQueue<>();

    @Override
    public void onAcceptDeliverSm(org.jsmpp.bean.DeliverSm sm) {
      try {
        var receipt = sm.getShortMessageAsDeliveryReceipt();
        states.put(receipt.getId(), receipt.getFinalStatus());
      } catch (org.jsmpp.util.InvalidDeliveryReceiptException e) {
        others.add(new String(sm.getShortMessage(), StandardCharsets.ISO_8859_1));
      }
    }

    @Override
    public void onAcceptAlertNotification(AlertNotification alert) {
    }

    @Override
    public DataSmResult onAcceptDataSm(DataSm sm, Session source) {
      return null;
    }
  }

  @Test
  void jsmppIsToldThatItsPasswordIsWrong() {
    SMPPSession esme = new SMPPSession();
    Exception refused = org.junit.jupiter.api.Assertions.assertThrows(Exception.class, () -> esme.connectAndBind("127.0.0.1", door.port("smpp"),
      new BindParameter(org.jsmpp.bean.BindType.BIND_TRX, "demo", "guess", "", TypeOfNumber.UNKNOWN, NumberingPlanIndicator.UNKNOWN, "")));
    assertEquals(0x0E, ((NegativeResponseException) refused.getCause()).getCommandStatus());
    esme.close();
  }

  @Test
  void whatIsRefusedAfterItsAnswerComesAsARejectedReceipt() {
    Client client = door.client(BindType.TRX);
    var sm = Client.sms("nobody goes there");
    sm.setDestAddress(new com.cloudhopper.smpp.type.Address((byte) 1, (byte) 1, "33612345678"));
    String id = client.submit(sm);
    Receipt receipt = Receipt.parse(client.next());
    assertEquals(List.of(id, Receipt.State.REJECTED, "103"), List.of(receipt.id(), receipt.state(), receipt.err()));
    door.untilNothingIsLeftToTell();
    assertCleanChains();
  }

  @Test
  void everyPartHasItsOwnIdAndReceiptAndItsHeaderOnTheAir() {
    Client client = door.client(BindType.TRX);
    List<String> ids = new ArrayList<>();
    for (int part = 1; part <= 2; part++) {
      byte[] octets = Arrays.copyOf(new byte[] {5, 0, 3, (byte) 0x77, 2, (byte) part}, 7);
      octets[6] = (byte) ('a' + part);
      ids.add(client.submit(Client.sms(octets, 0, true)));
    }
    assertEquals(java.util.Set.copyOf(ids), java.util.Set.of(Receipt.parse(client.next()).id(), Receipt.parse(client.next()).id()));
    List<MessageLog.Entry> sent = carrier.log().entries();
    assertEquals(2, sent.size());
    assertEquals(java.util.Set.of("119/2/1 b", "119/2/2 c"), sent.stream().map(e -> e.ref() + "/" + e.total() + "/" + e.seq() + " " + e.text())
      .collect(java.util.stream.Collectors.toSet()));
  }

  @Test
  void aReplyReachesTheReceiversOfTheNumbersAccount() {
    Client client = door.client(BindType.RX);
    Await.await(carrier.counters().await(Count.BINDS, 1));
    Await.await(carrier.mo("4915112345678", "+447700900001", "YES please", null));
    DeliverSm reply = client.next();
    assertEquals("YES please", Pdus.text(reply, Pdus.Alphabet.GSM));
    assertEquals("4915112345678", reply.getSourceAddress().getAddress());
    door.untilNothingIsLeftToTell();
  }

  private void assertCleanChains() {
    List<Finding> findings = new ArrayList<>();
    Await.on(door.context, () -> new Audit(door.context, findings::add).run(door.node.sets.all()));
    assertEquals(List.of(), findings);
  }
}
