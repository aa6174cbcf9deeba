package io.godwit.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.bson.BsonBinaryReader;
import org.bson.BsonBinaryWriter;
import org.bson.BsonWriter;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.bson.codecs.DocumentCodec;
import org.bson.io.BasicOutputBuffer;
import org.bson.io.ByteBufferBsonInput;
import org.junit.jupiter.api.Test;

/** What is written to MongoDB is read back as it was, and a person can read it, too. */
class StoredFormsTest {
  private static final int ROUNDS = 500;
  private final long seed = System.nanoTime();
  private final RandomMessages random = new RandomMessages(seed);

  /** Through the driver's own encoding and decoding. */
  private static Document stored(Consumer<BsonWriter> writes) {
    BasicOutputBuffer bytes = new BasicOutputBuffer();
    writes.accept(new BsonBinaryWriter(bytes));
    return new RawBsonDocument(bytes.toByteArray()).decode(new DocumentCodec());
  }

  @Test
  void messagesAreReadAsTheyWereWritten() {
    for (int i = 0; i < ROUNDS; i++) {
      Message message = random.message();
      assertEquals(message, Message.read(stored(message::write)), "seed " + seed);
    }
  }

  @Test
  void messagesAreReadFromTheirBytesAsFromADocument() {
    MessageReader reader = new MessageReader();
    for (int i = 0; i < ROUNDS; i++) {
      Message message = random.message();
      Document stored = stored(message::write).append("later", "field").append("d", i % 2 == 0);
      assertEquals(message, reader.read(new BsonBinaryReader(new ByteBufferBsonInput(new RawBsonDocument(stored, new DocumentCodec()).getByteBuffer()))), "seed " + seed);
      assertEquals(i % 2 == 0, reader.isGone());
    }
  }

  @Test
  void noticesAreReadAsTheyWereWritten() {
    for (int i = 0; i < ROUNDS; i++) {
      Notice notice = random.notice();
      assertEquals(notice, Notice.read(stored(notice::write)), "seed " + seed);
    }
  }

  @Test
  void receiptsAreReadAsTheyWereWritten() {
    for (int i = 0; i < ROUNDS; i++) {
      DeliveryReport report = random.report();
      assertEquals(report, DeliveryReport.read(stored(report::write)), "seed " + seed);
    }
  }

  @Test
  void everyKindOfEventIsReadAsItWasWritten() {
    for (int i = 0; i < ROUNDS; i++) {
      for (Event event : random.events()) assertEquals(event, Event.read(stored(event::write)), "seed " + seed);
    }
  }

  @Test
  void noKindOfEventIsLeftOut() {
    Set<String> kinds = Arrays.stream(Event.class.getPermittedSubclasses()).map(Class::getSimpleName).collect(Collectors.toCollection(TreeSet::new));
    assertEquals(kinds, random.events().stream().map(e -> e.getClass().getSimpleName()).collect(Collectors.toCollection(TreeSet::new)));
  }

  @Test
  void sideEventsHaveNoNumberAndChangeNoStatus() {
    for (Event event : random.events()) assertEquals(event.n() == 0, event.status() == null, event.type());
  }

  @Test
  void aMessageIsReadableInTheShell() {
    Message message = Message.accepted(MessageId.lowest(1_764_000_000_000L), Lane.ALERT, "acme", "Godwit", "+447700900123", "Hi {you}", Encoding.GSM7, 1, "GB",
      1_764_000_060_000L, new Origin("M7Hxv9CsR4", null, List.of("otp"), null, null, 0, true));
    Document stored = stored(message::write);
    assertEquals(List.of("id", "n", "lane", "account", "from", "to", "text", "enc", "segs", "country", "exp", "o", "d"), List.copyOf(stored.keySet()));
    assertEquals("GSM7", stored.getString("enc"));
    assertEquals(new Date(1_764_000_060_000L), stored.getDate("exp"));
    assertEquals(new Document("integrationId", "M7Hxv9CsR4").append("tags", List.of("otp")).append("replyable", true), stored.get("o"));
  }

  @Test
  void anEventIsReadableInTheShell() {
    Event event = new Event.Failed("ID", 3, 1_764_000_000_000L, "north", new Failure("THROTTLED", true, "0x58", "too fast"),
      Event.Money.released(List.of(new Leg("acme", "softmill", 12_000, "EUR"))));
    assertEquals("{\"id\": \"ID\", \"n\": 3, \"type\": \"FAILED\", \"at\": {\"$date\": \"2025-11-24T16:00:00Z\"}, \"link\": \"north\", "
      + "\"error\": {\"code\": \"THROTTLED\", \"temporary\": true, \"carrierCode\": \"0x58\", \"text\": \"too fast\"}, \"money\": \"RELEASED\", "
      + "\"legs\": [{\"account\": \"acme\", \"seller\": \"softmill\", \"amount\": 12000, \"currency\": \"EUR\"}]}", stored(event::write).toJson());
  }

  @Test
  void whatIsKnownOfAMessagesCarriageGoesWithItUntilItIsSentOverThatLink() {
    Message routed = random.message().withRoute("north", List.of()).withCarriage(new Carriage("26201", 12_000, "EUR"));
    assertEquals(routed.carriage(), Message.read(stored(routed.next().again(true)::write)).carriage());
    assertNull(routed.withRoute("south", List.of()).carriage());
    assertNull(routed.sent(List.of()).carriage());
    Event event = new Event.Routed("ID", 2, 1_764_000_000_000L, "north", "Godwit", null, null, routed.carriage());
    assertEquals("{\"id\": \"ID\", \"n\": 2, \"type\": \"ROUTED\", \"at\": {\"$date\": \"2025-11-24T16:00:00Z\"}, \"link\": \"north\", \"from\": \"Godwit\", "
      + "\"network\": \"26201\", \"cost\": 12000, \"costCurrency\": \"EUR\"}", stored(event::write).toJson());
    Event old = Event.read(Document.parse("{id: 'ID', n: 2, type: 'ROUTED', at: {$date: '2025-11-24T16:00:00Z'}, link: 'north', from: 'Godwit'}"));
    assertEquals(new Event.Routed("ID", 2, 1_764_000_000_000L, "north", "Godwit", null, null, null), old);
  }

  @Test
  void anEmptyTextIsATextAndASentOneIsNone() {
    Message empty = Message.received(MessageId.lowest(1), "+1", "+2", "", Encoding.GSM7, 1, "", 5, "north");
    assertEquals("", Message.read(stored(empty::write)).text());
    assertNull(Message.read(stored(empty.sent(List.of())::write)).text());
    assertTrue(stored(empty::write).getString("dir").equals("MO"));
  }
}
