package io.godwit.billing;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Filters.nin;

import com.mongodb.client.model.Indexes;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.bson.types.Binary;
import org.bson.types.ObjectId;

/**
 * Uploaded rows of price lists, in the control set: {@code {_id: "DECK/n", deck, list, n, of, at, csv}}, {@code csv} a gzipped part of the file. Written before the
 * directory's entry names them, never changed, and removed when no entry names them any more.
 */
final class Decks {
  static final String COLLECTION = "decks";
  /** What a document may hold is 16 MB; the parts stay far below, however badly the rows shrink. */
  private static final int PART_BYTES = 4 << 20;
  /** So long rows stay that no entry names: their upload may be under way. */
  private static final long ORPHANS_MS = 3_600_000;

  private final MongoSet control;

  Decks(MongoSet control) {
    this.control = control;
  }

  Future<Void> prepare() {
    return control.ensureCollection(COLLECTION)
      .compose(v -> Mongo.first(control.here(), control.db().getCollection(COLLECTION).createIndex(Indexes.ascending("deck", "n"))))
      .compose(v -> Mongo.first(control.here(), control.db().getCollection(COLLECTION).createIndex(Indexes.ascending("list", "at")))).mapEmpty();
  }

  /** Keeps the rows of a list; they hold from when an entry names them. @return their id */
  Future<String> write(Context context, String list, Deck deck) {
    String id = new ObjectId().toHexString();
    return context.executeBlocking(() -> parts(list, id, deck, control.clock().getAsLong()), false)
      .compose(parts -> Mongo.first(context, control.db().getCollection(COLLECTION).insertMany(parts))).map(id);
  }

  private static List<Document> parts(String list, String id, Deck deck, long now) throws IOException {
    byte[] csv = DeckFile.write(deck).getBytes(StandardCharsets.UTF_8);
    int of = Math.max(1, (csv.length + PART_BYTES - 1) / PART_BYTES);
    List<Document> parts = new ArrayList<>(of);
    for (int n = 0; n < of; n++) {
      ByteArrayOutputStream zipped = new ByteArrayOutputStream();
      try (GZIPOutputStream zip = new GZIPOutputStream(zipped)) {
        zip.write(csv, n * PART_BYTES, Math.min(PART_BYTES, csv.length - n * PART_BYTES));
      }
      parts.add(new Document("_id", id + "/" + n).append("deck", id).append("list", list).append("n", n).append("of", of).append("at", new Date(now))
        .append("csv", new Binary(zipped.toByteArray())));
    }
    return parts;
  }

  /** The rows are not there, not whole, or not what was written. */
  static final class Unreadable extends RuntimeException {
    private Unreadable(String id, Object why) {
      super("the rows " + id + " of a price list cannot be read: " + why, null, false, false);
    }
  }

  /** Fails with {@link Unreadable}; and otherwise while the store does not answer. */
  Future<Deck> read(Context context, String id) {
    return text(context, id).compose(csv -> context.executeBlocking(() -> {
      DeckFile.Parsed parsed = DeckFile.stored(csv);
      if (parsed.deck() == null) throw new Unreadable(id, parsed.wrong());
      return parsed.deck();
    }, false));
  }

  /** The same as the file that {@link DeckFile#write} made of them; fails with {@link Unreadable}. */
  Future<String> text(Context context, String id) {
    return Mongo.all(context, control.db().getCollection(COLLECTION).find(eq("deck", id)).sort(Indexes.ascending("n"))).compose(parts -> {
      boolean whole = !parts.isEmpty() && parts.size() == parts.get(0).getInteger("of");
      return !whole ? Future.failedFuture(new Unreadable(id, parts.size() + " parts are there")) : context.executeBlocking(() -> text(id, parts), false);
    });
  }

  private static String text(String id, List<Document> parts) {
    ByteArrayOutputStream csv = new ByteArrayOutputStream();
    for (Document part : parts) {
      try (GZIPInputStream zip = new GZIPInputStream(new ByteArrayInputStream(part.get("csv", Binary.class).getData()))) {
        zip.transferTo(csv);
      } catch (IOException e) {
        throw new Unreadable(id, e);
      }
    }
    return csv.toString(StandardCharsets.UTF_8);
  }

  /** Removes the list's rows that no entry names. */
  Future<Void> tidy(Context context, String list, Collection<String> named) {
    return removeOld(context, and(eq("list", list), nin("deck", named)));
  }

  /** The ids of all that are there: a look into an index. */
  Future<List<String>> ids(Context context) {
    return Mongo.all(context, control.db().getCollection(COLLECTION).distinct("deck", String.class));
  }

  /** Removes rows that no entry names. */
  Future<Void> remove(Context context, Collection<String> ids) {
    return ids.isEmpty() ? Future.succeededFuture() : removeOld(context, in("deck", ids));
  }

  private Future<Void> removeOld(Context context, Bson which) {
    return Mongo.first(context, control.db().getCollection(COLLECTION).deleteMany(and(which, lt("at", new Date(control.clock().getAsLong() - ORPHANS_MS))))).mapEmpty();
  }
}
