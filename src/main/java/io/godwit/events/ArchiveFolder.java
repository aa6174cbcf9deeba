package io.godwit.events;

import io.godwit.message.MessageId;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.bson.Document;
import org.bson.RawBsonDocument;

/**
 * Where archived days are: a folder that every process which is to find old messages must see. Thread-safe; its files are read and written
 * by worker threads of its own, and futures complete on the caller's context.
 */
public final class ArchiveFolder {
  private static final int THREADS = 2;

  private final Path path;
  private final WorkerExecutor workers;

  private ArchiveFolder(Path path, WorkerExecutor workers) {
    this.path = path;
    this.workers = workers;
  }

  /** The folder need not be there before something is written. */
  public static ArchiveFolder at(Vertx vertx, Path path) {
    return new ArchiveFolder(path, vertx.createSharedWorkerExecutor("godwit-archive", THREADS));
  }

  DayFiles files(int set, String day) {
    return DayFiles.of(path, set, day);
  }

  void make() throws IOException {
    Files.createDirectories(path);
  }

  <T> Future<T> blocking(Callable<T> action) {
    return workers.executeBlocking(action, false);
  }

  /** What the day's files hold; fails when they are not here or not whole. */
  public Future<Manifest> manifest(int set, String day) {
    DayFiles files = files(set, day);
    return blocking(() -> {
      if (!files.areWhole()) throw new IOException(files.manifest() + " and its files are not there");
      Manifest manifest = Manifest.read(files.manifest());
      long size = Files.size(files.pages());
      if (size != manifest.bytes()) throw new IOException(files.pages() + " has " + size + " bytes instead of " + manifest.bytes());
      return manifest;
    });
  }

  /** The events of these messages that were written on that day, in no order. Fails when the day's files are not here. */
  Future<List<Document>> events(int set, String day, Collection<String> ids) {
    Set<String> wanted = new HashSet<>(ids);
    long[] millis = ids.stream().mapToLong(MessageId::millis).sorted().distinct().toArray();
    DayFiles files = files(set, day);
    return blocking(() -> {
      List<Document> events = new ArrayList<>();
      try (DayReader reader = new DayReader(files)) {
        for (RawBsonDocument page : reader.find(List.copyOf(wanted), millis)) {
          for (Document event : page.decode(DayWriter.DOCUMENTS).getList("e", Document.class)) if (wanted.contains(event.getString("id"))) events.add(event);
        }
      }
      return events;
    });
  }

  /** Shows all pages of a day to the visitor, some at a time and the next when it is done, and proves that they are whole. */
  public Future<Void> each(Context context, int set, String day, Function<List<RawBsonDocument>, Future<Void>> visitor) {
    return manifest(set, day).compose(manifest -> each(context, files(set, day), manifest, visitor));
  }

  Future<Void> each(Context context, DayFiles files, Manifest manifest, Function<List<RawBsonDocument>, Future<Void>> visitor) {
    return blocking(() -> new DayReader(files)).compose(reader -> {
      Promise<Void> end = Promise.promise();
      context.runOnContext(v -> next(context, reader, visitor, end));
      return end.future().compose(v -> blocking(() -> {
        reader.prove(manifest);
        return (Void) null;
      })).eventually(() -> blocking(() -> {
        reader.close();
        return null;
      }));
    });
  }

  /** Not composed: a day has thousands of turns, and as many nested futures would not fit the stack. */
  private void next(Context context, DayReader reader, Function<List<RawBsonDocument>, Future<Void>> visitor, Promise<Void> end) {
    blocking(reader::next).onComplete(read -> context.runOnContext(v -> {
      if (read.failed()) end.fail(read.cause());
      else if (read.result() == null) end.complete();
      else Future.succeededFuture(read.result()).compose(visitor).onComplete(done -> {
        if (done.failed()) end.fail(done.cause());
        else next(context, reader, visitor, end);
      });
    }));
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
