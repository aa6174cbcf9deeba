package io.godwit.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.jackson.JacksonCodec;
import java.io.IOException;

/**
 * Where a JSON text passed a number of values, counted before any of them takes its place in memory: three bytes may become a hundred there.
 *
 * @param field of the text's object in which that was; null outside of any
 * @param entries of that field's list until then; 0 where it is no list
 * @param most the number that it passed
 */
public record Census(String field, long entries, long most) {

  /** Null when the text has no more values (objects, lists, and what stands in them) than that, or is no JSON until then: whoever decodes it says so. */
  public static Census beyond(Buffer text, long most) {
    if (text == null || text.length() <= most || separators(text) < most) return null;
    try (JsonParser parser = JacksonCodec.createParser(text)) {
      return count(parser, most);
    } catch (IOException | DecodeException e) {
      return null;
    }
  }

  public Problem problem() {
    return Problem.invalid("too-many-values", field, "the body has more than " + most + " objects, lists and values in them");
  }

  /** Each value but the first stands behind one of these; there may be more of them, in strings. */
  private static long separators(Buffer text) {
    long found = 0;
    for (byte one : text.getBytes()) if (one == ',' || one == '[' || one == '{') found++;
    return found;
  }

  private static Census count(JsonParser parser, long most) throws IOException {
    long values = 0;
    long entries = 0;
    int depth = 0;
    String field = null;
    for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
      if (token == JsonToken.FIELD_NAME && depth == 1) {
        field = parser.currentName();
        entries = 0;
      }
      if (token == JsonToken.FIELD_NAME) continue;
      if (token.isStructEnd()) {
        depth--;
        continue;
      }
      if (depth == 2) entries++;
      if (token.isStructStart()) depth++;
      if (++values > most) return new Census(field, entries, most);
    }
    return null;
  }
}
