package io.godwit.message;

import org.bson.BsonWriter;

/** What a parcel holds: a {@link Message} at some stage, a carrier's {@link DeliveryReport} on its
 * way to one, or a {@link Notice} on its way to a customer. */
public interface Item {
  String id();

  /** When it is no longer worth sending, in milliseconds since 1970. */
  long validUntil();

  /** Writes the item as one BSON document that a person can read in mongosh. */
  void write(BsonWriter writer);

  /** The mark that becomes true when the item leaves its parcel: there from the first moment, so that marking does not change the document's size. */
  static void writeHere(BsonWriter writer) {
    writer.writeBoolean("d", false);
  }

  /** About how many bytes {@link #write} writes: what buffers are bounded by. */
  int weight();
}
