package io.godwit.smpp;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.pdu.BaseSmResp;
import com.cloudhopper.smpp.type.Address;
import com.cloudhopper.smpp.type.RecoverablePduException;
import com.cloudhopper.smpp.type.UnrecoverablePduException;
import com.cloudhopper.smpp.util.ByteBufUtil;
import com.cloudhopper.smpp.util.PduUtil;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/** submit_multi_resp: one message_id for all, and the destinations that were refused (SMPP 3.4 §4.5.2). */
public final class SubmitMultiResp extends BaseSmResp {

  /** A destination that the message was not accepted for, and why. */
  public record Unsuccessful(Address destination, int status) {
  }

  private final List<Unsuccessful> unsuccessful = new ArrayList<>();

  public SubmitMultiResp() {
    super(SmppConstants.CMD_ID_SUBMIT_MULTI_RESP, "submit_multi_resp");
  }

  public List<Unsuccessful> unsuccessful() {
    return unsuccessful;
  }

  @Override
  public void readBody(ByteBuf buffer) throws UnrecoverablePduException, RecoverablePduException {
    super.readBody(buffer);
    for (int left = buffer.isReadable() ? buffer.readUnsignedByte() : 0; left > 0; left--) {
      unsuccessful.add(new Unsuccessful(ByteBufUtil.readAddress(buffer), buffer.readInt()));
    }
  }

  @Override
  public int calculateByteSizeOfBody() {
    int size = super.calculateByteSizeOfBody() + 1;
    for (Unsuccessful one : unsuccessful) {
      size += PduUtil.calculateByteSizeOfAddress(one.destination) + 4;
    }
    return size;
  }

  @Override
  public void writeBody(ByteBuf buffer) throws UnrecoverablePduException, RecoverablePduException {
    super.writeBody(buffer);
    buffer.writeByte(unsuccessful.size());
    for (Unsuccessful one : unsuccessful) {
      ByteBufUtil.writeAddress(buffer, one.destination);
      buffer.writeInt(one.status);
    }
  }
}
