package io.godwit.message;

import java.util.List;
import org.bson.BsonWriter;
import org.bson.Document;

/**
 * One payment in the chain of sellers: {@code account} pays {@code seller} this amount for one message.
 *
 * @param amount in micro-units of the currency, never negative
 * @param currency the account's; the seller's may be another
 * @param conversions by which a price in other currencies became this amount, in their order; empty for most
 */
public record Leg(String account, String seller, long amount, String currency, List<Conversion> conversions) {
  public Leg(String account, String seller, long amount, String currency) {
    this(account, seller, amount, currency, List.of());
  }

  static void write(BsonWriter writer, String name, List<Leg> legs) {
    if (legs == null || legs.isEmpty()) return;
    writer.writeStartArray(name);
    for (Leg leg : legs) {
      Fields fields = Fields.open(writer).put("account", leg.account).opt("seller", leg.seller).put("amount", leg.amount).put("currency", leg.currency);
      Conversion.write(writer, "conversions", leg.conversions);
      fields.close();
    }
    writer.writeEndArray();
  }

  static List<Leg> read(Document from, String name) {
    List<Document> legs = from.getList(name, Document.class, List.of());
    return legs.stream().map(d -> new Leg(d.getString("account"), d.getString("seller"), d.getLong("amount"), d.getString("currency"), Conversion.read(d, "conversions"))).toList();
  }
}
