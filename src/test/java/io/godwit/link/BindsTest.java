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
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How often a carrier that breaks off is bound again. */
class BindsTest {
  private static final int BIND_TRX = 9;
  private static final long HOUR = 3_600_000;

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  /** When each bind came, nanoseconds. */
  private final BlockingQueue<Long> came = new LinkedBlockingQueue<>();
  /** The status of the answer to each bind. */
  private volatile int status;
  private Binds binds;

  @AfterEach
  void close() {
    Await.on(context, () -> binds.unbind());
    Await.await(vertx.close());
  }

  /** With a carrier that hangs up as soon as it has answered the bind. */
  private void hold(Pauses pauses) {
    NetServer carrier = vertx.createNetServer().connectHandler(this::answerAndHangUp);
    Await.await(carrier.listen(0, "127.0.0.1"));
    LinkConfig config = LinkConfig.from("sim", new JsonObject().put("host", "127.0.0.1").put("port", carrier.actualPort()).put("systemId", "godwit"));
    Await.on(context, () -> {
      binds = new Binds(context, config, new SmppClient(vertx, config.net()), pauses, new Nobody());
      binds.hold(0);
      return Future.succeededFuture();
    });
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

  private static final class Nobody implements Binds.Owner {
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
