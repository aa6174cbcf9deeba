package io.godwit.smpp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.cloudhopper.smpp.pdu.GenericNack;
import com.cloudhopper.smpp.pdu.Pdu;
import com.cloudhopper.smpp.pdu.PduResponse;
import com.cloudhopper.smpp.tlv.Tlv;
import com.cloudhopper.smpp.type.Address;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.junit.jupiter.api.Test;

class PduCodecTest {
  private final PduCodec codec = new PduCodec();

  @Test
  void submitMultiIsReadAsItWasWritten() throws Exception {
    SubmitMulti sm = new SubmitMulti();
    sm.setSequenceNumber(5);
    sm.setSourceAddress(Sessions.FROM);
    sm.destinations().add(Sessions.TO);
    sm.destinations().add(new Address((byte) 1, (byte) 1, "4915112345678"));
    sm.distributionLists().add("friends");
    sm.setShortMessage("Hello".getBytes());
    sm.setRegisteredDelivery((byte) 1);
    sm.addOptionalParameter(new Tlv((short) 0x0204, new byte[] {0, 9}));
    SubmitMulti read = (SubmitMulti) again(sm);
    assertEquals(List.of("447700900123", "4915112345678"), read.destinations().stream().map(Address::getAddress).toList());
    assertEquals(List.of("friends"), read.distributionLists());
    assertEquals("Hello", new String(read.getShortMessage()));
    assertEquals("Godwit", read.getSourceAddress().getAddress());
    assertEquals(1, read.getRegisteredDelivery());
    assertArrayEquals(new byte[] {0, 9}, read.getOptionalParameter((short) 0x0204).getValue());
    assertEquals(5, read.createResponse().getSequenceNumber());
  }

  @Test
  void submitMultiRespNamesWhoWasRefused() throws Exception {
    SubmitMultiResp resp = new SubmitMultiResp();
    resp.setSequenceNumber(5);
    resp.setMessageId("77");
    resp.unsuccessful().add(new SubmitMultiResp.Unsuccessful(Sessions.TO, 0x0B));
    SubmitMultiResp read = (SubmitMultiResp) again(resp);
    assertEquals("77", read.getMessageId());
    assertEquals(0x0B, read.unsuccessful().get(0).status());
    assertEquals("447700900123", read.unsuccessful().get(0).destination().getAddress());
  }

  @Test
  void replaceSmIsReadAsItWasWritten() throws Exception {
    ReplaceSm sm = new ReplaceSm().of("77", Sessions.FROM, "Other".getBytes());
    sm.setSequenceNumber(6);
    ReplaceSm read = (ReplaceSm) again(sm);
    assertEquals("77", read.messageId());
    assertEquals("Other", new String(read.shortMessage()));
    assertEquals(6, ((ReplaceSmResp) again(read.createResponse())).getSequenceNumber());
  }

  @Test
  void aPduThatGetsATlvAfterItWasSentIsSentWithIt() throws Exception {
    var sm = Sessions.submit("throttled");
    sm.setSequenceNumber(1);
    again(sm);
    sm.addOptionalParameter(new Tlv((short) 0x1400, new byte[] {1, 2, 3}));
    assertEquals(3, again(sm).getOptionalParameter((short) 0x1400).getValue().length);
  }

  @Test
  void everyAnswerCountsWithoutItsBody() throws Exception {
    for (int id : new int[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 0x15, 0x21, 0x103}) {
      var frame = Unpooled.wrappedBuffer(RawPeer.pdu(0x80000000 | id, 0x45, 9).getBytes());
      PduResponse answer = (PduResponse) codec.decode(frame);
      assertEquals(0x45, answer.getCommandStatus(), "answer to " + id);
      assertEquals(9, answer.getSequenceNumber());
    }
    assertEquals(GenericNack.class, codec.decode(Unpooled.wrappedBuffer(RawPeer.pdu(0x80000003, 0x67, 9).getBytes())).getClass());
  }

  @Test
  void aRequestCutOffIsUnreadable() {
    for (int id : new int[] {1, 3, 4, 5, 7, 8, 0x21, 0x103}) {
      assertThrows(PduCodec.Unreadable.class, () -> codec.decode(Unpooled.wrappedBuffer(RawPeer.pdu(id, 0, 9, (byte) 1).getBytes())));
    }
  }

  private Pdu again(Pdu pdu) throws Exception {
    ByteBuf encoded = Unpooled.buffer();
    codec.encode(pdu, encoded);
    return codec.decode(encoded);
  }
}
