package io.godwit.reporting;

import io.godwit.store.Deadline;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.HashMap;
import java.util.Map;

/**
 * Who of several processes projects a set: the one whose epoch stands in table {@code projector}. Whoever starts takes over at
 * once; whoever was fenced off watches, and takes over when the holder has left or its beat stood still over {@value #STILL_LOOKS}
 * looks. No clock is compared with another's.
 */
final class Contest {
  private static final int STILL_LOOKS = 5;
  private static final long LONGEST_WAIT_MS = 10_000;
  private static final String TAKE = "UPDATE projector SET epoch = epoch + 1, holder = $2, beat = beat + 1, updated_at = now() WHERE set_no = $1 ";

  private final Pool pool;
  private final int set;
  private final String holder;
  private long seenEpoch = -1;
  private long seenBeat;
  private int still;

  Contest(Pool pool, int set, String holder) {
    this.pool = pool;
    this.set = set;
    this.holder = holder;
  }

  /** Takes over, whoever holds it. */
  Future<Tenure> enter() {
    return Deadline.within(LONGEST_WAIT_MS, pool.withTransaction(this::take));
  }

  /** The same as part of a transaction. */
  Future<Tenure> take(SqlConnection connection) {
    return connection.preparedQuery("INSERT INTO projector (set_no) VALUES ($1) ON CONFLICT DO NOTHING").execute(Tuple.of(set))
      .compose(v -> tenure(connection, TAKE + "RETURNING epoch, mark", Tuple.of(set, holder)));
  }

  /** The tenure as it really stands after a failure; null when another one has taken over. */
  Future<Tenure> resume(long epoch) {
    String sql = "UPDATE projector SET beat = beat + 1, updated_at = now() WHERE set_no = $1 AND epoch = $2 RETURNING epoch, mark";
    return Deadline.within(LONGEST_WAIT_MS, pool.withTransaction(connection -> tenure(connection, sql, Tuple.of(set, epoch))));
  }

  /** Takes over if the holder is gone; null while it lives. To be asked every few seconds. */
  Future<Tenure> watch() {
    return Deadline.within(LONGEST_WAIT_MS, pool.preparedQuery("SELECT epoch, beat, holder FROM projector WHERE set_no = $1").execute(Tuple.of(set)).compose(rows -> {
      Row now = rows.iterator().next();
      boolean moved = now.getLong("epoch") != seenEpoch || now.getLong("beat") != seenBeat;
      still = moved ? 0 : still + 1;
      seenEpoch = now.getLong("epoch");
      seenBeat = now.getLong("beat");
      return now.getString("holder") == null || still >= STILL_LOOKS ? takeAsSeen() : Future.<Tenure>succeededFuture();
    }));
  }

  private Future<Tenure> takeAsSeen() {
    return pool.withTransaction(connection ->
      tenure(connection, TAKE + "AND epoch = $3 AND beat = $4 RETURNING epoch, mark", Tuple.of(set, holder, seenEpoch, seenBeat)));
  }

  /** Leaves the place free for another. */
  Future<Void> leave(long epoch) {
    return Deadline.within(LONGEST_WAIT_MS, pool.preparedQuery("UPDATE projector SET holder = NULL WHERE set_no = $1 AND epoch = $2").execute(Tuple.of(set, epoch))).mapEmpty();
  }

  /** The row is locked by the update first: what an earlier holder had under way is committed or will fail. */
  private Future<Tenure> tenure(SqlConnection connection, String update, Tuple parameters) {
    return connection.preparedQuery(update).execute(parameters).compose(updated -> {
      if (updated.rowCount() == 0) return Future.succeededFuture();
      Row row = updated.iterator().next();
      return connection.preparedQuery("SELECT id, ts FROM applied_page WHERE set_no = $1").execute(Tuple.of(set))
        .map(pages -> new Tenure(row.getLong("epoch"), row.getLong("mark"), byId(pages)));
    });
  }

  private static Map<String, Long> byId(RowSet<Row> pages) {
    Map<String, Long> applied = new HashMap<>();
    pages.forEach(page -> applied.put(page.getString(0), page.getLong(1)));
    return applied;
  }
}
