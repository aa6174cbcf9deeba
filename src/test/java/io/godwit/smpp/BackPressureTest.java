package io.godwit.smpp;

import static io.godwit.smpp.Sessions.await;
import static io.godwit.smpp.Sessions.bind;
import static io.godwit.smpp.Sessions.bindTo;
import static io.godwit.smpp.Sessions.next;
import static io.godwit.smpp.Sessions.server;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.cloudhopper.smpp.pdu.PduRequest;
import com.cloudhopper.smpp.pdu.PduResponse;
import io.godwit.smpp.Sessions.Recorder;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetSocket;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Peers and owners that take less than the other side gives. */
@ExtendWith(VertxExtension.class)
class BackPressureTest {
  private static final int WINDOW = 100_000;
  private static final SessionOptions WIDE = SessionOptions.DEFAULTS.withWindow(WINDOW).withEnquireInterval(Duration.ZERO);

  @Test
  void aPeerThatDoesNotReadStopsThePumpLongBeforeTheWindowIsFull(Vertx vertx) throws Exception {
    BlockingQueue<NetSocket> peers = new LinkedBlockingQueue<>();
    RawPeer smsc = RawPeer.listen(vertx, socket -> {
      socket.pause();
      peers.add(socket);
    });
    smsc.answerSubmits(frame -> RawPeer.pdu(0x80000004, 0, frame.getInt(12), (byte) '1', (byte) 0));
    LargeMessages pump = new LargeMessages();
    SmppSession session = bind(vertx, smsc.port(), WIDE, pump);
    await(pump.stopped.future());
    // by now the kernel may have taken some more, so free() may be above 0 again
    assertTrue(pump.sent < 5000, pump.sent + " messages of 10,000 octets went out");
    pump.full = true;
    next(peers).resume();
    await(pump.allAnswered.future());
  }

  /** Sends messages of 10,000 octets until there is no room, and then only waits. */
  private static final class LargeMessages extends Recorder implements ResponseHandler {
    final Promise<Void> stopped = Promise.promise();
    final Promise<Void> allAnswered = Promise.promise();
    volatile boolean full;
    volatile int sent;
    private int answered;

    @Override
    public void onWindowOpen(SmppSession session) {
      while (!full && session.free() > 0) {
        session.request(Pdus.submit(Sessions.FROM, Sessions.TO, new byte[10_000], (byte) 4, false, false), this);
        sent++;
      }
      full = true;
      stopped.tryComplete();
    }

    @Override
    public void onResponse(PduResponse response) {
      if (++answered == sent) {
        allAnswered.complete();
      }
    }

    @Override
    public void onUnanswered(Unanswered reason) {
      allAnswered.tryFail(reason.toString());
    }
  }

  @Test
  void aPausedSessionReadsNothingUntilItIsResumed(Vertx vertx) throws Exception {
    Recorder smsc = new Recorder();
    SmppSession client = bind(vertx, server(vertx, WIDE, smsc).port(), WIDE, new Recorder());
    SmppSession session = next(smsc.sessions);
    Promise<Void> paused = Promise.promise();
    session.context().runOnContext(v -> {
      session.pause();
      paused.complete();
    });
    await(paused.future());
    var answer = client.request(Sessions.submit("patience"));
    // A round trip on another session: had the first one been read, it would have been by now.
    await(new SmppClient(vertx).bind(bindTo(client.remoteAddress().port()), new Recorder()));
    assertTrue(smsc.requests.isEmpty());
    session.resume();
    PduRequest<?> request = next(smsc.requests);
    session.respond(request.createResponse());
    assertEquals(0, await(answer).getCommandStatus());
  }

  @Test
  void whileReadingIsPausedNothingExpires(Vertx vertx) throws Exception {
    Recorder smsc = new Sessions.Answering();
    SessionOptions hasty = WIDE.withResponseTimeout(Duration.ofMillis(80));
    SmppSession client = bind(vertx, server(vertx, WIDE, smsc).port(), hasty, new Recorder());
    client.pause();
    var answer = client.request(Sessions.submit("answered while nobody reads"));
    next(smsc.requests);
    SmppSession server = next(smsc.sessions);
    await(Future.future(turn -> server.context().runOnContext(v -> turn.complete()))); // the turn in which it was answered is over
    // Longer than the response time-out: what is tested is that this time does not count.
    await(vertx.timer(200).mapEmpty());
    client.resume();
    assertEquals(0, await(answer).getCommandStatus());
  }
}
