package io.godwit.events;

import java.util.Base64;
import org.bson.RawBsonDocument;
import org.bson.json.JsonMode;
import org.bson.json.JsonWriterSettings;

/**
 * A page as one line of JSON that people can read and that becomes the same bytes again. Small 64-bit numbers keep their type by
 * {@code $numberLong}; what JSON cannot hold (a text that is no Unicode) stands as {@code {"bson": "<base 64>"}}.
 */
final class PageLine {
  private static final String RAW = "{\"bson\": \"";
  private static final JsonWriterSettings PLAIN = JsonWriterSettings.builder().outputMode(JsonMode.RELAXED).int64Converter((number, json) -> {
    if (number != number.intValue()) {
      json.writeNumber(number.toString());
      return;
    }
    json.writeStartObject();
    json.writeString("$numberLong", number.toString());
    json.writeEndObject();
  }).build();

  private PageLine() {
  }

  static String of(RawBsonDocument page) {
    String line = page.toJson(PLAIN);
    return isSame(page, parsed(line)) ? line : RAW + Base64.getEncoder().encodeToString(bytes(page)) + "\"}";
  }

  /** Null when it is no JSON: a lone half of a surrogate pair, say. */
  private static RawBsonDocument parsed(String line) {
    try {
      return line.indexOf('\n') < 0 ? RawBsonDocument.parse(line) : null;
    } catch (RuntimeException e) {
      return null;
    }
  }

  static RawBsonDocument read(String line) {
    return line.startsWith(RAW) ? new RawBsonDocument(Base64.getDecoder().decode(line.substring(RAW.length(), line.length() - 2))) : RawBsonDocument.parse(line);
  }

  /** Whether they are the same, byte for byte. */
  static boolean isSame(RawBsonDocument one, RawBsonDocument other) {
    return one != null && other != null && one.getByteBuffer().asNIO().equals(other.getByteBuffer().asNIO());
  }

  private static byte[] bytes(RawBsonDocument page) {
    byte[] bytes = new byte[page.getByteBuffer().remaining()];
    page.getByteBuffer().get(bytes);
    return bytes;
  }
}
