package io.godwit.message;

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
 */
public record SmppOrigin(int registered, Party source, Party destination, String header, boolean shared) {
  private static final int RECEIPT_BITS = 0x03;

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

  void write(BsonWriter writer, String name) {
    Fields.open(writer, name).opt("reg", registered).put("src", source.toString()).put("dst", destination.toString()).opt("udh", header)
      .opt("shared", shared).close();
  }

  static SmppOrigin read(Document from, String name) {
    Document d = from.get(name, Document.class);
    return d == null ? null : new SmppOrigin(d.getInteger("reg", 0), Party.read(d.getString("src")), Party.read(d.getString("dst")), d.getString("udh"),
      d.getBoolean("shared", false));
  }
}
