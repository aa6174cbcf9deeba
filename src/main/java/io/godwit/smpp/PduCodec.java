package io.godwit.smpp;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.pdu.BaseBindResp;
import com.cloudhopper.smpp.pdu.BaseSmResp;
import com.cloudhopper.smpp.pdu.GenericNack;
import com.cloudhopper.smpp.pdu.Pdu;
import com.cloudhopper.smpp.pdu.PduResponse;
import com.cloudhopper.smpp.pdu.SubmitSmResp;
import com.cloudhopper.smpp.transcoder.DefaultPduTranscoder;
import com.cloudhopper.smpp.transcoder.DefaultPduTranscoderContext;
import com.cloudhopper.smpp.transcoder.PduTranscoder;
import com.cloudhopper.smpp.transcoder.PduTranscoderContext;
import com.cloudhopper.smpp.type.RecoverablePduException;
import com.cloudhopper.smpp.type.UnknownCommandIdException;
import com.cloudhopper.smpp.type.UnrecoverablePduException;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** One PDU from and to octets: Cloudhopper's transcoder with its many ways of failing brought down to two. */
final class PduCodec {
  private static final int RESPONSE_BIT = 0x80000000;

  /** The one request without an answer (SMPP 3.4 §4.12). */
  static final int ALERT_NOTIFICATION = 0x00000102;

  private final PduTranscoderContext transcoderContext = new DefaultPduTranscoderContext();
  private final PduTranscoder transcoder = new DefaultPduTranscoder(transcoderContext);

  /** A PDU with a good header and a content we cannot read; {@code status} is what the peer should hear. */
  static final class Unreadable extends Exception {
    final int commandId;
    final int sequence;
    final int status;

    Unreadable(int commandId, int sequence, int status, Throwable cause) {
      super(String.format("command_id 0x%08X: %s", commandId, cause), null, false, false);
      this.commandId = commandId;
      this.sequence = sequence;
      this.status = status;
    }

    boolean isRequest() {
      return (commandId & RESPONSE_BIT) == 0;
    }
  }

  /** A PDU of ours that does not fit the protocol, such as a short_message of 256 octets. */
  static final class Unencodable extends Exception {
    Unencodable(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** @param frame exactly one PDU, at least a header */
  Pdu decode(ByteBuf frame) throws Unreadable {
    int start = frame.readerIndex();
    int commandId = frame.getInt(start + 4);
    int sequence = frame.getInt(start + 12);
    try {
      Pdu ours = ours(commandId);
      return ours == null ? transcoder.decode(frame) : decodeOurs(ours, frame);
    } catch (UnknownCommandIdException e) {
      throw new Unreadable(commandId, sequence, SmppConstants.STATUS_INVCMDID, e);
    } catch (RecoverablePduException e) {
      if (e.getPartialPdu() instanceof PduResponse response) {
        return repaired(response, frame, start);
      }
      return withoutBody(commandId, frame.getInt(start + 8), sequence, e);
    } catch (UnrecoverablePduException | RuntimeException e) {
      // The codec reads past the end of the frame if sm_length says so: an unchecked exception.
      return withoutBody(commandId, frame.getInt(start + 8), sequence, e);
    }
  }

  /** The PDUs that Cloudhopper lacks; null for the others. */
  private static Pdu ours(int commandId) {
    switch (commandId) {
      case SmppConstants.CMD_ID_SUBMIT_MULTI:
        return new SubmitMulti();
      case SmppConstants.CMD_ID_SUBMIT_MULTI_RESP:
        return new SubmitMultiResp();
      case SmppConstants.CMD_ID_REPLACE_SM:
        return new ReplaceSm();
      case SmppConstants.CMD_ID_REPLACE_SM_RESP:
        return new ReplaceSmResp();
      default:
        return null;
    }
  }

  private Pdu decodeOurs(Pdu pdu, ByteBuf frame) throws UnrecoverablePduException, RecoverablePduException {
    pdu.setCommandLength(frame.readInt());
    frame.skipBytes(4);
    pdu.setCommandStatus(frame.readInt());
    pdu.setSequenceNumber(frame.readInt());
    pdu.readBody(frame);
    pdu.readOptionalParameters(frame, transcoderContext);
    return pdu;
  }

  /**
   * An answer counts by its header, however bad its body is: the request was answered. A message_id without its terminating
   * null is taken as it is.
   */
  private static PduResponse repaired(PduResponse response, ByteBuf frame, int start) {
    int body = start + SmppConstants.PDU_HEADER_LENGTH;
    if (response instanceof BaseSmResp submitted && submitted.getMessageId() == null && frame.writerIndex() > body) {
      submitted.setMessageId(frame.toString(body, frame.writerIndex() - body, StandardCharsets.ISO_8859_1));
    }
    return response;
  }

  /** An answer whose body is missing, such as an error query_sm_resp, is told as a generic_nack with its own status. */
  private static PduResponse withoutBody(int commandId, int status, int sequence, Exception cause) throws Unreadable {
    if ((commandId & RESPONSE_BIT) == 0) {
      throw new Unreadable(commandId, sequence, SmppConstants.STATUS_INVCMDLEN, cause);
    }
    GenericNack nack = new GenericNack();
    nack.setSequenceNumber(sequence);
    nack.setCommandStatus(status);
    return nack;
  }

  /** Appends the PDU, or nothing: straight into the buffer, where the transcoder makes a buffer of its own for each. */
  void encode(Pdu pdu, ByteBuf to) throws Unencodable {
    int start = to.writerIndex();
    try {
      to.writeInt(0).writeInt(pdu.getCommandId()).writeInt(pdu.getCommandStatus()).writeInt(pdu.getSequenceNumber());
      if (hasBody(pdu)) {
        pdu.writeBody(to);
        pdu.writeOptionalParameters(to, transcoderContext);
      }
    } catch (UnrecoverablePduException | RecoverablePduException | RuntimeException e) {
      to.writerIndex(start);
      throw new Unencodable(pdu.getName() + " cannot be encoded: " + e.getMessage(), e);
    }
    int length = to.writerIndex() - start;
    if (length > PduChannel.MAX_PDU) {
      to.writerIndex(start);
      throw new Unencodable(pdu.getName() + " of " + length + " octets", null);
    }
    to.setInt(start, length);
  }

  /** A bind or submit_sm that is refused is answered by a header alone (SMPP 3.4 §4.1.2, §4.4.2). */
  private static boolean hasBody(Pdu pdu) {
    return pdu.getCommandStatus() == SmppConstants.STATUS_OK || !(pdu instanceof BaseBindResp || pdu instanceof SubmitSmResp);
  }
}
