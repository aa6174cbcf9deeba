package io.godwit.reporting;

import io.godwit.store.Deadline;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Writes a batch's rows, the ids of its pages and the mark in one transaction that only the present projector's can survive. */
final class BatchWriter {
  /** A PostgreSQL that hangs is taken for one that is down. */
  private static final long LONGEST_WRITE_MS = 60_000;

  private final Pool pool;
  private final int set;
  private final Set<LocalDate> partitions = new HashSet<>();

  BatchWriter(Pool pool, int set) {
    this.pool = pool;
    this.set = set;
  }

  /** Fails with {@link Tenure.Fenced} when another one has taken over; whenever it fails it may have committed all the same. */
  Future<Void> write(Tenure tenure, Batch batch) {
    long mark = tenure.mark.value();
    return partitions(batch.days())
      .compose(v -> Deadline.within(LONGEST_WRITE_MS, pool.withTransaction(connection -> write(connection, tenure.epoch, mark, batch))))
      .onSuccess(v -> tenure.committed(batch.pages(), mark));
  }

  /** The same for pages of an archived day: no look will meet them, so that their ids need not be kept. */
  Future<Void> writeArchived(Tenure tenure, Batch batch) {
    long mark = tenure.mark.value();
    return partitions(batch.days()).compose(v -> Deadline.within(LONGEST_WRITE_MS, pool.withTransaction(connection -> {
      Future<Void> held = hold(connection, tenure.epoch, mark);
      Future<Void> counted = days(connection, batch);
      Future<?> rows = batch.rows() == null ? held : connection.preparedQuery(MessageTable.UPSERT).execute(batch.rows());
      return Future.all(held, counted, rows, Bill.write(connection, set, batch.bills()), batch.carried().write(connection, set)).<Void>mapEmpty();
    })));
  }

  /** In transactions of their own: a partition that stays empty does no harm. */
  private Future<Void> partitions(Set<LocalDate> days) {
    List<Future<?>> made = new ArrayList<>();
    for (LocalDate day : days) {
      if (partitions.contains(day)) continue;
      made.add(pool.preparedQuery("SELECT make_message_partition($1)").execute(Tuple.of(day)).onSuccess(v -> partitions.add(day)));
    }
    return Future.join(made).mapEmpty();
  }

  /** All statements are on their way before the first is answered; the first locks the projector's row, so that epochs cannot overlap. */
  private Future<Void> write(SqlConnection connection, long epoch, long mark, Batch batch) {
    List<Future<?>> statements = new ArrayList<>();
    statements.add(hold(connection, epoch, mark));
    if (!batch.pages().isEmpty()) statements.addAll(List.of(pages(connection, batch.pages()), days(connection, batch)));
    if (batch.rows() != null) statements.add(connection.preparedQuery(MessageTable.UPSERT).execute(batch.rows()));
    statements.add(Bill.write(connection, set, batch.bills()));
    statements.add(batch.carried().write(connection, set));
    statements.add(connection.preparedQuery("DELETE FROM applied_page WHERE set_no = $1 AND ts < $2").execute(Tuple.of(set, mark)));
    return Future.all(statements).mapEmpty();
  }

  private Future<Void> hold(SqlConnection connection, long epoch, long mark) {
    return connection.preparedQuery("UPDATE projector SET mark = $3, beat = beat + 1, updated_at = now() WHERE set_no = $1 AND epoch = $2")
      .execute(Tuple.of(set, epoch, mark))
      .compose(updated -> updated.rowCount() == 1 ? Future.succeededFuture() : Future.failedFuture(new Tenure.Fenced(set, epoch)));
  }

  private Future<Void> pages(SqlConnection connection, List<PageRef> pages) {
    return connection.preparedQuery("INSERT INTO applied_page (set_no, id, ts) SELECT $1, id, ts FROM unnest($2::text[], $3::bigint[]) AS p(id, ts)")
      .execute(Tuple.of(set, pages.stream().map(PageRef::id).toArray(String[]::new), pages.stream().map(PageRef::ts).toArray(Long[]::new)))
      .mapEmpty();
  }

  private Future<Void> days(SqlConnection connection, Batch batch) {
    Map<String, Long> pages = batch.pages().stream().collect(Collectors.groupingBy(PageRef::collection, TreeMap::new, Collectors.counting()));
    return connection.preparedQuery("""
        INSERT INTO projected_day AS d (set_no, collection, pages)
        SELECT $1, collection, pages FROM unnest($2::text[], $3::bigint[]) AS p(collection, pages)
        ON CONFLICT (set_no, collection) DO UPDATE SET pages = d.pages + excluded.pages""")
      .execute(Tuple.of(set, pages.keySet().toArray(String[]::new), pages.values().toArray(Long[]::new))).mapEmpty();
  }
}
