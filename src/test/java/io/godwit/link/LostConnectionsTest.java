package io.godwit.link;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.cloudhopper.smpp.pdu.DeliverSm;
import com.cloudhopper.smpp.pdu.PduRequest;
import io.godwit.message.Lane;
import io.godwit.message.Message;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.smpp.AddressPlan;
import io.godwit.smpp.BindOptions;
import io.godwit.smpp.BindType;
import io.godwit.smpp.CarrierId.IdForm;
import io.godwit.smpp.Pdus;
import io.godwit.smpp.SessionHandler;
import io.godwit.smpp.SmppClient;
import io.godwit.smpp.SmppSession;
import io.godwit.testing.Await;
import io.godwit.testing.Gate;
import io.godwit.testing.TestNode;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetServerOptions;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a carrier delivers, and delivers again over the next connection, while the set that is to store it does not answer. */
class LostConnectionsTest {
  private static final String LAST = "+4917099999999";
  private static final LinkConfig LINK = LinkConfig.from("sim", new JsonObject().put("host", "carrier").put("systemId", "godwit"));
  private final TestNode test = TestNode.start(1);
  private final Gate gate = new Gate();
  private final TestNode process = test.another(gate);
  private final MessageQueue queue = process.node.queue(0);
  private final Context context = process.vertx.getOrCreateContext();
  private final Inbox inbox = Await.on(context, () -> Future.succeededFuture(inbox()));
  private final RecordingCarrier carrier = RecordingCarrier.listen(test, new NetServerOptions());
  private final SmppSession lost = session();
  private final SmppSession next = session();

  @AfterEach
  void stop() {
    Await.on(context, inbox::close);
    process.close();
    gate.close();
    test.close();
  }

  private Inbox inbox() {
    Carriers carriers = new Carriers(link -> IdForm.DETECT);
    return new Inbox(context, process.sets, queue, "sim", queue.openSlot("inbox-sim"), new Awaiting("sim", 1, queue::now), carriers, new Unrecognised(process.node.meters()), () -> LINK);
  }

  private SmppSession session() {
    return test.await(() -> new SmppClient(test.vertx).bind(BindOptions.of("127.0.0.1", carrier.port(), "godwit", "", BindType.TRX), new Deaf()));
  }

  private static final class Deaf implements SessionHandler {
    @Override
    public void onRequest(SmppSession session, PduRequest<?> request) {
    }
  }

  private void onContext(Runnable what) {
    Await.on(context, () -> {
      what.run();
      return Future.succeededFuture();
    });
  }

  private static DeliverSm from(String handset) {
    DeliverSm pdu = Pdus.deliver(AddressPlan.DEFAULT.address(handset), AddressPlan.DEFAULT.address("+4915100000000"), new byte[] {'Y'}, (byte) 0, false);
    pdu.setSequenceNumber(1);
    return pdu;
  }

  /** Who sent what is stored, to be understood. */
  private List<String> stored() {
    return Await.on(context, () -> queue.waiting(context, Parcel.INBOUND, Lane.ALERT, Long.MIN_VALUE, Set.of(), 100)).stream()
      .flatMap(parcel -> parcel.messages().stream()).map(Message::from).toList();
  }

  /** One delivery is in a commit that hangs, and so many wait behind it, when their connection is lost; then one comes over the next connection. */
  private List<String> storedAfterALoss(int waiting) {
    Gate.Stop hanging = gate.before("commitTransaction", null);
    onContext(() -> inbox.take(lost, from("+4917012345678")));
    hanging.reached();
    onContext(() -> {
      for (int i = 0; i < waiting; i++) inbox.take(lost, from("+4917012345678"));
      inbox.forget(lost);
      inbox.take(next, from(LAST));
    });
    hanging.pass();
    Await.until("the last is stored", () -> stored().contains(LAST));
    return stored();
  }

  @Test
  void deliveriesOfLostConnectionsDoNotPileUpWhileASetIsDown() {
    assertEquals(2, storedAfterALoss(1_001).size());
  }

  @Test
  void someAreKeptForCarriersThatDoNotDeliverAgain() {
    assertEquals(12, storedAfterALoss(10).size());
  }
}
