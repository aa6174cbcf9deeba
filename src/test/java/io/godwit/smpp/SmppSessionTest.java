package io.godwit.smpp;

import static io.godwit.smpp.Sessions.await;
import static io.godwit.smpp.Sessions.bind;
import static io.godwit.smpp.Sessions.bindTo;
import static io.godwit.smpp.Sessions.next;
import static io.godwit.smpp.Sessions.server;
import static io.godwit.smpp.Sessions.submit;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.cloudhopper.smpp.pdu.BaseBind;
import com.cloudhopper.smpp.pdu.DeliverSm;
import com.cloudhopper.smpp.pdu.DeliverSmResp;
import com.cloudhopper.smpp.pdu.PduRequest;
import com.cloudhopper.smpp.pdu.PduResponse;
import com.cloudhopper.smpp.pdu.SubmitSm;
import com.cloudhopper.smpp.pdu.SubmitSmResp;
import io.godwit.smpp.Sessions.Answering;
import io.godwit.smpp.Sessions.Recorder;
import io.godwit.testing.Alarm;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class SmppSessionTest {
  /** Whoever tests a time sets it: the others are so long that no standstill of a slow machine is as long. */
  private static final SessionOptions QUIET = SessionOptions.DEFAULTS.withEnquireInterval(Duration.ZERO).withBindTimeout(Duration.ofMinutes(1))
    .withUnbindTimeout(Duration.ofMinutes(1));
  private final Recorder esme = new Recorder();

  @Test
  void aBoundSessionSubmitsAndIsAnswered(Vertx vertx) throws Exception {
    SmppServer smsc = server(vertx, QUIET, new Answering());
    SmppSession session = bind(vertx, smsc.port(), QUIET, esme);
    SubmitSmResp answer = (SubmitSmResp) await(session.request(submit("Hello")));
    assertEquals("id-" + answer.getSequenceNumber(), answer.getMessageId());
    assertEquals(0, session.inFlight());
  }

  @Test
  void theServerDeliversAndIsAnsweredLaterFromAnyThread(Vertx vertx) throws Exception {
    Recorder smsc = new Recorder();
    SmppSession session = bind(vertx, server(vertx, QUIET, smsc).port(), QUIET, esme);
    Future<PduResponse> answer = next(smsc.sessions).request(Pdus.deliver(Sessions.TO, Sessions.FROM, new byte[] {'Y'}, (byte) 0, false));
    PduRequest<?> delivered = next(esme.requests);
    assertTrue(delivered instanceof DeliverSm);
    assertFalse(answer.isComplete());
    session.respond(delivered.createResponse());
    assertTrue(await(answer) instanceof DeliverSmResp);
  }

  @Test
  void aWrongPasswordIsFinal(Vertx vertx) throws Exception {
    SmppServer smsc = server(vertx, QUIET, new Answering());
    BindOptions wrong = BindOptions.of("127.0.0.1", smsc.port(), "esme", "guess", BindType.TX);
    var failure = assertThrows(ExecutionException.class, () -> await(new SmppClient(vertx).bind(wrong, esme)));
    BindRefused refused = (BindRefused) failure.getCause();
    assertEquals(0x0E, refused.status());
    assertTrue(refused.isFinal());
    assertTrue(esme.closed.isEmpty());
  }

  @Test
  void anExistingBindIsNotFinal(Vertx vertx) throws Exception {
    SmppServer smsc = server(vertx, QUIET, new Recorder() {
      @Override
      public Future<Integer> onBind(SmppSession session, BaseBind<?> bind) {
        return Future.succeededFuture(0x05);
      }
    });
    var failure = assertThrows(ExecutionException.class, () -> await(new SmppClient(vertx).bind(bindTo(smsc.port()), esme)));
    assertFalse(((BindRefused) failure.getCause()).isFinal());
  }

  @Test
  void aBindThatIsNotAnsweredTimesOut(Vertx vertx) throws Exception {
    SmppServer smsc = server(vertx, QUIET, new Recorder() {
      @Override
      public Future<Integer> onBind(SmppSession session, BaseBind<?> bind) {
        return Promise.<Integer>promise().future();
      }
    });
    BindOptions hasty = bindTo(smsc.port()).withSession(QUIET.withBindTimeout(Duration.ofMillis(50)));
    var failure = assertThrows(ExecutionException.class, () -> await(new SmppClient(vertx).bind(hasty, esme)));
    assertEquals(CloseReason.BIND_TIMEOUT, ((SessionClosed) failure.getCause()).reason());
  }

  @Test
  void whoDoesNotBindIsDisconnected(Vertx vertx) throws Exception {
    Recorder smsc = new Recorder();
    int port = server(vertx, QUIET.withBindTimeout(Duration.ofMillis(50)), smsc).port();
    RawPeer.connect(vertx, port);
    assertEquals(CloseReason.BIND_TIMEOUT, next(smsc.closed));
  }

  @Test
  void requestsInFlightAreToldWhenTheConnectionEnds(Vertx vertx) throws Exception {
    Recorder smsc = new Recorder();
    SmppSession session = bind(vertx, server(vertx, QUIET, smsc).port(), QUIET, esme);
    BlockingQueue<String> told = new LinkedBlockingQueue<>();
    session.context().runOnContext(v -> {
      for (int i = 0; i < 10; i++) {
        session.request(submit("m" + i), telling(told));
      }
    });
    next(smsc.requests);
    next(smsc.sessions).close();
    for (int i = 0; i < 10; i++) {
      assertEquals("CLOSED", next(told));
    }
    assertEquals(CloseReason.DISCONNECTED, next(esme.closed));
    assertTrue(esme.closed.isEmpty());
    assertEquals(0, session.inFlight());
  }

  @Test
  void whatIsAskedOfAClosedSessionIsNotWritten(Vertx vertx) throws Exception {
    SmppSession session = bind(vertx, server(vertx, QUIET, new Answering()).port(), QUIET, esme);
    session.close();
    await(session.ended());
    assertEquals(0, session.free());
    assertFalse(await(onLoop(session, () -> session.request(submit("late"), telling(new LinkedBlockingQueue<>())))));
  }

  @Test
  void anUnansweredRequestTimesOutAndItsLateAnswerStillArrives(Vertx vertx) throws Exception {
    Recorder smsc = new Recorder();
    SessionOptions hasty = QUIET.withResponseTimeout(Duration.ofMillis(60)).withWindow(1);
    SmppSession session = bind(vertx, server(vertx, QUIET, smsc).port(), hasty, esme);
    BlockingQueue<String> told = new LinkedBlockingQueue<>();
    assertTrue(await(onLoop(session, () -> session.request(submit("slow"), telling(told)))));
    assertEquals("TIMEOUT", next(told));
    assertEquals(1, session.free());
    next(smsc.sessions).respond(next(smsc.requests).createResponse());
    assertEquals("late 0", next(told));
  }

  @Test
  void aFullWindowIsTheCallersMistake(Vertx vertx) throws Exception {
    SmppSession session = bind(vertx, server(vertx, QUIET, new Recorder()).port(), QUIET.withWindow(2), esme);
    session.request(submit("1"));
    session.request(submit("2"));
    assertThrows(ExecutionException.class, () -> await(session.request(submit("3"))));
    assertEquals(0, session.free());
    assertEquals(2, session.inFlight());
  }

  @Test
  void aPumpThatFillsFreeSlotsSendsEverything(Vertx vertx) throws Exception {
    SmppServer smsc = server(vertx, QUIET, new Answering());
    Pump pump = new Pump(10_000);
    bind(vertx, smsc.port(), QUIET.withWindow(7), pump);
    await(pump.done.future());
    assertEquals(7, pump.mostInFlight);
  }

  @Test
  void aMessageTooLongForThePduIsRefusedAndTakesNoSlot(Vertx vertx) throws Exception {
    SmppSession session = bind(vertx, server(vertx, QUIET, new Answering()).port(), QUIET, esme);
    SubmitSm endless = Pdus.submit(Sessions.FROM, Sessions.TO, new byte[70_000], (byte) 4, false, false);
    assertThrows(ExecutionException.class, () -> await(session.request(endless)));
    assertEquals(0, session.inFlight());
    SubmitSm payload = Pdus.submit(Sessions.FROM, Sessions.TO, new byte[40_000], (byte) 4, false, false);
    assertEquals(0, await(session.request(payload)).getCommandStatus());
  }

  @Test
  void sequenceNumbersBeginAgainAtOne(Vertx vertx) throws Exception {
    SmppSession session = bind(vertx, server(vertx, QUIET, new Answering()).port(), QUIET, esme);
    await(onLoop(session, () -> {
      session.lastSequence(0x7FFFFFFE);
      return true;
    }));
    assertEquals(0x7FFFFFFF, await(session.request(submit("last"))).getSequenceNumber());
    assertEquals(1, await(session.request(submit("first"))).getSequenceNumber());
  }

  @Test
  void unbindWaitsForWhatIsInFlight(Vertx vertx) throws Exception {
    Recorder smsc = new Recorder();
    SmppSession session = bind(vertx, server(vertx, QUIET, smsc).port(), QUIET, esme);
    Future<PduResponse> answer = session.request(submit("the last"));
    PduRequest<?> request = next(smsc.requests);
    Future<Void> unbound = session.unbind();
    assertFalse(unbound.isComplete());
    next(smsc.sessions).respond(request.createResponse());
    await(unbound);
    assertEquals(0, await(answer).getCommandStatus());
    assertEquals(CloseReason.UNBOUND_BY_US, next(esme.closed));
    assertEquals(CloseReason.UNBOUND_BY_PEER, next(smsc.closed));
  }

  @Test
  void thePeersUnbindIsAnsweredAfterItsRequests(Vertx vertx) throws Exception {
    DeliverSm reply = Pdus.deliver(Sessions.TO, Sessions.FROM, new byte[] {'Y'}, (byte) 0, false);
    reply.setSequenceNumber(1);
    RawPeer smsc = RawPeer.listen(vertx, socket ->
      socket.write(RawPeer.bytes(reply).appendBuffer(RawPeer.pdu(0x00000006, 0, 2))));
    SmppSession session = bind(vertx, smsc.port(), QUIET, esme);
    next(smsc.frames);
    PduRequest<?> delivered = next(esme.requests);
    assertTrue(smsc.frames.isEmpty());
    session.respond(delivered.createResponse());
    assertEquals(0x80000005, next(smsc.frames).getInt(4));
    assertEquals(0x80000006, next(smsc.frames).getInt(4));
    assertEquals(CloseReason.UNBOUND_BY_PEER, next(esme.closed));
  }

  /** As before a carrier's upkeep. The enquire_link behind the unbind is answered at once: so the unbind was read before it. */
  @Test
  void thePeersUnbindIsAnsweredAfterOurRequestsAreAndNothingNewIsSent(Vertx vertx) throws Exception {
    BlockingQueue<NetSocket> sockets = new LinkedBlockingQueue<>();
    RawPeer smsc = RawPeer.listen(vertx, sockets::add);
    SmppSession session = bind(vertx, smsc.port(), QUIET, esme);
    NetSocket socket = next(sockets);
    next(smsc.frames);
    BlockingQueue<String> told = new LinkedBlockingQueue<>();
    assertTrue(await(onLoop(session, () -> session.request(submit("in flight"), telling(told)))));
    int sequence = next(smsc.frames).getInt(12);
    socket.write(RawPeer.pdu(0x00000006, 0, 7).appendBuffer(RawPeer.pdu(0x00000015, 0, 8)));
    assertEquals(0x80000015, next(smsc.frames).getInt(4));
    assertFalse(await(onLoop(session, () -> session.request(submit("new"), telling(told)))));
    assertEquals(0, session.free());
    socket.write(RawPeer.pdu(0x80000004, 0, sequence, (byte) '1', (byte) 0));
    assertEquals(0x80000006, next(smsc.frames).getInt(4));
    assertEquals("answered 0", told.poll());
    assertEquals(CloseReason.UNBOUND_BY_PEER, next(esme.closed));
  }

  @Test
  void thePeersUnbindIsAnsweredWhenTheTimeForOurRequestsIsOver(Vertx vertx) throws Exception {
    BlockingQueue<NetSocket> sockets = new LinkedBlockingQueue<>();
    RawPeer smsc = RawPeer.listen(vertx, sockets::add);
    SmppSession session = bind(vertx, smsc.port(), QUIET.withUnbindTimeout(Duration.ofSeconds(1)), esme);
    next(smsc.frames);
    BlockingQueue<String> told = new LinkedBlockingQueue<>();
    assertTrue(await(onLoop(session, () -> session.request(submit("never answered"), telling(told)))));
    next(smsc.frames);
    next(sockets).write(RawPeer.pdu(0x00000006, 0, 7));
    assertEquals(0x80000006, next(smsc.frames).getInt(4));
    assertEquals("CLOSED", next(told));
    assertEquals(CloseReason.UNBOUND_BY_PEER, next(esme.closed));
  }

  /** As after a standstill of the process: the clock's next look finds all the times over that an unbind has. */
  @Test
  void thePeersUnbindIsAnsweredAlsoAfterAStandstill(Vertx vertx) throws Exception {
    Recorder standing = new Recorder() {
      @Override
      public void onRequest(SmppSession session, PduRequest<?> request) {
        long until = System.nanoTime() + Duration.ofMillis(150).toNanos();
        while (System.nanoTime() - until < 0) Thread.onSpinWait();
      }
    };
    BlockingQueue<NetSocket> sockets = new LinkedBlockingQueue<>();
    RawPeer smsc = RawPeer.listen(vertx, sockets::add);
    bind(vertx, smsc.port(), QUIET.withUnbindTimeout(Duration.ofMillis(50)), standing);
    next(smsc.frames);
    DeliverSm neverAnswered = Pdus.deliver(Sessions.TO, Sessions.FROM, new byte[] {'Y'}, (byte) 0, false);
    neverAnswered.setSequenceNumber(8);
    next(sockets).write(RawPeer.pdu(0x00000006, 0, 7).appendBuffer(RawPeer.bytes(neverAnswered)));
    assertEquals(0x80000006, next(smsc.frames).getInt(4));
    assertEquals(CloseReason.UNBOUND_BY_PEER, next(standing.closed));
  }

  @Test
  void unbindDoesNotWaitForEver(Vertx vertx) throws Exception {
    SmppSession session = bind(vertx, server(vertx, QUIET, new Recorder()).port(), QUIET.withUnbindTimeout(Duration.ofMillis(50)), esme);
    Future<PduResponse> answer = session.request(submit("never answered"));
    await(session.unbind());
    assertThrows(ExecutionException.class, () -> await(answer));
  }

  /** What is in flight may take its ten seconds, of the 25 in which a process must stop. */
  @Test
  void anUnbindIsAnsweredWithinTwoSecondsOrNotWaitedFor() {
    assertEquals(Duration.ofSeconds(12), QUIET.withUnbindTimeout(Duration.ofSeconds(10)).wholeUnbind());
    assertEquals(Duration.ofMillis(100), QUIET.withUnbindTimeout(Duration.ofMillis(50)).wholeUnbind());
    assertEquals(Duration.ZERO, QUIET.withUnbindTimeout(Duration.ZERO).wholeUnbind(), "never over");
  }

  @Test
  void closingTheServerUnbindsItsSessions(Vertx vertx) throws Exception {
    SmppServer smsc = server(vertx, QUIET, new Answering());
    bind(vertx, smsc.port(), QUIET, esme);
    await(smsc.close());
    assertEquals(CloseReason.UNBOUND_BY_PEER, next(esme.closed));
  }

  @Test
  void enquireLinkKeepsASilentSessionAlive(Vertx vertx) throws Exception {
    AtomicReference<NetSocket> socket = new AtomicReference<>();
    RawPeer smsc = RawPeer.listen(vertx, socket::set);
    SessionOptions asking = QUIET.withEnquireInterval(Duration.ofMillis(40));
    SmppSession session = bind(vertx, smsc.port(), asking, esme);
    next(smsc.frames);
    for (int i = 0; i < 3; i++) {
      Buffer enquire = next(smsc.frames);
      assertEquals(0x15, enquire.getInt(4));
      socket.get().write(RawPeer.pdu(0x80000015, 0, enquire.getInt(12)));
    }
    assertEquals(SmppSession.State.BOUND, session.state());
  }

  @Test
  void aPeerThatDoesNotAnswerEnquireLinkIsGone(Vertx vertx) throws Exception {
    RawPeer smsc = RawPeer.listen(vertx, bindAnswered -> { });
    SessionOptions asking = QUIET.withEnquireInterval(Duration.ofMillis(40)).withResponseTimeout(Duration.ofMillis(60));
    bind(vertx, smsc.port(), asking, esme);
    assertEquals(CloseReason.NOT_ALIVE, next(esme.closed));
  }

  /** Of those before, nothing is kept: their answers are nobody's. */
  @Test
  void ofManyUnansweredEnquireLinksTheLastOneIsWaitedFor(Vertx vertx) throws Exception {
    BlockingQueue<NetSocket> sockets = new LinkedBlockingQueue<>();
    RawPeer smsc = RawPeer.listen(vertx, sockets::add);
    SmppSession session = bind(vertx, smsc.port(), QUIET, esme);
    int bindSequence = next(smsc.frames).getInt(12);
    await(onLoop(session, () -> {
      for (int i = 0; i < 100; i++) session.enquire();
      return true;
    }));
    NetSocket socket = next(sockets);
    for (int i = 1; i <= 100; i++) socket.write(RawPeer.pdu(0x80000015, 0, next(smsc.frames).getInt(12)));
    socket.write(RawPeer.pdu(0x80000015, 0, 4711));
    for (int i = 1; i < 100; i++) assertEquals(bindSequence + i, next(esme.unexpected).getSequenceNumber());
    assertEquals(4711, next(esme.unexpected).getSequenceNumber(), "the hundredth was waited for");
  }

  @Test
  void aSilentClientIsDisconnectedByTheInactivityTimer(Vertx vertx) throws Exception {
    Recorder smsc = new Recorder();
    bind(vertx, server(vertx, QUIET.withInactivityTimeout(Duration.ofMillis(50)), smsc).port(), QUIET, esme);
    assertEquals(CloseReason.INACTIVE, next(smsc.closed));
  }

  @Test
  void aReceiverMayNotSubmit(Vertx vertx) throws Exception {
    SmppServer smsc = server(vertx, QUIET, new Answering());
    BindOptions receiver = BindOptions.of("127.0.0.1", smsc.port(), "esme", "secret", BindType.RX);
    SmppSession session = await(new SmppClient(vertx).bind(receiver, esme));
    assertEquals(0x04, await(session.request(submit("no"))).getCommandStatus());
  }

  @Test
  void aServerWithTooManyUnansweredRequestsStopsReadingAndGoesOnLater(Vertx vertx) throws Exception {
    Recorder smsc = new Recorder();
    SessionOptions strict = QUIET.withMaxUnanswered(10);
    Pump pump = new Pump(2000);
    bind(vertx, server(vertx, strict, smsc).port(), QUIET.withWindow(1000), pump);
    SmppSession serverSide = next(smsc.sessions);
    for (int i = 0; i < 2000; i++) {
      serverSide.respond(next(smsc.requests).createResponse());
    }
    await(pump.done.future());
  }

  @Test
  void whatIsGivenUpIsNotWaitedFor(Vertx vertx) throws Exception {
    Recorder smsc = new Recorder();
    SmppSession session = bind(vertx, server(vertx, QUIET.withMaxUnanswered(10), smsc).port(), QUIET.withWindow(100), esme);
    SmppSession serverSide = next(smsc.sessions);
    for (int i = 0; i < 50; i++) {
      session.request(submit("never answered"));
      next(smsc.requests);
      serverSide.giveUp();
    }
    Future<PduResponse> answer = session.request(submit("answered"));
    serverSide.respond(next(smsc.requests).createResponse());
    assertEquals(0, await(answer).getCommandStatus());
  }

  @Test
  void aHandlerThatFailsAnswersSystemErrorAndTheSessionGoesOn(Vertx vertx) throws Exception {
    SmppServer smsc = server(vertx, QUIET, new Answering() {
      @Override
      public void onRequest(SmppSession session, PduRequest<?> request) {
        if (((SubmitSm) request).getShortMessage()[0] == '!') {
          throw new IllegalStateException("for the test");
        }
        super.onRequest(session, request);
      }
    });
    SmppSession session = bind(vertx, smsc.port(), QUIET, esme);
    assertEquals(0x08, await(session.request(submit("!"))).getCommandStatus());
    assertEquals(0x00, await(session.request(submit("?"))).getCommandStatus());
  }

  @Test
  void theFutureOfATimedOutRequestFails(Vertx vertx) throws Exception {
    SmppSession session = bind(vertx, server(vertx, QUIET, new Recorder()).port(),
      QUIET.withResponseTimeout(Duration.ofMillis(50)), esme);
    var failure = assertThrows(ExecutionException.class, () -> await(session.request(submit("?"))));
    assertTrue(failure.getCause() instanceof TimeoutException);
  }

  /** Sends so many messages as the window has room for, until all are answered. */
  static final class Pump extends Recorder implements ResponseHandler {
    final Promise<Void> done = Promise.promise();
    private int toSend;
    private int toAnswer;
    int mostInFlight;

    Pump(int messages) {
      toSend = messages;
      toAnswer = messages;
    }

    @Override
    public void onWindowOpen(SmppSession session) {
      for (int free = session.free(); free > 0 && toSend > 0; free--) {
        session.request(submit("pumped"), this);
        toSend--;
      }
      mostInFlight = Math.max(mostInFlight, session.inFlight());
    }

    @Override
    public void onResponse(PduResponse response) {
      if (--toAnswer == 0) {
        done.complete();
      }
    }

    @Override
    public void onUnanswered(Unanswered reason) {
      done.tryFail(reason.toString());
    }
  }

  private static ResponseHandler telling(BlockingQueue<String> told) {
    return new ResponseHandler() {
      @Override
      public void onResponse(PduResponse response) {
        told.add("answered " + response.getCommandStatus());
      }

      @Override
      public void onUnanswered(Unanswered reason) {
        told.add(reason.toString());
      }

      @Override
      public void onLateResponse(PduResponse response) {
        told.add("late " + response.getCommandStatus());
      }
    };
  }

  private static <T> Future<T> onLoop(SmppSession session, Callable<T> step) {
    return Future.future(done -> session.context().runOnContext(v -> {
      try {
        done.complete(step.call());
      } catch (Exception e) {
        done.fail(e);
      }
    }));
  }

  /** As when a node stops while a password is looked at: found by mutated binds. */
  @Test
  void aBindThatFailsAfterItsSessionHasEndedIsNoError(Vertx vertx) throws Exception {
    Promise<Integer> looking = Promise.promise();
    Recorder smsc = new Recorder() {
      @Override
      public Future<Integer> onBind(SmppSession session, BaseBind<?> bind) {
        sessions.add(session);
        return looking.future();
      }
    };
    int port = server(vertx, SessionOptions.DEFAULTS, smsc).port();
    try (Alarm alarm = new Alarm()) {
      Future<SmppSession> refused = new SmppClient(vertx).bind(Sessions.bindTo(port), new Recorder());
      SmppSession session = next(smsc.sessions);
      await(session.unbind());
      await(Future.future(told -> session.context().runOnContext(v -> {
        looking.fail("cancelled");
        session.context().runOnContext(w -> told.complete());
      })));
      await(refused.otherwiseEmpty());
      alarm.assertSilent();
    }
  }
}
