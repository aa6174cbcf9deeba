package io.godwit.events;

import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import org.bson.RawBsonDocument;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes old days of one set out of MongoDB, oldest first: writes one to files under names of their own, reads them back and compares every
 * page with the collection, copies what still waits ({@link Carried}), gives the files their names, and says so in the set
 * ({@link ArchivedDays}): that moment is the step from the collection to the files. The collection is dropped some time later, when whoever
 * began to read it has ended.
 *
 * <p>It may die anywhere and be begun again, and two may do it at once: files get their names only after they were compared with a
 * collection that nobody had the right to drop yet, and a day that is archived is never written again. One run at a time; confined to its context.
 */
public final class Archive {
  private static final Logger log = LoggerFactory.getLogger(Archive.class);
  /** MongoDB shows the past for five minutes: no snapshot that still needs the collection is older. */
  private static final long READERS_MS = 10 * 60_000L;
  private static final long DAY_MS = 86_400_000L;
  /** The present day, and those beside it, are still written to. */
  public static final int LEAST_LIVE_DAYS = 2;

  private final Context context;
  private final MongoSet set;
  private final ArchiveFolder folder;
  private final Custody custody;
  private final ArchivedDays archived;
  private final Carried carried;

  public Archive(Context context, MongoSet set, ArchiveFolder folder, Custody custody) {
    this.context = context;
    this.set = set;
    this.folder = folder;
    this.custody = custody;
    this.archived = new ArchivedDays(context, set);
    this.carried = new Carried(context, set);
  }

  /**
   * What a run has done.
   *
   * @param archived days that are in files now
   * @param dropped days whose collections are gone now
   * @param obstacles why days that are due stayed, a sentence each
   */
  public record Outcome(List<Manifest> archived, List<String> dropped, List<String> obstacles) {
    Outcome() {
      this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    }
  }

  /** Why it goes no further; an expected end. */
  private static final class Stays extends RuntimeException {
    Stays(String why) {
      super(why, null, false, false);
    }
  }

  /** Archives the days before that one, and drops those that were archived a while ago. The last three days stay, whatever is asked. */
  public Future<Outcome> run(LocalDate before) {
    LocalDate latest = EventStream.day(set.clock().getAsLong()).minusDays(LEAST_LIVE_DAYS);
    String bound = EventStream.collection(before.isBefore(latest) ? before : latest);
    Outcome outcome = new Outcome();
    return folder.blocking(() -> {
      folder.make();
      return null;
    }).compose(v -> days(bound)).compose(days -> archived.names("").compose(known -> {
      Future<Void> done = drop(days.stream().filter(known::contains).toList(), outcome);
      for (String day : days) if (!known.contains(day)) done = done.compose(v -> outcome.obstacles.isEmpty() ? store(day, outcome) : Future.succeededFuture());
      return done;
    })).compose(v -> waiting(bound)).compose(carried::release).map(outcome);
  }

  /** What a run would do, in sentences. */
  public Future<List<String>> plan(LocalDate before) {
    List<String> plan = new ArrayList<>();
    return days(EventStream.collection(before)).compose(days -> archived.names("").compose(known -> {
      Future<Void> done = Future.succeededFuture();
      for (String day : days) done = done.compose(v -> plan(day, known.contains(day)).onSuccess(plan::add)).mapEmpty();
      return done;
    })).map(plan);
  }

  private Future<String> plan(String day, boolean known) {
    DayPages pages = new DayPages(context, set, day);
    return pages.count().compose(count -> known ? Future.succeededFuture("is archived, its collection of " + count + " pages is to be dropped")
      : custody.objection(context, set, day, count).map(why -> why == null ? "is to be archived: " + count + " pages" : "stays: " + why))
      .map(what -> set + ": " + day + " " + what);
  }

  private Future<List<String>> days(String bound) {
    return Mongo.all(context, set.db().listCollectionNames())
      .map(names -> List.copyOf(new TreeSet<>(names.stream().filter(name -> name.startsWith(EventStream.PREFIX) && name.compareTo(bound) < 0).toList())));
  }

  // ---- from the collection to the files

  private Future<Void> store(String day, Outcome outcome) {
    DayPages pages = new DayPages(context, set, day);
    DayFiles files = folder.files(set.index(), day);
    DayFiles making = files.making(UUID.randomUUID().toString());
    return pages.count().compose(count -> permit(day, count))
      .compose(v -> write(day, pages, files, making))
      .compose(manifest -> waiting(day).compose(waiting -> prove(pages, making, manifest, waiting))
        .compose(v -> permit(day, manifest.pages()))
        .compose(v -> publish(manifest, making, files))
        .compose(mine -> {
          if (mine) outcome.archived.add(manifest);
          log.info("{}: {} is in the archive: {} pages, {} events, {} bytes", set, day, manifest.pages(), manifest.events(), manifest.bytes());
          return Future.<Void>succeededFuture();
        }))
      .recover(e -> folder.blocking(() -> {
        making.delete();
        return null;
      }).transform(gone -> Future.failedFuture(e)))
      .recover(e -> stays(day, e, outcome));
  }

