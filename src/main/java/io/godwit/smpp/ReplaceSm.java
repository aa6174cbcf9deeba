package io.godwit.smpp;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.pdu.PduRequest;
import com.cloudhopper.smpp.type.Address;
import com.cloudhopper.smpp.type.RecoverablePduException;
import com.cloudhopper.smpp.type.UnrecoverablePduException;
import com.cloudhopper.smpp.util.ByteBufUtil;
import com.cloudhopper.smpp.util.PduUtil;
import io.netty.buffer.ByteBuf;

/** replace_sm: another text for a message that is not sent yet (SMPP 3.4 §4.10.1), which Cloudhopper's Netty 4 version lacks. */
public final class ReplaceSm extends PduRequest<ReplaceSmResp> {
  private static final int FIXED_OCTETS = 3;

  private String messageId;
  private Address sourceAddress = new Address();
  private String scheduleDeliveryTime;
  private String validityPeriod;
  private byte registeredDelivery;
  private byte defaultMsgId;
  private byte[] shortMessage = {};

  public ReplaceSm() {
    super(SmppConstants.CMD_ID_REPLACE_SM, "replace_sm");
  }

  /** Of the message to replace. */
  public String messageId() {
    return messageId;
  }

  public Address sourceAddress() {
    return sourceAddress;
  }

  /** What it shall say instead, in the data_coding of the message itself. */
  public byte[] shortMessage() {
    return shortMessage;
  }

  public ReplaceSm of(String id, Address source, byte[] newMessage) {
    messageId = id;
    sourceAddress = source;
    shortMessage = newMessage;
    return this;
  }

  @Override
  public ReplaceSmResp createResponse() {
    ReplaceSmResp response = new ReplaceSmResp();
    response.setSequenceNumber(getSequenceNumber());
    return response;
  }

  @Override
  public Class<ReplaceSmResp> getResponseClass() {
    return ReplaceSmResp.class;
  }

  @Override
  public void readBody(ByteBuf buffer) throws UnrecoverablePduException, RecoverablePduException {
    messageId = ByteBufUtil.readNullTerminatedString(buffer);
    sourceAddress = ByteBufUtil.readAddress(buffer);
    scheduleDeliveryTime = ByteBufUtil.readNullTerminatedString(buffer);
    validityPeriod = ByteBufUtil.readNullTerminatedString(buffer);
    registeredDelivery = buffer.readByte();
    defaultMsgId = buffer.readByte();
    shortMessage = new byte[buffer.readUnsignedByte()];
    buffer.readBytes(shortMessage);
  }

  @Override
  protected int calculateByteSizeOfBody() {
    return PduUtil.calculateByteSizeOfNullTerminatedString(messageId) + PduUtil.calculateByteSizeOfAddress(sourceAddress)
      + PduUtil.calculateByteSizeOfNullTerminatedString(scheduleDeliveryTime)
      + PduUtil.calculateByteSizeOfNullTerminatedString(validityPeriod) + FIXED_OCTETS + shortMessage.length;
  }

  @Override
  public void writeBody(ByteBuf buffer) throws UnrecoverablePduException, RecoverablePduException {
    ByteBufUtil.writeNullTerminatedString(buffer, messageId);
    ByteBufUtil.writeAddress(buffer, sourceAddress);
    ByteBufUtil.writeNullTerminatedString(buffer, scheduleDeliveryTime);
    ByteBufUtil.writeNullTerminatedString(buffer, validityPeriod);
    buffer.writeByte(registeredDelivery).writeByte(defaultMsgId).writeByte(shortMessage.length).writeBytes(shortMessage);
  }

  @Override
  protected void appendBodyToString(StringBuilder text) {
    text.append("(messageId [").append(messageId).append("])");
  }
}
