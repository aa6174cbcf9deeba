package io.godwit.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.cloudhopper.smpp.pdu.PduRequest;
import io.godwit.smpp.SmppClient;
import io.godwit.smpp.SmppSession;
import io.godwit.testing.Await;
import io.godwit.testing.PduPeer;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How often a carrier that breaks off is bound again. */
class BindsTest {
  private static final int UNBIND = 6;
  private static final int BIND_TRX = 9;
  private static final long HOUR = 3_600_000;

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  /** When each bind came, nanoseconds. */
  private final BlockingQueue<Long> came = new LinkedBlockingQueue<>();
  /** The status of the answer to each bind. */
  private volatile int status;
  /** Of the connection that bound last. */
  private volatile PduPeer peer;
  private volatile int sequence;
  private Binds binds;

  @AfterEach
  void close() {
    Await.on(context, () -> binds.unbind());
    Await.await(vertx.close());
  }

  /** With a carrier that hangs up as soon as it has answered the bind. */
  private void hold(Pauses pauses) {
    hold(pauses, this::answerAndHangUp);
  }

  private void hold(Pauses pauses, Handler<NetSocket> connected) {
    NetServer carrier = vertx.createNetServer().connectHandler(connected);
    Await.await(carrier.listen(0, "127.0.0.1"));
    LinkConfig config = LinkConfig.from("sim", new JsonObject().put("host", "127.0.0.1").put("port", carrier.actualPort()).put("systemId", "godwit"));
    Await.on(context, () -> {
      binds = new Binds(context, config, new SmppClient(vertx, config.net()), pauses, new Nobody());
      binds.hold(0);
      return Future.succeededFuture();
    });
  }

  /** The test answers the bind. */
  private void waitForTheTest(NetSocket socket) {
    PduPeer[] here = new PduPeer[1];
    here[0] = new PduPeer(socket, request -> {
      if (request.command() == UNBIND) here[0].send(PduPeer.pdu(0x80000000 | UNBIND, 0, request.sequence()));
      if (request.command() != BIND_TRX) return;
      peer = here[0];
      sequence = request.sequence();
      came.add(System.nanoTime());
    });
  }

  /** Numbers of the seats that others may have after that. */
  private Set<Integer> left(Runnable action) {
    return Await.on(context, () -> {
      action.run();
      return Future.succeededFuture(binds.left());
    });
  }

  private void answerTheBind() {
    peer.send(PduPeer.pdu(0x80000000 | BIND_TRX, status, sequence, (byte) 'x', (byte) 0));
  }

  private void answerAndHangUp(NetSocket socket) {
    PduPeer[] peer = new PduPeer[1];
    peer[0] = new PduPeer(socket, request -> {
      if (request.command() != BIND_TRX) return;
      came.add(System.nanoTime());
      peer[0].send(PduPeer.pdu(0x80000000 | BIND_TRX, status, request.sequence(), (byte) 'x', (byte) 0));
      peer[0].close();
    });
  }

  /** Milliseconds between so many binds and the next ones. */
  private List<Long> gaps(int count) throws InterruptedException {
    List<Long> gaps = new ArrayList<>();
    long last = next();
    while (gaps.size() < count) {
      long now = next();
      gaps.add(TimeUnit.NANOSECONDS.toMillis(now - last));
      last = now;
    }
    return gaps;
  }

  private long next() throws InterruptedException {
    Long at = came.poll(20, TimeUnit.SECONDS);
    if (at == null) throw new AssertionError("the carrier was not bound again within 20 s");
    return at;
  }

  @Test
  void aCarrierThatAcceptsTheBindAndHangsUpIsBoundAgainAfterGrowingPauses() throws Exception {
    hold(new Pauses(40, 320, HOUR));
    List<Long> gaps = gaps(5);
    long[] least = {20, 40, 80, 160, 160};
    for (int i = 0; i < least.length; i++) assertTrue(gaps.get(i) >= least[i], "pauses of " + gaps + " ms");
  }

  @Test
  void aBindThatIsRefusedBetweenTwoLossesDoesNotBeginAnew() throws Exception {
    status = 0x0D; // ESME_RBINDFAIL
    hold(new Pauses(40, 320, HOUR));
    List<Long> refused = gaps(2);
    status = 0;
    List<Long> lost = gaps(2);
    assertTrue(lost.get(0) >= 160 && lost.get(1) >= 160, "pauses of " + refused + " and then " + lost + " ms");
  }

  @Test
  void aBindThatHasLivedForAWhileIsBoundAgainSoonHoweverOftenItIsLost() throws Exception {
    hold(new Pauses(10, HOUR, 0));
    assertEquals(14, gaps(14).size()); // growing pauses would make minutes of them
  }

  @Test
  void aSeatThatIsLeftWhileItsBindIsUnderWayIsOthersWhenThatWasUnboundAgain() throws Exception {
    hold(new Pauses(40, 320, HOUR), this::waitForTheTest);
    next();
    assertEquals(Set.of(), left(() -> binds.leave(0)));
    answerTheBind();
    Await.until("it is bound", () -> Await.on(context, () -> Future.succeededFuture(binds.bound())) == 1);
    assertEquals(List.of(), Await.on(context, () -> Future.succeededFuture(binds.transmitters())));
    assertEquals(Set.of(), left(() -> binds.hold(0)));
    Await.until("it is unbound", () -> left(() -> { }).equals(Set.of(0)));
    assertEquals(0, came.size(), "binds after the first");
  }

  @Test
  void aSeatThatIsLeftWhileItsBindIsUnderWayIsOthersWhenThatWasRefused() throws Exception {
    status = 0x0D; // ESME_RBINDFAIL
    hold(new Pauses(40, HOUR, HOUR), this::waitForTheTest);
    next();
    assertEquals(Set.of(), left(() -> binds.leave(0)));
    answerTheBind();
    Await.until("it was refused", () -> left(() -> { }).equals(Set.of(0)));
  }

  /** An owner whom nothing interests. */
  static class Nobody implements Binds.Owner {
    @Override
    public void changed() {
    }

    @Override
    public void lost(SmppSession session) {
    }

    @Override
    public void take(SmppSession session, PduRequest<?> request) {
    }

    @Override
    public void windowOpen() {
    }
  }
}