  /** A failure of MongoDB fails the run; a day that must stay, or whose files cannot be written or are not as they must be, is an outcome. */
  private Future<Void> stays(String day, Throwable why, Outcome outcome) {
    if (!(why instanceof Stays) && !(why instanceof IOException)) return Future.failedFuture(why);
    outcome.obstacles.add(set + ": " + day + " stays: " + (why instanceof Stays ? why.getMessage() : why.toString()));
    return Future.succeededFuture();
  }

  private Future<Void> permit(String day, long pages) {
    return custody.objection(context, set, day, pages).compose(why -> why == null ? Future.succeededFuture() : Future.failedFuture(new Stays(why)));
  }

  private Future<Manifest> write(String day, DayPages pages, DayFiles files, DayFiles making) {
    return folder.blocking(() -> {
      files.sweep();
      return new DayWriter(set.index(), day, making);
    }).compose(writer -> pages.each(some -> folder.blocking(() -> {
      writer.add(some);
      return null;
    })).compose(v -> folder.blocking(writer::finish)).eventually(() -> folder.blocking(() -> {
      writer.close();
      return null;
    })));
  }

  /** Those that wait now and may have events of that day or earlier: a page is less than a day off by its writer's clock. */
  private Future<Waiting> waiting(String day) {
    Waiting waiting = new Waiting();
    return custody.waiting(context, set, EventStream.begins(day) + 2 * DAY_MS, waiting::add).map(v -> waiting.sorted());
  }

  /** Reads the files back from the disk: their pages are those of the collection, each byte for byte and none more, in rising order. */
  private Future<Void> prove(DayPages pages, DayFiles making, Manifest manifest, Waiting waiting) {
    long[] seen = {0};
    RawBsonDocument[] last = {null};
    return folder.each(context, making, manifest, some -> pages.get(some.stream().map(DayPages::id).toList()).compose(there -> folder.blocking(() -> {
      for (RawBsonDocument page : some) {
        if (last[0] != null && !isBefore(last[0], page)) throw new IOException("pages of " + manifest.day() + " are twice in its file");
        if (!PageLine.isSame(page, there.get(DayPages.id(page)))) throw new IOException("page " + DayPages.id(page) + " is not in the file as it is in " + manifest.day());
        last[0] = page;
        seen[0]++;
      }
      return Carried.copies(manifest.day(), some, waiting);
    })).compose(carried::keep)).compose(v -> pages.count()).compose(count -> count == seen[0] && count == manifest.pages() ? Future.succeededFuture()
      : Future.failedFuture(new Stays("it has " + count + " pages and its file " + seen[0])));
  }

  private static boolean isBefore(RawBsonDocument one, RawBsonDocument other) {
    int order = one.getTimestamp("ts").compareTo(other.getTimestamp("ts"));
    return order < 0 || order == 0 && DayPages.id(one).compareTo(DayPages.id(other)) < 0;
  }

  /**
   * If the day is not archived now, nobody had the right to drop its collection before: what was compared was whole, and the same files may
   * have been put there by another. Whether it was us who archived it.
   */
  private Future<Boolean> publish(Manifest manifest, DayFiles making, DayFiles files) {
    return archived.manifest(manifest.day()).compose(known -> {
      if (known != null) return Future.failedFuture(new Stays("another process has just archived it"));
      return folder.blocking(() -> {
        making.rename(files);
        return null;
      }).compose(v -> archived.add(manifest));
    });
  }

  // ---- the collection goes

  private Future<Void> drop(List<String> days, Outcome outcome) {
    return archived.before(days, set.clock().getAsLong() - READERS_MS).compose(due -> {
      Future<Void> done = Future.succeededFuture();
      for (String day : days) if (due.contains(day)) done = done.compose(v -> drop(day)).map(v -> outcome.dropped.add(day)).<Void>mapEmpty().recover(e -> stays(day, e, outcome));
      return done;
    });
  }

  /** Only with the files at hand, and when nobody has written to it since: a process that slept for days might have. */
  private Future<Void> drop(String day) {
    return archived.manifest(day).compose(manifest -> folder.manifest(set.index(), day).compose(here -> {
      if (!here.equals(manifest)) return Future.failedFuture(new Stays("the files in " + folder + " are not those that were archived"));
      return new DayPages(context, set, day).count();
    }).compose(count -> count == manifest.pages() ? Future.succeededFuture()
      : Future.failedFuture(new Stays("it has " + count + " pages, and " + manifest.pages() + " are archived: somebody wrote to it afterwards; compare it with the files"))))
      .compose(v -> Mongo.first(context, set.db().getCollection(day).drop())).mapEmpty();
  }
}
