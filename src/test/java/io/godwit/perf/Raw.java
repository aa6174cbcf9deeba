package io.godwit.perf;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoException;
import com.mongodb.TransactionOptions;
import com.mongodb.WriteConcern;
import com.mongodb.client.model.Filters;
import com.mongodb.reactivestreams.client.ClientSession;
import com.mongodb.reactivestreams.client.MongoClient;
import com.mongodb.reactivestreams.client.MongoClients;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import java.util.ArrayList;
import java.util.List;
import org.bson.BsonTimestamp;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.bson.codecs.DocumentCodec;
import reactor.core.publisher.Flux;

/**
 * The driver without Godwit: one client with its own session, one durable transaction at a time, on documents that look like
 * Godwit's parcels and pages. What it reaches is a ceiling for a unit of work. Blocking; a thread a client.
 */
final class Raw implements AutoCloseable {
  private static final TransactionOptions DURABLE = TransactionOptions.builder().writeConcern(WriteConcern.MAJORITY.withJournal(true)).build();
  private static final int PAGE_EVENTS = 200;

  private final ClientSession session;
  private final MongoCollection<RawBsonDocument> parcels;
  private final MongoCollection<RawBsonDocument> pages;
  private final String name;
  private long counter;
  private String last;

  Raw(MongoClient client, String name) {
    MongoDatabase db = client.getDatabase("ceiling");
    this.name = name;
    this.session = one(Flux.from(client.startSession()));
    this.parcels = db.getCollection("parcels", RawBsonDocument.class);
    this.pages = db.getCollection("pages", RawBsonDocument.class);
  }

  /** Its collections exist: inside a transaction they could not be made without waiting for each other. */
  static MongoClient connect(String uri) {
    MongoClient client = MongoClients.create(MongoClientSettings.builder().applyConnectionString(new ConnectionString(uri))
      .writeConcern(WriteConcern.MAJORITY.withJournal(true)).build());
    MongoDatabase db = client.getDatabase("ceiling");
    Flux.from(db.drop()).blockLast();
    for (String name : List.of("parcels", "pages")) Flux.from(db.createCollection(name)).blockLast();
    for (String key : List.of("s", "lo", "by")) Flux.from(db.getCollection("parcels").createIndex(new Document(key, 1))).blockLast();
    for (String key : List.of("k", "ts")) Flux.from(db.getCollection("pages").createIndex(new Document(key, 1))).blockLast();
    return client;
  }

  /** What the driver can be asked to do over and over, with so many messages each time. */
  enum Work {
    /** One insert of a parcel, without a transaction. */
    INSERT,
    /** A transaction that inserts a parcel and deletes the one before: what a message costs at least on its way through the queue. */
    CARRY,
    /** A transaction that inserts a parcel and its pages: what acceptance is. */
    ACCEPT,
    /** A transaction that inserts a parcel and its pages, and deletes the parcel before: a step of a stage. */
    STEP
  }

  void run(Work work, int messages) {
    String before = last;
    String id = name + "-" + counter++;
    if (work == Work.INSERT) {
      one(Flux.from(parcels.insertOne(encoded(parcel(id, messages)))));
      return;
    }
    while (!commit(work, id, before, messages)) {
      // a mongod that is short of memory or of time may abort any transaction
    }
    last = id;
  }

  private boolean commit(Work work, String id, String before, int messages) {
    try {
      session.startTransaction(DURABLE);
      one(Flux.from(parcels.insertOne(session, encoded(parcel(id, messages)))));
      if (work != Work.CARRY) one(Flux.from(pages.insertMany(session, pages(id, messages))));
      if (work != Work.ACCEPT && before != null) one(Flux.from(parcels.deleteOne(session, Filters.eq("_id", before))));
      Flux.from(session.commitTransaction()).blockLast();
      return true;
    } catch (MongoException e) {
      if (!e.hasErrorLabel(MongoException.TRANSIENT_TRANSACTION_ERROR_LABEL)) throw e;
      if (session.hasActiveTransaction()) Flux.from(session.abortTransaction()).blockLast();
      return false;
    }
  }

  private static List<RawBsonDocument> pages(String id, int messages) {
    List<RawBsonDocument> pages = new ArrayList<>();
    for (int from = 0; from < messages; from += PAGE_EVENTS) pages.add(encoded(page(id + "/" + from, Math.min(PAGE_EVENTS, messages - from))));
    return pages;
  }

  private static Document parcel(String id, int messages) {
    List<Document> m = new ArrayList<>();
    for (int i = 0; i < messages; i++) m.add(message(id, i));
    return new Document("_id", id).append("q", "route").append("s", "leased").append("lane", 1).append("rank", System.currentTimeMillis())
      .append("lo", id).append("hi", id).append("by", 1).append("token", 1L).append("m", m);
  }

  private static Document message(String id, int i) {
    return new Document("id", id + i).append("n", 1).append("account", "demo").append("to", "+4915112345678").append("from", "Godwit")
      .append("text", "Godwits fly for eleven days. ".repeat(4).substring(0, 100)).append("encoding", "GSM7").append("segments", 1)
      .append("country", "DE").append("validUntil", new java.util.Date());
  }

  private static Document page(String id, int events) {
    List<Document> e = new ArrayList<>();
    for (int i = 0; i < events; i++) e.add(message(id, i).append("type", "ACCEPTED").append("at", new java.util.Date()));
    return new Document("_id", id).append("ts", new BsonTimestamp(0)).append("k", List.of(System.currentTimeMillis())).append("e", e);
  }

  private static RawBsonDocument encoded(Document document) {
    return new RawBsonDocument(document, new DocumentCodec());
  }

  private static <T> T one(Flux<T> flux) {
    return flux.blockLast();
  }

  @Override
  public void close() {
    session.close();
  }
}
