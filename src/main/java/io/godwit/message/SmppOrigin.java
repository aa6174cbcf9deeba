package io.godwit.message;

import java.util.List;
import org.bson.BsonWriter;
import org.bson.Document;

/**
 * How a message was handed in over SMPP, as far as it matters later: what its receipt is to look like, and what header goes on the air with it.
 *
 * @param registered {@code registered_delivery} as given (SMPP 3.4 §5.2.17)
 * @param source as given; the receipt goes there
 * @param destination as given; the receipt comes from there
 * @param header the user data header that the customer made, hexadecimal, its length first: the message is one segment of his; null = none
 * @param shared whether it has its message_id in common with the other destinations of a submit_multi: the id of their batch
 * @param tlvs what is to be passed on to the carrier, until it was sent
 */
public record SmppOrigin(int registered, Party source, Party destination, String header, boolean shared, List<Parameter> tlvs) {
  private static final int RECEIPT_BITS = 0x03;

  /** One without anything to be passed on. */
  public SmppOrigin(int registered, Party source, Party destination, String header, boolean shared) {
    this(registered, source, destination, header, shared, List.of());
  }

  /** The optional parameter of that tag; its octets are hexadecimal. */
  public record Parameter(int tag, String octets) {
    private static final int HEX = 16;

    @Override
    public String toString() {
      return Integer.toString(tag, HEX) + ":" + octets;
    }

    static Parameter read(String text) {
      int colon = text.indexOf(':');
      return new Parameter(Integer.parseInt(text.substring(0, colon), HEX), text.substring(colon + 1));
    }
  }

  /** An address with its type of number and numbering plan. */
  public record Party(int ton, int npi, String address) {
    @Override
    public String toString() {
      return ton + "/" + npi + "/" + address;
    }

    static Party read(String text) {
      String[] parts = text.split("/", 3);
      return new Party(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), parts[2]);
    }
  }

  /** Whether a receipt was asked for, of one end or the other. */
  public boolean wantsReceipt() {
    return (registered & RECEIPT_BITS) != 0;
  }

  /** Whether a receipt was asked for that end: 1 = each, 2 = failures, 3 = successes (the last by SMPP 5.0 §4.7.21). */
  boolean wantsReceipt(boolean success) {
    return switch (registered & RECEIPT_BITS) {
      case 1 -> true;
      case 2 -> !success;
      case 3 -> success;
      default -> false;
    };
  }

  /** Octets of the header; 0 without one. */
  public int headerOctets() {
    return header == null ? 0 : header.length() / 2;
  }

  SmppOrigin withoutTlvs() {
    return tlvs.isEmpty() ? this : new SmppOrigin(registered, source, destination, header, shared);
  }

  /** Bytes, about, of what is to be passed on. */
  public int weight() {
    return tlvs.stream().mapToInt(tlv -> tlv.octets.length()).sum();
  }

  void write(BsonWriter writer, String name) {
    Fields.open(writer, name).opt("reg", registered).put("src", source.toString()).put("dst", destination.toString()).opt("udh", header)
      .opt("shared", shared).opt("tlvs", tlvs.stream().map(Parameter::toString).toList()).close();
  }

  static SmppOrigin read(Document from, String name) {
    Document d = from.get(name, Document.class);
    return d == null ? null : new SmppOrigin(d.getInteger("reg", 0), Party.read(d.getString("src")), Party.read(d.getString("dst")), d.getString("udh"),
      d.getBoolean("shared", false), d.getList("tlvs", String.class, List.of()).stream().map(Parameter::read).toList());
  }
}
