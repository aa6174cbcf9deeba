package io.godwit.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.message.DeliveryReport;
import io.godwit.message.Encoding;
import io.godwit.message.Lane;
import io.godwit.message.Message;
import io.godwit.message.MessageId;
import io.godwit.message.Origin;
import io.godwit.store.Mongo;
import java.util.Date;
import java.util.List;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.bson.codecs.DecoderContext;
import org.bson.codecs.DocumentCodec;
import org.junit.jupiter.api.Test;

/** A parcel as it is stored: a person can read it, and so can we. */
class ParcelTest {
  private static final String LOW = MessageId.lowest(1_764_000_000_000L);
  private static final String HIGH = MessageId.lowest(1_764_000_000_001L);

  private static Message message(String id, long validUntil) {
    return Message.accepted(id, Lane.BULK, "acme", "Godwit", "+447700900123", "Hi", Encoding.GSM7, 1, "GB", validUntil, Origin.NONE);
  }

  private static Parcel read(Document stored) {
    return Parcel.read(new RawBsonDocument(stored, new DocumentCodec()));
  }

  private static Document stored(Parcel parcel) {
    Document d = new DocumentCodec().decode(Mongo.encode(512, parcel::write).asBsonReader(), DecoderContext.builder().build());
    return d.append("s", "ready").append("by", 0).append("token", 7L).append("tried", 1);
  }

  @Test
  void itsDocumentIsReadableInTheShell() {
    Document stored = stored(Parcel.of("P", "route", Lane.BULK, 42, 0, List.of(message(HIGH, 9_000), message(LOW, 5_000))));
    assertEquals(List.of("_id", "v", "q", "lane", "rank", "at", "exp", "lo", "hi", "weight", "m", "s", "by", "token", "tried"), List.copyOf(stored.keySet()));
    assertEquals("route", stored.getString("q"));
    assertEquals(new Date(5_000), stored.getDate("exp"), "the earliest validity");
    assertEquals(LOW, stored.getString("lo"));
    assertEquals(HIGH, stored.getString("hi"));
    assertEquals("+447700900123", stored.getList("m", Document.class).get(0).getString("to"));
  }

  @Test
  void itIsReadAsItWasWrittenWithItsMarks() {
    Parcel parcel = Parcel.of("P", "route", Lane.ALERT, 42, 77, List.of(message(LOW, 5_000), message(HIGH, 9_000)));
    Document stored = stored(parcel).append("was", 1);
    stored.getList("m", Document.class).get(0).append("d", true);
    Parcel read = read(stored);
    assertTrue(read.isGone(0));
    assertEquals(List.of(message(HIGH, 9_000)), read.messages());
    assertEquals(List.of(Lane.ALERT, 42L, 77L, 1, 1, 7L), List.of(read.lane, read.rank, read.at, read.tried, read.triedBefore, read.token));
    assertEquals(-1, read.position(LOW));
    assertEquals(1, read.position(HIGH));
  }

  @Test
  void receiptsTravelInParcelsToo() {
    DeliveryReport report = new DeliveryReport(LOW, "north", "7F", DeliveryReport.Outcome.DELIVERED, null, -1, 0);
    assertEquals(List.of(report), read(stored(Parcel.of("P", Parcel.RECEIPTS, Lane.BULK, 1, 0, List.of(report)))).reports());
  }

  @Test
  void itsWeightIsAboutWhatItTakes() {
    Parcel parcel = Parcel.of("P", "route", Lane.BULK, 42, 0, List.of(message(LOW, 5_000), message(HIGH, 9_000)));
    int bytes = Mongo.encode(512, parcel::write).getByteBuffer().remaining();
    assertTrue(parcel.weight() > bytes / 2 && parcel.weight() < bytes * 3, parcel.weight() + " for " + bytes);
  }

  @Test
  void thereIsNoParcelWithoutMessages() {
    assertThrows(IllegalArgumentException.class, () -> Parcel.of("P", "route", Lane.BULK, 1, 0, List.of()));
  }
}
