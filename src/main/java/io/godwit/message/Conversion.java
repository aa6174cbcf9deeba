package io.godwit.message;

import java.math.BigInteger;
import java.util.List;
import org.bson.BsonWriter;
import org.bson.Document;

/**
 * How an amount came from one currency into another.
 *
 * @param rate micro-units of {@code to} for one whole unit of {@code from}, more than 0
 */
public record Conversion(String from, String to, long rate) {
  private static final BigInteger UNIT = BigInteger.valueOf(1_000_000);
  private static final BigInteger HALF = BigInteger.valueOf(500_000);

  /** What the amount comes to, in micro-units, half a micro-unit rounded up; {@code most} where that is more. */
  public long of(long amount, long most) {
    return BigInteger.valueOf(amount).multiply(BigInteger.valueOf(rate)).add(HALF).divide(UNIT).min(BigInteger.valueOf(most)).longValueExact();
  }

  static void write(BsonWriter writer, String name, List<Conversion> conversions) {
    if (conversions.isEmpty()) return;
    writer.writeStartArray(name);
    for (Conversion each : conversions) Fields.open(writer).put("from", each.from).put("to", each.to).put("rate", each.rate).close();
    writer.writeEndArray();
  }

  static List<Conversion> read(Document from, String name) {
    return from.getList(name, Document.class, List.of()).stream().map(d -> new Conversion(d.getString("from"), d.getString("to"), d.getLong("rate"))).toList();
  }
}
