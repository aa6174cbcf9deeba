package io.godwit.events;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bson.Document;

/**
 * What an archived day holds: in its own small file, and in the set, where it says that the day is archived.
 *
 * @param bytes size of the file of pages
 * @param sha256 of that file, hexadecimal
 * @param money what the day's events did to accounts
 */
public record Manifest(int set, String day, long pages, long events, long bytes, String sha256, List<Sum> money) {
  private static final int FORMAT = 1;

  /**
   * What all events of a day did to one account in one currency, in micro-units: BILLED less nothing, and RESERVED less what was billed or
   * released, which is negative where more ended than began.
   */
  public record Sum(String account, String currency, long billed, long reserved) { }

  void write(Path file) throws IOException {
    JsonArray sums = new JsonArray();
    for (Sum sum : money) sums.add(new JsonObject().put("account", sum.account).put("currency", sum.currency).put("billed", sum.billed).put("reserved", sum.reserved));
    Files.writeString(file, new JsonObject().put("format", FORMAT).put("set", set).put("day", day).put("pages", pages).put("events", events).put("bytes", bytes)
      .put("sha256", sha256).put("money", sums).encodePrettily() + "\n");
    DayFiles.sync(file);
  }

  static Manifest read(Path file) throws IOException {
    JsonObject json = new JsonObject(Files.readString(file));
    if (json.getInteger("format") != FORMAT) throw new IOException(file.getFileName() + ": is of format " + json.getValue("format") + ", this release reads " + FORMAT);
    List<Sum> money = json.getJsonArray("money").stream().map(JsonObject.class::cast)
      .map(sum -> new Sum(sum.getString("account"), sum.getString("currency"), sum.getLong("billed"), sum.getLong("reserved"))).toList();
    return new Manifest(json.getInteger("set"), json.getString("day"), json.getLong("pages"), json.getLong("events"), json.getLong("bytes"), json.getString("sha256"), money);
  }

  Document document(long at) {
    List<Document> sums = money.stream().map(sum -> new Document("account", sum.account).append("currency", sum.currency).append("billed", sum.billed)
      .append("reserved", sum.reserved)).toList();
    return new Document("_id", day).append("v", FORMAT).append("pages", pages).append("events", events).append("bytes", bytes).append("sha256", sha256)
      .append("money", sums).append("at", new java.util.Date(at));
  }

  static Manifest of(int set, Document d) {
    List<Sum> money = d.getList("money", Document.class).stream()
      .map(sum -> new Sum(sum.getString("account"), sum.getString("currency"), sum.getLong("billed"), sum.getLong("reserved"))).toList();
    return new Manifest(set, d.getString("_id"), d.getLong("pages"), d.getLong("events"), d.getLong("bytes"), d.getString("sha256"), money);
  }
}
