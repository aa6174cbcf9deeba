package io.godwit.smppserver;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.cloudhopper.smpp.pdu.DeliverSm;
import com.cloudhopper.smpp.pdu.PduResponse;
import com.cloudhopper.smpp.pdu.SubmitSmResp;
import io.godwit.smpp.BindType;
import io.godwit.smpp.Receipt;
import io.godwit.testing.Await;
import io.godwit.testing.GodwitProcess;
import io.godwit.testing.MongoCluster;
import io.godwit.testing.Ports;
import io.godwit.testing.Site;
import io.vertx.core.AsyncResult;
import io.vertx.core.Vertx;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** kill -9 of a gateway while a customer submits and takes receipts over SMPP: what was answered is sent, and each of it has its receipt. */
@Tag("slow")
class KilledServerTest {
  private static final int WINDOW = 20;
  private static final int BEFORE = 300;
  private final Vertx vertx = Vertx.vertx();
  private final Set<String> accepted = ConcurrentHashMap.newKeySet();
  /** Submits whose answer is due. */
  private final AtomicInteger open = new AtomicInteger();
  private volatile boolean going = true;

  /** Keeps a window full until its session ends. */
  private void keepSubmitting(Client client) {
    for (int i = 0; i < WINDOW; i++) submitOne(client);
  }

  private void submitOne(Client client) {
    open.incrementAndGet();
    client.asking(Client.sms("Hello " + accepted.size())).onComplete(done -> {
      answered(client, done);
      open.decrementAndGet();
    });
  }

  private void answered(Client client, AsyncResult<PduResponse> done) {
    if (done.failed()) return;
    if (done.result().getCommandStatus() == 0) accepted.add(((SubmitSmResp) done.result()).getMessageId());
    if (going) submitOne(client);
  }

  @Test
  void whatWasAnsweredIsSentAndHasItsReceipt() {
    try (Site site = Site.open(MongoCluster.sharedThree())) {
      int port = Ports.free();
      GodwitProcess gateway = site.gateway("smpp").with("GODWIT_SMPP_PORT", port).start().awaitReady();
      Client first = new Client(vertx, port).bind("demo", "demo", BindType.TRX);
      keepSubmitting(first);
      Await.until("messages are accepted", 60, () -> accepted.size() >= BEFORE);
      gateway.kill();
      first.closed();
      gateway.start();
      Client second = new Client(vertx, port).bind("demo", "demo", BindType.TRX);
      keepSubmitting(second);
      Await.until("more are accepted", 60, () -> accepted.size() >= 2 * BEFORE);
      going = false;
      Await.until("every submit is answered", 60, () -> open.get() == 0);
      site.awaitAllFinal(90);
      Set<String> told = new HashSet<>();
      Await.until(() -> "each has its receipt; of " + accepted.size() + " are left " + left(told, first, second), 90, () -> left(told, first, second) == 0);
      site.assertNothingLost(accepted);
      assertTrue(site.assertCleanBooks() != null);
      second.unbind();
    } finally {
      Await.await(vertx.close());
    }
  }

  private long left(Set<String> told, Client... clients) {
    for (Client client : clients) for (DeliverSm sm = client.delivered.poll(); sm != null; sm = client.delivered.poll()) told.add(Receipt.parse(sm).id());
    return accepted.stream().filter(id -> !told.contains(id)).count();
  }
}
