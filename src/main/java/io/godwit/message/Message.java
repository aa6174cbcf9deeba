package io.godwit.message;

import java.util.Date;
import java.util.List;
import org.bson.BsonWriter;
import org.bson.Document;

/**
 * One SMS to one recipient (MT), or from a handset (MO), as it stands at the stage that holds it. Immutable: a stage
 * makes a changed copy for the next one.
 *
 * @param id see {@link MessageId}
 * @param n number of the last event of its main chain; the next event carries n + 1
 * @param account who sent it (MT) or whom it is for (MO; "" = nobody known)
 * @param from sender: a number in international form, a short code or up to 11 letters
 * @param to recipient, international form with '+'
 * @param text the text; null once it has been sent, or its beginning when a receipt over SMPP is to repeat it
 * @param segments how many short messages it is on the air, fixed when accepted
 * @param country ISO 3166 alpha-2 of the handset's number, "" when unknown
 * @param validUntil when it is no longer worth sending, milliseconds since 1970
 * @param link the link that it was routed to; null before
 * @param legs what is reserved or billed for it; empty before billing
 * @param parts what the carrier said of its segments; empty before it was sent
 * @param tries how often a link gave it back to be tried again
 * @param resent whether it may already have been submitted once without our knowing
 * @param carriage what is known about its way over the link, from the choice of the link until it was sent; else null
 */
public record Message(String id, int n, Direction direction, Lane lane, String account, String from, String to, String text,
                      Encoding encoding, int segments, String country, long validUntil, Origin origin,
                      String link, List<Leg> legs, List<Segment> parts, int tries, boolean resent, Carriage carriage) implements Item {
  /** A receipt repeats so much of the text (SMPP 3.4 Appendix B). */
  private static final int RECEIPT_CHARS = 20;

  /** One that could not be stored is none: whoever makes it, or reads it from the store, fails at once, and not the unit of work that carries it with others. */
  public Message {
    if (id == null || direction == null || lane == null || account == null || from == null || to == null || encoding == null) {
      throw new IllegalArgumentException("message " + id + " lacks its id, direction, lane, account, sender, recipient or encoding");
    }
  }

  /** A message as it is accepted: event number 1 is the one that says so. */
  public static Message accepted(String id, Lane lane, String account, String from, String to, String text, Encoding encoding,
                                 int segments, String country, long validUntil, Origin origin) {
    return new Message(id, 1, Direction.MT, lane, account, from, to, text, encoding, segments, country, validUntil, origin,
      null, List.of(), List.of(), 0, false, null);
  }

  /** A message from a handset, as it came over the given link. */
  public static Message received(String id, String from, String to, String text, Encoding encoding, int segments, String country,
                                 long validUntil, String link) {
    return new Message(id, 1, Direction.MO, Lane.ALERT, "", from, to, text, encoding, segments, country, validUntil, Origin.NONE,
      link, List.of(), List.of(), 0, false, null);
  }

  /** When it was accepted, milliseconds since 1970. */
  public long acceptedAt() {
    return MessageId.millis(id);
  }

  /** The copy that carries the number of the event that was just made for it. */
  public Message next() {
    return new Message(id, n + 1, direction, lane, account, from, to, text, encoding, segments, country, validUntil, origin, link, legs, parts, tries, resent, carriage);
  }

  public Message withFrom(String sender) {
    return new Message(id, n, direction, lane, account, sender, to, text, encoding, segments, country, validUntil, origin, link, legs, parts, tries, resent, carriage);
  }

  public Message withText(String text, int segments) {
    return new Message(id, n, direction, lane, account, from, to, text, encoding, segments, country, validUntil, origin, link, legs, parts, tries, resent, carriage);
  }

  public Message withOrigin(Origin origin) {
    return new Message(id, n, direction, lane, account, from, to, text, encoding, segments, country, validUntil, origin, link, legs, parts, tries, resent, carriage);
  }

  public Message withAccount(String owner) {
    return new Message(id, n, direction, lane, owner, from, to, text, encoding, segments, country, validUntil, origin, link, legs, parts, tries, resent, carriage);
  }

  /** The copy for that link: what was known about the way over another one is gone. */
  public Message withRoute(String link, List<Leg> legs) {
    Carriage same = link != null && link.equals(this.link) ? carriage : null;
    return new Message(id, n, direction, lane, account, from, to, text, encoding, segments, country, validUntil, origin, link, legs, parts, tries, resent, same);
  }

  public Message withCarriage(Carriage carriage) {
    return new Message(id, n, direction, lane, account, from, to, text, encoding, segments, country, validUntil, origin, link, legs, parts, tries, resent, carriage);
  }

  /** The copy that waits for its receipts: what the carrier called its segments, and of the text no more than the customer's receipt repeats. */
  public Message sent(List<Segment> parts) {
    boolean repeated = text != null && origin.smpp() != null && origin.smpp().wantsReceipt();
    return new Message(id, n, direction, lane, account, from, to, repeated ? beginning(text) : null, encoding, segments, country, validUntil, origin.sent(), link, legs, parts, tries, resent, null);
  }

  /** Never half a surrogate pair. */
  private static String beginning(String text) {
    if (text.length() <= RECEIPT_CHARS) return text;
    return text.substring(0, Character.isHighSurrogate(text.charAt(RECEIPT_CHARS - 1)) ? RECEIPT_CHARS - 1 : RECEIPT_CHARS);
  }

  public Message withParts(List<Segment> parts) {
    return new Message(id, n, direction, lane, account, from, to, text, encoding, segments, country, validUntil, origin, link, legs, parts, tries, resent, carriage);
  }

  /** The copy that the same link tries once more; {@code resent} when the first try may have gone out. */
  public Message again(boolean resent) {
    return new Message(id, n, direction, lane, account, from, to, text, encoding, segments, country, validUntil, origin, link, legs, parts, tries + 1, this.resent || resent, carriage);
  }

  @Override
  public int weight() {
    return 300 + (text == null ? 0 : text.length()) + (origin.smpp() == null ? 0 : origin.smpp().weight());
  }

  @Override
  public void write(BsonWriter writer) {
    Fields fields = Fields.open(writer).put("id", id).put("n", n);
    if (direction == Direction.MO) fields.put("dir", "MO");
    fields.put("lane", lane.number()).put("account", account).put("from", from).put("to", to);
    if (text != null) fields.text("text", text);
    fields.put("enc", encoding.name()).put("segs", segments).opt("country", country).date("exp", validUntil);
    origin.write(writer, "o");
    fields.opt("link", link).opt("tries", tries).opt("resent", resent);
    Carriage.write(fields, carriage);
    Leg.write(writer, "legs", legs);
    Segment.write(writer, "parts", parts);
    Item.writeHere(writer);
    fields.close();
  }

  public static Message read(Document d) {
    return new Message(d.getString("id"), d.getInteger("n"), "MO".equals(d.getString("dir")) ? Direction.MO : Direction.MT,
      Lane.of(d.getInteger("lane")), d.getString("account"), d.getString("from"), d.getString("to"), StoredText.read(d, "text"),
      Encoding.valueOf(d.getString("enc")), d.getInteger("segs"), d.get("country", ""), millis(d, "exp"), Origin.read(d, "o"),
      d.getString("link"), Leg.read(d, "legs"), Segment.read(d, "parts"), d.getInteger("tries", 0), d.getBoolean("resent", false), Carriage.read(d));
  }

  static long millis(Document d, String name) {
    Date date = d.getDate(name);
    return date == null ? 0 : date.getTime();
  }
}
