package io.godwit.smpp;

import static io.godwit.smpp.Sessions.await;
import static io.godwit.smpp.Sessions.bind;
import static io.godwit.smpp.Sessions.next;
import static io.godwit.smpp.Sessions.server;
import static io.godwit.smpp.Sessions.submit;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.cloudhopper.smpp.pdu.BaseBind;
import com.cloudhopper.smpp.pdu.GenericNack;
import com.cloudhopper.smpp.pdu.PduRequest;
import com.cloudhopper.smpp.pdu.PduResponse;
import com.cloudhopper.smpp.pdu.SubmitSm;
import com.cloudhopper.smpp.pdu.SubmitSmResp;
import io.godwit.smpp.Sessions.Answering;
import io.godwit.smpp.Sessions.Recorder;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.junit5.VertxExtension;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a session does with octets, right and wrong. */
@ExtendWith(VertxExtension.class)
class WireTest {
  private static final int SUBMIT_SM = 4;
  private final Recorder smsc = new Answering();

  @Test
  void pdusAreReadHoweverTheyAreSplitAndJoined(Vertx vertx) throws Exception {
    RawPeer esme = RawPeer.bound(vertx, server(vertx, SessionOptions.DEFAULTS, smsc).port());
    Buffer stream = Buffer.buffer();
    for (int i = 0; i < 300; i++) {
      stream.appendBuffer(submitted("m" + i, 10 + i));
    }
    Random random = new Random(7);
    for (int at = 0; at < stream.length();) {
      int end = Math.min(stream.length(), at + 1 + random.nextInt(random.nextBoolean() ? 5 : 300));
      esme.send(stream.getBuffer(at, end));
      at = end;
    }
    for (int i = 0; i < 300; i++) {
      assertEquals("m" + i, new String(((SubmitSm) next(smsc.requests)).getShortMessage()));
      assertEquals(10 + i, next(esme.frames).getInt(12));
    }
  }

  @Test
  void aPduCutAtEachByteIsReadOnce(Vertx vertx) throws Exception {
    RawPeer esme = RawPeer.bound(vertx, server(vertx, SessionOptions.DEFAULTS, smsc).port());
    Buffer pdu = submitted("cut", 5);
    for (int i = 0; i < pdu.length(); i++) {
      esme.send(pdu.getBuffer(i, i + 1));
    }
    assertEquals(5, next(esme.frames).getInt(12));
    assertEquals(1, smsc.requests.size());
  }

  @Test
  void aLengthThatNoPduHasIsNackedAndClosesTheSession(Vertx vertx) throws Exception {
    int port = server(vertx, SessionOptions.DEFAULTS, smsc).port();
    for (int length : new int[] {0, 15, 65_537, 0x7FFFFFFF, -1}) {
      RawPeer esme = RawPeer.bound(vertx, port);
      esme.send(Buffer.buffer().appendInt(length).appendInt(SUBMIT_SM).appendInt(0).appendInt(2));
      Buffer nack = next(esme.frames);
      assertEquals(0x80000000, nack.getInt(4));
      assertEquals(0x02, nack.getInt(8), "ESME_RINVCMDLEN");
      assertEquals(0, nack.getInt(12), "no sequence_number could be read");
      next(esme.closed);
      assertEquals(CloseReason.GARBAGE, next(smsc.closed));
    }
  }

