package io.godwit.message;

import org.bson.BsonBinary;
import org.bson.BsonReader;
import org.bson.BsonType;
import org.bson.BsonWriter;
import org.bson.Document;
import org.bson.types.Binary;

/**
 * How a text stands in a document: as a string, or, where it holds half a surrogate pair, as a binary of its UTF-16 code units, big endian. Who cuts a message
 * into parts himself may cut there, and the handset joins them; a string of BSON is UTF-8, which has no such halves.
 */
public final class StoredText {
  private StoredText() {
  }

  /** As a value for the driver. */
  public static Object value(String text) {
    return hasHalf(text) ? new Binary(Text.encode(text, Encoding.UCS2)) : text;
  }

  static void write(BsonWriter writer, String name, String text) {
    if (hasHalf(text)) writer.writeBinaryData(name, new BsonBinary(Text.encode(text, Encoding.UCS2)));
    else writer.writeString(name, text);
  }

  /** The value that comes next. */
  static String read(BsonReader reader) {
    return reader.getCurrentBsonType() == BsonType.BINARY ? decode(reader.readBinaryData().getData()) : reader.readString();
  }

  /** Null when there is none. */
  public static String read(Document d, String name) {
    return d.get(name) instanceof Binary binary ? decode(binary.getData()) : d.getString(name);
  }

  private static String decode(byte[] octets) {
    return Text.decode(octets, Encoding.UCS2.dataCoding());
  }

  private static boolean hasHalf(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!Character.isSurrogate(text.charAt(i))) continue;
      if (!Character.isSurrogatePair(text.charAt(i), i + 1 < text.length() ? text.charAt(i + 1) : 0)) return true;
      i++;
    }
    return false;
  }
}
