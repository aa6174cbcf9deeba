package io.godwit.smpp;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.pdu.BaseSm;
import com.cloudhopper.smpp.type.Address;
import com.cloudhopper.smpp.type.RecoverablePduException;
import com.cloudhopper.smpp.type.SmppInvalidArgumentException;
import com.cloudhopper.smpp.type.UnrecoverablePduException;
import com.cloudhopper.smpp.util.ByteBufUtil;
import com.cloudhopper.smpp.util.PduUtil;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/**
 * submit_multi: one message to as many as 254 destinations (SMPP 3.4 §4.5.1), which Cloudhopper lacks. A destination is an SME
 * address or the name of a distribution list. {@link #getDestAddress} is not used.
 */
public final class SubmitMulti extends BaseSm<SubmitMultiResp> {
  private static final int FIXED_OCTETS = 9;

  private final List<Address> destinations = new ArrayList<>();
  private final List<String> distributionLists = new ArrayList<>();

  public SubmitMulti() {
    super(SmppConstants.CMD_ID_SUBMIT_MULTI, "submit_multi");
  }

  public List<Address> destinations() {
    return destinations;
  }

  public List<String> distributionLists() {
    return distributionLists;
  }

  @Override
  public SubmitMultiResp createResponse() {
    SubmitMultiResp response = new SubmitMultiResp();
    response.setSequenceNumber(getSequenceNumber());
    return response;
  }

  @Override
  public Class<SubmitMultiResp> getResponseClass() {
    return SubmitMultiResp.class;
  }

  @Override
  public void readBody(ByteBuf buffer) throws UnrecoverablePduException, RecoverablePduException {
    serviceType = ByteBufUtil.readNullTerminatedString(buffer);
    sourceAddress = ByteBufUtil.readAddress(buffer);
    for (int left = buffer.readUnsignedByte(); left > 0; left--) {
      if (buffer.readByte() == SmppConstants.SM_DEST_DL_NAME) {
        distributionLists.add(ByteBufUtil.readNullTerminatedString(buffer));
      } else {
        destinations.add(ByteBufUtil.readAddress(buffer));
      }
    }
    esmClass = buffer.readByte();
    setProtocolId(buffer.readByte());
    setPriority(buffer.readByte());
    setScheduleDeliveryTime(ByteBufUtil.readNullTerminatedString(buffer));
    setValidityPeriod(ByteBufUtil.readNullTerminatedString(buffer));
    registeredDelivery = buffer.readByte();
    setReplaceIfPresent(buffer.readByte());
    dataCoding = buffer.readByte();
    setDefaultMsgId(buffer.readByte());
    byte[] message = new byte[buffer.readUnsignedByte()];
    buffer.readBytes(message);
    try {
      setShortMessage(message);
    } catch (SmppInvalidArgumentException e) {
      throw new RecoverablePduException(e.getMessage(), e);
    }
  }

  @Override
  public int calculateByteSizeOfBody() {
    int size = PduUtil.calculateByteSizeOfNullTerminatedString(serviceType)
      + PduUtil.calculateByteSizeOfAddress(sourceAddress)
      + PduUtil.calculateByteSizeOfNullTerminatedString(getScheduleDeliveryTime())
      + PduUtil.calculateByteSizeOfNullTerminatedString(getValidityPeriod())
      + FIXED_OCTETS + getShortMessageLength();
    for (Address destination : destinations) {
      size += 1 + PduUtil.calculateByteSizeOfAddress(destination);
    }
    for (String list : distributionLists) {
      size += 1 + PduUtil.calculateByteSizeOfNullTerminatedString(list);
    }
    return size;
  }

  @Override
  public void writeBody(ByteBuf buffer) throws UnrecoverablePduException, RecoverablePduException {
    ByteBufUtil.writeNullTerminatedString(buffer, serviceType);
    ByteBufUtil.writeAddress(buffer, sourceAddress);
    buffer.writeByte(destinations.size() + distributionLists.size());
    for (Address destination : destinations) {
      buffer.writeByte(SmppConstants.SM_DEST_SME_ADDRESS);
      ByteBufUtil.writeAddress(buffer, destination);
    }
    for (String list : distributionLists) {
      buffer.writeByte(SmppConstants.SM_DEST_DL_NAME);
      ByteBufUtil.writeNullTerminatedString(buffer, list);
    }
    buffer.writeByte(esmClass).writeByte(getProtocolId()).writeByte(getPriority());
    ByteBufUtil.writeNullTerminatedString(buffer, getScheduleDeliveryTime());
    ByteBufUtil.writeNullTerminatedString(buffer, getValidityPeriod());
    buffer.writeByte(registeredDelivery).writeByte(getReplaceIfPresent()).writeByte(dataCoding).writeByte(getDefaultMsgId());
    buffer.writeByte(getShortMessageLength());
    if (getShortMessage() != null) {
      buffer.writeBytes(getShortMessage());
    }
  }
}