  @Test
  void httpOnTheSmppPortIsDisconnected(Vertx vertx) throws Exception {
    RawPeer browser = RawPeer.connect(vertx, server(vertx, SessionOptions.DEFAULTS, smsc).port());
    browser.send(Buffer.buffer("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    next(browser.closed);
  }

  @Test
  void anUnknownCommandIsNackedAndTheSessionGoesOn(Vertx vertx) throws Exception {
    RawPeer esme = RawPeer.bound(vertx, server(vertx, SessionOptions.DEFAULTS, smsc).port());
    esme.send(RawPeer.pdu(0x00010200, 0, 77, (byte) 1).appendBuffer(submitted("next", 78)));
    Buffer nack = next(esme.frames);
    assertEquals(0x80000000, nack.getInt(4));
    assertEquals(0x03, nack.getInt(8));
    assertEquals(77, nack.getInt(12));
    assertEquals(78, next(esme.frames).getInt(12));
  }

  @Test
  void aShortMessageLongerThanItsPduIsNackedAndTheNextIsRead(Vertx vertx) throws Exception {
    RawPeer esme = RawPeer.bound(vertx, server(vertx, SessionOptions.DEFAULTS, smsc).port());
    Buffer lying = submitted("four", 5);
    lying.setByte(lying.length() - 5, (byte) 200);
    esme.send(lying.appendBuffer(submitted("next", 6)));
    Buffer nack = next(esme.frames);
    assertEquals(0x80000000, nack.getInt(4));
    assertEquals(0x02, nack.getInt(8));
    assertEquals(6, next(esme.frames).getInt(12));
  }

  @Test
  void requestsBeforeTheBindAreRefused(Vertx vertx) throws Exception {
    RawPeer esme = RawPeer.connect(vertx, server(vertx, SessionOptions.DEFAULTS, smsc).port());
    esme.send(submitted("early", 5));
    assertEquals(0x04, next(esme.frames).getInt(8));
    assertTrue(smsc.requests.isEmpty());
  }

  @Test
  void aSecondBindIsRefused(Vertx vertx) throws Exception {
    int port = server(vertx, SessionOptions.DEFAULTS, smsc).port();
    RawPeer esme = RawPeer.bound(vertx, port);
    var again = Sessions.bindTo(port).toRequest();
    again.setSequenceNumber(2);
    esme.send(RawPeer.bytes(again));
    assertEquals(0x05, next(esme.frames).getInt(8));
  }

  @Test
  void aBindThatIsRefusedIsAnsweredByAHeaderAlone(Vertx vertx) throws Exception {
    int port = server(vertx, SessionOptions.DEFAULTS, smsc).port();
    for (BindType type : BindType.values()) {
      RawPeer esme = RawPeer.connect(vertx, port);
      BaseBind<?> bind = BindOptions.of("127.0.0.1", port, "esme", "guess", type).toRequest();
      bind.setSequenceNumber(1);
      esme.send(RawPeer.bytes(bind));
      Buffer refusal = next(esme.frames);
      assertEquals(0x0E, refusal.getInt(8), "ESME_RINVPASWD");
      assertEquals(16, refusal.length());
    }
  }

  @Test
  void aSubmitThatIsRefusedIsAnsweredByAHeaderAlone(Vertx vertx) throws Exception {
    Recorder refusing = new Recorder() {
      @Override
      public void onRequest(SmppSession session, PduRequest<?> request) {
        SubmitSmResp answer = ((SubmitSm) request).createResponse();
        answer.setCommandStatus(0x58);
        answer.setMessageId("id");
        session.respond(answer);
      }
    };
    RawPeer esme = RawPeer.bound(vertx, server(vertx, SessionOptions.DEFAULTS, refusing).port());
    esme.send(submitted("too fast", 5));
    Buffer refusal = next(esme.frames);
    assertEquals(0x58, refusal.getInt(8), "ESME_RTHROTTLED");
    assertEquals(16, refusal.length());
  }

  @Test
  void nothingIsTakenAfterTheAnswerToAnUnbind(Vertx vertx) throws Exception {
    RawPeer esme = RawPeer.bound(vertx, server(vertx, SessionOptions.DEFAULTS, smsc).port());
    esme.send(RawPeer.pdu(0x06, 0, 5).appendBuffer(submitted("late", 6)));
    assertEquals(0x80000006, next(esme.frames).getInt(4));
    Buffer refusal = next(esme.frames);
    assertEquals(0x80000004, refusal.getInt(4));
    assertEquals(0x04, refusal.getInt(8), "ESME_RINVBNDSTS");
    assertTrue(smsc.requests.isEmpty());
  }

  @Test
  void whoUnbindsWhileHisPasswordIsLookedAtIsNotBound(Vertx vertx) throws Exception {
    Promise<Integer> looking = Promise.promise();
    Recorder slow = new Recorder() {
      @Override
      public Future<Integer> onBind(SmppSession session, BaseBind<?> bind) {
        sessions.add(session);
        return looking.future();
      }
    };
    RawPeer esme = RawPeer.connect(vertx, server(vertx, SessionOptions.DEFAULTS, slow).port());
    BaseBind<?> bind = Sessions.bindTo(0).toRequest();
    bind.setSequenceNumber(1);
    Buffer first = RawPeer.bytes(bind);
    bind.setSequenceNumber(3);
    esme.send(first.appendBuffer(RawPeer.pdu(0x06, 0, 2)).appendBuffer(RawPeer.bytes(bind)));
    assertEquals(0x80000006, next(esme.frames).getInt(4));
    Buffer refusal = next(esme.frames);
    assertEquals(3, refusal.getInt(12));
    assertEquals(0x04, refusal.getInt(8), "ESME_RINVBNDSTS");
    SmppSession session = next(slow.sessions);
    looking.complete(0);
    await(Future.future(told -> session.context().runOnContext(v -> told.complete())));
    assertNotEquals(SmppSession.State.BOUND, session.state());
    assertEquals(CloseReason.UNBOUND_BY_PEER, next(slow.closed));
    next(esme.closed);
    assertTrue(esme.frames.isEmpty(), "the first bind is not answered any more");
  }

  @Test
  void whoUnbindsBeforeHeIsBoundIsNotBoundAfterwards(Vertx vertx) throws Exception {
    RawPeer esme = RawPeer.connect(vertx, server(vertx, SessionOptions.DEFAULTS, smsc).port());
    BaseBind<?> bind = Sessions.bindTo(0).toRequest();
    bind.setSequenceNumber(2);
    esme.send(RawPeer.pdu(0x06, 0, 1).appendBuffer(RawPeer.bytes(bind)));
    assertEquals(0x80000006, next(esme.frames).getInt(4));
    assertEquals(0x04, next(esme.frames).getInt(8), "ESME_RINVBNDSTS");
    assertTrue(smsc.sessions.isEmpty());
  }

  @Test
  void aCarrierThatUnbindsBeforeItAnswersTheBindHasNotBoundUs(Vertx vertx) throws Exception {
    var server = vertx.createNetServer().connectHandler(socket -> socket.handler(bytes -> {
      if (bytes.getInt(4) == 9) socket.write(RawPeer.pdu(0x06, 0, 1).appendBuffer(RawPeer.pdu(0x80000009, 0, bytes.getInt(12), (byte) 'x', (byte) 0)));
    }));
    await(server.listen(0, "127.0.0.1"));
    Throwable failure = await(new SmppClient(vertx).bind(Sessions.bindTo(server.actualPort()), new Recorder()).transform(bound -> Future.succeededFuture(bound.cause())));
    assertEquals(CloseReason.UNBOUND_BY_PEER, ((SessionClosed) failure).reason());
  }

  /** FIELD trap 15. */
  @Test
  void anErrorAnswerWithoutABodyIsAnAnswer(Vertx vertx) throws Exception {
    SubmitSmResp answer = (SubmitSmResp) answered(vertx, 0x80000004, 0x58);
    assertEquals(0x58, answer.getCommandStatus());
    assertNull(answer.getMessageId());
  }

  @Test
  void aMessageIdWithoutItsTerminatorIsTakenAsItIs(Vertx vertx) throws Exception {
    SubmitSmResp answer = (SubmitSmResp) answered(vertx, 0x80000004, 0, "abc".getBytes());
    assertEquals("abc", answer.getMessageId());
  }

  @Test
  void aGenericNackAnswersTheRequest(Vertx vertx) throws Exception {
    assertTrue(answered(vertx, 0x80000000, 0x03) instanceof GenericNack);
  }

  @Test
  void anErrorBindAnswerWithoutABodyIsARefusal(Vertx vertx) throws Exception {
    var server = vertx.createNetServer().connectHandler(socket ->
      socket.handler(bytes -> socket.write(RawPeer.pdu(0x80000009, 0x0F, bytes.getInt(12)))));
    await(server.listen(0, "127.0.0.1"));
    Throwable refused = await(new SmppClient(vertx).bind(Sessions.bindTo(server.actualPort()), new Recorder())
      .transform(bound -> Future.succeededFuture(bound.cause())));
    assertEquals(0x0F, ((BindRefused) refused).status());
  }

  @Test
  void mutatedPdusNeverHarmTheProcessNorAnotherSession(Vertx vertx) throws Exception {
    int port = server(vertx, SessionOptions.DEFAULTS, new Answering()).port();
    SmppSession bystander = bind(vertx, port, SessionOptions.DEFAULTS, new Recorder());
    Random random = new Random(20250102);
    for (int round = 0; round < 200; round++) {
      RawPeer attacker = RawPeer.bound(vertx, port);
      Buffer stream = Buffer.buffer();
      for (int i = 0; i < 100; i++) {
        stream.appendBuffer(mutated(random, i));
      }
      attacker.send(stream);
      if (round % 20 == 0) {
        assertEquals(0, await(bystander.request(submit("alive"))).getCommandStatus());
      }
    }
    assertEquals(0, await(bystander.request(submit("alive"))).getCommandStatus());
  }

  /** A submit_sm, bind, unbind, data_sm or deliver_sm with some octets changed; mostly the frame stays intact. */
  private static Buffer mutated(Random random, int sequence) {
    Buffer pdu = submitted("mutant " + sequence, sequence);
    int[] commands = {SUBMIT_SM, 1, 2, 3, 5, 8, 9, 0x15, 0x103, 0x80000004, 0x80000000, random.nextInt()};
    pdu.setInt(4, commands[random.nextInt(commands.length)]);
    int from = random.nextInt(40) == 0 ? 0 : 8;
    for (int k = random.nextInt(8); k > 0; k--) {
      pdu.setByte(from + random.nextInt(pdu.length() - from), (byte) random.nextInt(256));
    }
    return pdu;
  }

  /** What the client is told when the SMSC answers its submit_sm with these octets. */
  private static PduResponse answered(Vertx vertx, int commandId, int status, byte... body) throws Exception {
    RawPeer smsc = RawPeer.listen(vertx, socket -> { });
    smsc.answerSubmits(frame -> RawPeer.pdu(commandId, status, frame.getInt(12), body));
    SmppSession session = bind(vertx, smsc.port(), SessionOptions.DEFAULTS, new Recorder());
    return await(session.request(submit("?")));
  }

  private static Buffer submitted(String text, int sequence) {
    SubmitSm sm = submit(text);
    sm.setSequenceNumber(sequence);
    return RawPeer.bytes(sm);
  }
}
