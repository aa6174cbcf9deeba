package io.godwit.smpp;

import static io.godwit.smpp.Sessions.await;
import static io.godwit.smpp.Sessions.bindTo;
import static io.godwit.smpp.Sessions.next;
import static io.godwit.smpp.Sessions.server;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.pdu.BaseBind;
import com.cloudhopper.smpp.pdu.BaseBindResp;
import com.cloudhopper.smpp.pdu.DeliverSm;
import com.cloudhopper.smpp.pdu.SubmitSm;
import com.cloudhopper.smpp.tlv.Tlv;
import io.godwit.smpp.Sessions.Answering;
import io.godwit.smpp.Sessions.Recorder;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SMPP 3.3 knows no optional parameters; 3.4 and 5.0 do. */
@ExtendWith(VertxExtension.class)
class InterfaceVersionTest {
  private static BindOptions as(int port, int version) {
    return bindTo(port).withInterfaceVersion((byte) version);
  }

  private static BaseBindResp bindAnswer(Vertx vertx, int port, int version) throws Exception {
    RawPeer peer = RawPeer.connect(vertx, port);
    BaseBind<?> bind = as(port, version).toRequest();
    bind.setSequenceNumber(1);
    peer.send(RawPeer.bytes(bind));
    return (BaseBindResp) RawPeer.decode(next(peer.frames));
  }

  @ParameterizedTest
  @ValueSource(ints = {0x34, 0x50, 0xFF})
  void theServerNamesItsVersionToWhoKnowsOptionalParameters(int version, Vertx vertx) throws Exception {
    BaseBindResp answer = bindAnswer(vertx, server(vertx, SessionOptions.DEFAULTS, new Recorder()).port(), version);
    assertEquals(0, answer.getCommandStatus());
    assertArrayEquals(new byte[] {0x34}, answer.getOptionalParameter(SmppConstants.TAG_SC_INTERFACE_VERSION).getValue());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 0x12, 0x33})
  void whoBoundAsOfSmpp33IsSentNoOptionalParameters(int version, Vertx vertx) throws Exception {
    Recorder smsc = new Recorder();
    int port = server(vertx, SessionOptions.DEFAULTS, smsc).port();
    assertEquals(0, bindAnswer(vertx, port, version).getOptionalParameterCount());
    next(smsc.sessions);
    Answering esme = new Answering();
    await(new SmppClient(vertx).bind(as(port, version), esme));
    DeliverSm receipt = Pdus.receipt(Sessions.TO, Sessions.FROM, "7", Receipt.State.DELIVERED, "id:7 stat:DELIVRD");
    await(next(smsc.sessions).request(receipt));
    DeliverSm delivered = (DeliverSm) next(esme.requests);
    assertEquals(0, delivered.getOptionalParameterCount());
    assertEquals("7", Receipt.parse(delivered).id());
  }

  @Test
  void aCarrierThatIsBoundAsOfSmpp33IsSentNoneEither(Vertx vertx) throws Exception {
    Answering smsc = new Answering();
    int port = server(vertx, SessionOptions.DEFAULTS, smsc).port();
    SmppSession session = await(new SmppClient(vertx).bind(as(port, 0x33), new Recorder()));
    SubmitSm sm = Sessions.submit("Hello");
    sm.addOptionalParameter(new Tlv((short) 0x1400, new byte[] {1}));
    await(session.request(sm));
    assertNull(next(smsc.requests).getOptionalParameter((short) 0x1400));
  }
}
