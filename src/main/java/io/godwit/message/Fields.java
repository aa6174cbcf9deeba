package io.godwit.message;

import java.util.Collection;
import org.bson.BsonWriter;

/** Writes the fields of one BSON document in a row; what is null, empty, false or zero by {@code opt} is left out. */
public final class Fields {
  private final BsonWriter writer;

  private Fields(BsonWriter writer) {
    this.writer = writer;
  }

  public static Fields open(BsonWriter writer) {
    writer.writeStartDocument();
    return new Fields(writer);
  }

  /** Opens the document that is the value of the given field. */
  public static Fields open(BsonWriter writer, String name) {
    writer.writeStartDocument(name);
    return new Fields(writer);
  }

  public void close() {
    writer.writeEndDocument();
  }

  public BsonWriter writer() {
    return writer;
  }

  public Fields put(String name, String value) {
    writer.writeString(name, value);
    return this;
  }

  /** A text that people wrote: see {@link StoredText}. */
  Fields text(String name, String value) {
    StoredText.write(writer, name, value);
    return this;
  }

  public Fields put(String name, int value) {
    writer.writeInt32(name, value);
    return this;
  }

  public Fields put(String name, long value) {
    writer.writeInt64(name, value);
    return this;
  }

  public Fields date(String name, long millis) {
    writer.writeDateTime(name, millis);
    return this;
  }

  public Fields opt(String name, String value) {
    if (value != null && !value.isEmpty()) writer.writeString(name, value);
    return this;
  }

  public Fields opt(String name, int value) {
    if (value != 0) writer.writeInt32(name, value);
    return this;
  }

  public Fields opt(String name, boolean value) {
    if (value) writer.writeBoolean(name, true);
    return this;
  }

  public Fields optDate(String name, long millis) {
    if (millis > 0) writer.writeDateTime(name, millis);
    return this;
  }

  public Fields opt(String name, Collection<String> values) {
    if (values == null || values.isEmpty()) return this;
    writer.writeStartArray(name);
    for (String value : values) writer.writeString(value);
    writer.writeEndArray();
    return this;
  }
}
