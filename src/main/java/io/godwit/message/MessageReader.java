package io.godwit.message;

import java.util.ArrayList;
import java.util.List;
import org.bson.BsonReader;
import org.bson.BsonType;
import org.bson.Document;
import org.bson.codecs.DecoderContext;
import org.bson.codecs.DocumentCodec;

/**
 * Reads messages one after the other, as {@link Message#write} has written them, without a tree of documents between: what a claim costs its process is
 * mostly this. {@link Message#read} says the same of the same document. Confined to one thread.
 */
public final class MessageReader {
  private static final DocumentCodec DOCUMENTS = new DocumentCodec();
  private static final DecoderContext CONTEXT = DecoderContext.builder().build();

  private String id;
  private int n;
  private Direction direction;
  private Lane lane;
  private String account;
  private String from;
  private String to;
  private String text;
  private Encoding encoding;
  private int segments;
  private String country;
  private long validUntil;
  private String link;
  private int tries;
  private boolean resent;
  private boolean gone;
  private String network;
  private long cost;
  private String costCurrency;
  /** What is no plain value, by name: most messages that are claimed have none. */
  private Document more;

  /** The next document of an array, or the whole of one. */
  public Message read(BsonReader reader) {
    clear();
    reader.readStartDocument();
    while (reader.readBsonType() != BsonType.END_OF_DOCUMENT) field(reader, reader.readName());
    reader.readEndDocument();
    return new Message(id, n, direction, lane, account, from, to, text, encoding, segments, country, validUntil, Origin.read(more, "o"), link, Leg.read(more, "legs"),
      Segment.read(more, "parts"), tries, resent, carriage());
  }

  private Carriage carriage() {
    return network == null && costCurrency == null ? null : new Carriage(network, cost, costCurrency);
  }

  /** Whether the message that was read last has left its parcel. */
  public boolean isGone() {
    return gone;
  }

  private void clear() {
    id = account = from = to = text = link = network = costCurrency = null;
    lane = null;
    encoding = null;
    direction = Direction.MT;
    country = "";
    n = segments = tries = 0;
    validUntil = cost = 0;
    resent = gone = false;
    more = new Document();
  }

  private void field(BsonReader reader, String name) {
    switch (name) {
      case "id" -> id = reader.readString();
      case "n" -> n = reader.readInt32();
      case "dir" -> direction = "MO".equals(reader.readString()) ? Direction.MO : Direction.MT;
      case "lane" -> lane = Lane.of(reader.readInt32());
      case "account" -> account = reader.readString();
      case "from" -> from = reader.readString();
      case "to" -> to = reader.readString();
      case "text" -> text = StoredText.read(reader);
      case "enc" -> encoding = Encoding.valueOf(reader.readString());
      case "segs" -> segments = reader.readInt32();
      case "country" -> country = reader.readString();
      case "exp" -> validUntil = reader.readDateTime();
      case "link" -> link = reader.readString();
      case "tries" -> tries = reader.readInt32();
      case "resent" -> resent = reader.readBoolean();
      case "network" -> network = reader.readString();
      case "cost" -> cost = reader.readInt64();
      case "costCurrency" -> costCurrency = reader.readString();
      case "d" -> gone = reader.readBoolean();
      default -> other(reader, name);
    }
  }

  private void other(BsonReader reader, String name) {
    if (reader.getCurrentBsonType() == BsonType.DOCUMENT) more.put(name, DOCUMENTS.decode(reader, CONTEXT));
    else if (reader.getCurrentBsonType() == BsonType.ARRAY) more.put(name, documents(reader));
    else reader.skipValue();
  }

  private static List<Document> documents(BsonReader reader) {
    List<Document> all = new ArrayList<>(2);
    reader.readStartArray();
    while (reader.readBsonType() != BsonType.END_OF_DOCUMENT) {
      if (reader.getCurrentBsonType() == BsonType.DOCUMENT) all.add(DOCUMENTS.decode(reader, CONTEXT));
      else reader.skipValue();
    }
    reader.readEndArray();
    return all;
  }
}
