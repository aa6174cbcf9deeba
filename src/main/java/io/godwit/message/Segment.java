package io.godwit.message;

import java.util.List;
import org.bson.BsonWriter;
import org.bson.Document;

/**
 * One short message on the air, as far as the carrier told about it.
 *
 * @param carrierIds the carrier's message ids, as received: more than one when the segment was sent again
 * @param keys 64-bit keys of (link, normalised carrier id) for each id: what receipts are found by; may collide, so a hit is
 *     checked against the ids
 * @param state what the last receipt said
 */
public record Segment(List<String> carrierIds, List<Long> keys, State state) {
  public enum State { SENT, DELIVERED, FAILED }

  public Segment with(State state) {
    return new Segment(carrierIds, keys, state);
  }

  static void write(BsonWriter writer, String name, List<Segment> segments) {
    if (segments == null || segments.isEmpty()) return;
    writer.writeStartArray(name);
    for (Segment segment : segments) {
      Fields fields = Fields.open(writer).opt("ids", segment.carrierIds).put("state", segment.state.name());
      writer.writeStartArray("c");
      segment.keys.forEach(writer::writeInt64);
      writer.writeEndArray();
      fields.close();
    }
    writer.writeEndArray();
  }

  static List<Segment> read(Document from, String name) {
    List<Document> segments = from.getList(name, Document.class, List.of());
    return segments.stream().map(d -> new Segment(d.getList("ids", String.class, List.of()), d.getList("c", Long.class, List.of()),
      State.valueOf(d.getString("state")))).toList();
  }
}
