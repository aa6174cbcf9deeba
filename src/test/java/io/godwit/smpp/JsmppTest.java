package io.godwit.smpp;

import static io.godwit.smpp.Sessions.await;
import static io.godwit.smpp.Sessions.bind;
import static io.godwit.smpp.Sessions.next;
import static io.godwit.smpp.Sessions.submit;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.cloudhopper.smpp.pdu.DeliverSm;
import com.cloudhopper.smpp.pdu.SubmitSm;
import com.cloudhopper.smpp.pdu.SubmitSmResp;
import io.godwit.smpp.Sessions.Answering;
import io.godwit.smpp.Sessions.Recorder;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jsmpp.bean.AlertNotification;
import org.jsmpp.bean.Alphabet;
import org.jsmpp.bean.BindType;
import org.jsmpp.bean.DataSm;
import org.jsmpp.bean.ESMClass;
import org.jsmpp.bean.GeneralDataCoding;
import org.jsmpp.bean.MessageClass;
import org.jsmpp.bean.MessageType;
import org.jsmpp.bean.NumberingPlanIndicator;
import org.jsmpp.bean.RegisteredDelivery;
import org.jsmpp.bean.TypeOfNumber;
import org.jsmpp.extra.NegativeResponseException;
import org.jsmpp.session.BindParameter;
import org.jsmpp.session.DataSmResult;
import org.jsmpp.session.MessageReceiverListener;
import org.jsmpp.session.SMPPSession;
import org.jsmpp.session.Session;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Our server with another implementation as its client. */
@ExtendWith(VertxExtension.class)
class JsmppTest {
  private final SMPPSession esme = new SMPPSession();

  @AfterEach
  void unbind() {
    esme.unbindAndClose();
  }

  @Test
  void jsmppBindsSubmitsAndUnbinds(Vertx vertx) throws Exception {
    Recorder smsc = new Answering();
    connect(Sessions.server(vertx, SessionOptions.DEFAULTS, smsc).port(), "secret");
    for (int i = 0; i < 100; i++) {
      String id = submitWithJsmpp("Hello " + i);
      SubmitSm received = (SubmitSm) next(smsc.requests);
      assertEquals("id-" + received.getSequenceNumber(), id);
      assertEquals("Hello " + i, new String(received.getShortMessage()));
      assertEquals("447700900123", received.getDestAddress().getAddress());
    }
    esme.unbindAndClose();
    assertEquals(CloseReason.UNBOUND_BY_PEER, next(smsc.closed));
  }

  @Test
  void jsmppReceivesReceiptsAndReplies(Vertx vertx) throws Exception {
    Recorder smsc = new Answering();
    BlockingQueue<org.jsmpp.bean.DeliverSm> delivered = new LinkedBlockingQueue<>();
    esme.setMessageReceiverListener(listener(delivered));
    connect(Sessions.server(vertx, SessionOptions.DEFAULTS, smsc).port(), "secret");
    SmppSession session = next(smsc.sessions);
    DeliverSm receipt = Pdus.receipt(Sessions.TO, Sessions.FROM, "77", Receipt.State.DELIVERED,
      "id:77 sub:001 dlvrd:001 submit date:2501021530 done date:2501021531 stat:DELIVRD err:000 text:Hi");
    assertEquals(0, await(session.request(receipt)).getCommandStatus());
    org.jsmpp.bean.DeliverSm got = next(delivered);
    assertTrue(got.isSmscDeliveryReceipt());
    assertEquals("77", got.getShortMessageAsDeliveryReceipt().getId());
    await(session.request(Pdus.deliver(Sessions.TO, Sessions.FROM, "YES".getBytes(), (byte) 0, false)));
    assertEquals("YES", new String(next(delivered).getShortMessage()));
  }

  @Test
  void jsmppIsToldThatItsPasswordIsWrong(Vertx vertx) throws Exception {
    int port = Sessions.server(vertx, SessionOptions.DEFAULTS, new Answering()).port();
    Exception refused = assertThrows(Exception.class, () -> connect(port, "guess"));
    assertEquals(0x0E, ((NegativeResponseException) refused.getCause()).getCommandStatus());
  }

  @Test
  void weBindToJsmppSubmitReceiveAndUnbind(Vertx vertx) throws Exception {
    try (JsmppSmsc smsc = new JsmppSmsc()) {
      Recorder recorder = new Answering();
      SmppSession session = bind(vertx, smsc.port(), SessionOptions.DEFAULTS, recorder);
      for (int i = 0; i < 100; i++) {
        SubmitSmResp answer = (SubmitSmResp) await(session.request(submit("Hello " + i)));
        assertEquals("Hello " + i, smsc.submitted().get(answer.getMessageId()));
      }
      smsc.deliver("YES");
      assertEquals("YES", new String(((DeliverSm) next(recorder.requests)).getShortMessage()));
      await(session.unbind());
      assertEquals(CloseReason.UNBOUND_BY_US, next(recorder.closed));
    }
  }

  @Test
  void jsmppRefusesOurWrongPassword(Vertx vertx) throws Exception {
    try (JsmppSmsc smsc = new JsmppSmsc()) {
      BindOptions wrong = BindOptions.of("127.0.0.1", smsc.port(), "esme", "guess", io.godwit.smpp.BindType.TRX);
      var failure = assertThrows(Exception.class, () -> await(new SmppClient(vertx).bind(wrong, new Recorder())));
      assertTrue(((BindRefused) failure.getCause()).isFinal());
    }
  }

  private void connect(int port, String password) throws Exception {
    esme.setTransactionTimer(30_000); // 2 s else
    esme.connectAndBind("127.0.0.1", port, new BindParameter(BindType.BIND_TRX, "esme", password, "",
      TypeOfNumber.UNKNOWN, NumberingPlanIndicator.UNKNOWN, ""));
  }

  private String submitWithJsmpp(String text) throws Exception {
    return esme.submitShortMessage("", TypeOfNumber.ALPHANUMERIC, NumberingPlanIndicator.UNKNOWN, "Godwit",
      TypeOfNumber.INTERNATIONAL, NumberingPlanIndicator.ISDN, "447700900123", new ESMClass(), (byte) 0, (byte) 1, null, null,
      new RegisteredDelivery(1), (byte) 0, new GeneralDataCoding(Alphabet.ALPHA_DEFAULT, MessageClass.CLASS1, false), (byte) 0,
      text.getBytes()).getMessageId();
  }

  private static MessageReceiverListener listener(BlockingQueue<org.jsmpp.bean.DeliverSm> delivered) {
    return new MessageReceiverListener() {
      @Override
      public void onAcceptDeliverSm(org.jsmpp.bean.DeliverSm deliverSm) {
        assertTrue(MessageType.SMSC_DEL_RECEIPT.containedIn(deliverSm.getEsmClass()) || deliverSm.getEsmClass() == 0);
        delivered.add(deliverSm);
      }

      @Override
      public void onAcceptAlertNotification(AlertNotification alertNotification) {
      }

      @Override
      public DataSmResult onAcceptDataSm(DataSm dataSm, Session source) {
        return null;
      }
    };
  }
}
