package io.godwit.testing;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Octets for an SMPP connection, and the PDUs that whoever reads them must find: cut by command_length, up to the first length that no PDU has.
 *
 * @param ends whether there is such a length, after which the connection is to be closed
 */
public record PduStream(Buffer octets, List<Frame> frames, boolean ends) {
  private static final int HEADER = 16;
  private static final int LONGEST = 64 * 1024;

  /** The header of one PDU. */
  public record Frame(int command, int status, int sequence, Buffer whole) {
    static Frame of(Buffer whole) {
      return new Frame(whole.getInt(4), whole.getInt(8), whole.getInt(12), whole);
    }

    public boolean isRequest() {
      return command >= 0;
    }

    @Override
    public String toString() {
      return HexFormat.of().formatHex(whole.getBytes());
    }
  }

  /** A PDU at the end that lacks something gets zeros, so that another one can follow. */
  public static PduStream of(Buffer octets) {
    Buffer all = octets.copy();
    List<Frame> frames = new ArrayList<>();
    for (int at = 0; at < all.length();) {
      while (all.length() < at + 4) all.appendByte((byte) 0);
      int length = all.getInt(at);
      if (length < HEADER || length > LONGEST) return new PduStream(all, frames, true);
      if (all.length() < at + length) all.appendBytes(new byte[at + length - all.length()]);
      frames.add(Frame.of(all.getBuffer(at, at + length)));
      at += length;
    }
    return new PduStream(all, frames, false);
  }
}
