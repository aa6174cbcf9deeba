package io.godwit.queue;

import io.godwit.message.Item;
import io.godwit.message.MessageReader;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Date;
import java.util.List;
import org.bson.BsonBinaryReader;
import org.bson.BsonReader;
import org.bson.BsonType;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.bson.codecs.DecoderContext;
import org.bson.codecs.DocumentCodec;
import org.bson.io.ByteBufferBsonInput;

/** Reads a stored parcel from its bytes. For one reading. */
final class ParcelReader {
  private static final DocumentCodec DOCUMENTS = new DocumentCodec();
  private static final DecoderContext CONTEXT = DecoderContext.builder().build();

  private final RawBsonDocument stored;
  private final String queue;
  /** All but its items. */
  private final Document head = new Document();
  private final List<Item> items = new ArrayList<>();
  private final BitSet gone = new BitSet();

  ParcelReader(RawBsonDocument stored) {
    this.stored = stored;
    this.queue = stored.getString("q").getValue();
  }

  Parcel read() {
    BsonReader reader = new BsonBinaryReader(new ByteBufferBsonInput(stored.getByteBuffer())); // its asBsonReader() takes it apart first
    reader.readStartDocument();
    while (reader.readBsonType() != BsonType.END_OF_DOCUMENT) {
      String name = reader.readName();
      if (name.equals("m")) items(reader);
      else head(reader, name);
    }
    return Parcel.read(head, items, gone);
  }

  private void head(BsonReader reader, String name) {
    switch (reader.getCurrentBsonType()) {
      case STRING -> head.put(name, reader.readString());
      case INT32 -> head.put(name, reader.readInt32());
      case INT64 -> head.put(name, reader.readInt64());
      case DATE_TIME -> head.put(name, new Date(reader.readDateTime()));
      default -> reader.skipValue();
    }
  }

  private void items(BsonReader reader) {
    boolean messages = !Parcel.isOfReports(queue) && !Parcel.isOfNotices(queue);
    MessageReader each = new MessageReader();
    reader.readStartArray();
    while (reader.readBsonType() != BsonType.END_OF_DOCUMENT) {
      if (messages) add(each.read(reader), each.isGone());
      else {
        Document item = DOCUMENTS.decode(reader, CONTEXT);
        add(Parcel.item(queue, item), item.getBoolean("d", false));
      }
    }
    reader.readEndArray();
  }

  private void add(Item item, boolean hasLeft) {
    if (hasLeft) gone.set(items.size());
    items.add(item);
  }
}
