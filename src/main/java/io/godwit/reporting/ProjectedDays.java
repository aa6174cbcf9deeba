package io.godwit.reporting;

import io.godwit.store.Deadline;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;

/** How far the reports are, for those who drop what they are made of. Reads only. */
public final class ProjectedDays implements AutoCloseable {
  private static final long ANSWER_MS = 10_000;

  private final Pool pool;

  private ProjectedDays(Pool pool) {
    this.pool = pool;
  }

  /** @param uri of the reporting database, as in {@code $GODWIT_PG_URL} */
  public static ProjectedDays open(Vertx vertx, String uri) {
    return new ProjectedDays(ReportingDatabase.writers(vertx, uri, 0));
  }

  /** How many pages of a day's collection are in the reports. */
  public Future<Long> pages(int set, String day) {
    return Deadline.within(ANSWER_MS, pool.preparedQuery("SELECT pages FROM projected_day WHERE set_no = $1 AND collection = $2").execute(Tuple.of(set, day))).map(ProjectedDays::number);
  }

  private static long number(RowSet<Row> rows) {
    return rows.size() == 0 ? 0 : rows.iterator().next().getLong(0);
  }

  @Override
  public void close() {
    pool.close();
  }
}
