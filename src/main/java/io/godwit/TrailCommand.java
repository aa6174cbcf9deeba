package io.godwit;

import io.godwit.events.ArchiveFolder;
import io.godwit.events.ArchivedDays;
import io.godwit.events.EventStream;
import io.godwit.events.Trail;
import io.godwit.message.MessageId;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.bson.Document;
import org.bson.json.JsonWriterSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints what happened to one message, event by event, straight from MongoDB and the archive: no gateway needs to run. */
@Command(name = "trail", description = "Prints the events of one message, in order, one JSON object a line.")
final class TrailCommand implements Callable<Integer> {
  private static final JsonWriterSettings PLAIN = JsonWriterSettings.builder()
    .dateTimeConverter((millis, json) -> json.writeString(java.time.Instant.ofEpochMilli(millis).toString()))
    .int64Converter((number, json) -> json.writeNumber(number.toString())).build();

  @Parameters(paramLabel = "ID", description = "the message's id")
  String id;
  @Option(names = "--mongo", description = "connection strings, one a set, divided by spaces (default: $GODWIT_MONGO_URIS)", defaultValue = "${GODWIT_MONGO_URIS}")
  String mongo;
  @Option(names = "--archive", description = "the folder of archived days (default: $GODWIT_ARCHIVE_FOLDER)", defaultValue = "${GODWIT_ARCHIVE_FOLDER}")
  Path archive;

  @Override
  public Integer call() throws Exception {
    if (!MessageId.isValid(id)) return complain("'" + id + "' is no message id: it has " + MessageId.LENGTH + " characters of 0-9 and A-Z without I, L, O, U");
    String[] uris = mongo == null ? new String[0] : mongo.trim().split("\\s+");
    int number = MessageId.set(id);
    if (number >= uris.length) return complain("the message lives in set " + number + ", and --mongo names " + uris.length + " sets");
    Vertx vertx = Vertx.vertx();
    MongoSet set = MongoSet.connect(vertx, number, uris[number], System::currentTimeMillis);
    try {
      Context context = vertx.getOrCreateContext();
      List<Document> found = Trail.documents(context, set, folder(vertx), id).await(1, TimeUnit.MINUTES);
      if (found.isEmpty()) return complain("set " + number + " knows no message " + id + isArchived(context, set));
      found.stream().sorted(Comparator.comparing((Document e) -> e.getDate("at")).thenComparing(e -> e.getInteger("n")))
        .forEach(event -> System.out.println(event.toJson(PLAIN)));
      return 0;
    } finally {
      set.close().await(5, TimeUnit.SECONDS);
      vertx.close().await(5, TimeUnit.SECONDS);
    }
  }

  /** Null when it is not said where. */
  private ArchiveFolder folder(Vertx vertx) {
    return archive == null || archive.toString().isBlank() || archive.toString().startsWith("$") ? null : ArchiveFolder.at(vertx, archive.toAbsolutePath());
  }

  private String isArchived(Context context, MongoSet set) throws Exception {
    String day = EventStream.collection(EventStream.day(MessageId.millis(id)));
    boolean archived = new ArchivedDays(context, set).names(day).await(1, TimeUnit.MINUTES).contains(day);
    return archived ? " outside of the archive; " + day + " is archived: --archive or GODWIT_ARCHIVE_FOLDER must name its folder" : "";
  }

  private static int complain(String sentence) {
    System.err.println("trail: " + sentence);
    return 1;
  }
}
