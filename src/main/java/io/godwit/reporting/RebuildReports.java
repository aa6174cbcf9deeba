package io.godwit.reporting;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.util.concurrent.TimeUnit;

/**
 * Empties the reporting database, so that the projection begins from nothing. One transaction: the raised epoch fences off whoever
 * projects, with whatever it has under way; finding its place free it takes it again and reads every live page anew.
 */
public final class RebuildReports {
  private static final int PATIENCE_MINUTES = 2;

  private RebuildReports() {
  }

  static Future<Void> run(Pool pool) {
    return pool.withTransaction(connection -> connection
      .query("UPDATE projector SET epoch = epoch + 1, holder = NULL, mark = 0, updated_at = now()").execute()
      .compose(v -> connection.query("TRUNCATE message, applied_page, projected_day").execute())
      .mapEmpty());
  }

  /** {@code --postgres URI}; ends with 1 and a sentence when it cannot be done. */
  public static void main(String[] args) {
    if (args.length != 2 || !args[0].equals("--postgres")) {
      System.err.println("usage: RebuildReports --postgres URI");
      System.exit(2);
    }
    Vertx vertx = Vertx.vertx();
    Pool pool = ReportingDatabase.writers(vertx, args[1], 1);
    try {
      new Schema(vertx).prepare(pool).compose(v -> run(pool)).await(PATIENCE_MINUTES, TimeUnit.MINUTES);
      System.out.println("The reports are empty now. The gateway's reporting component builds them again from the events.");
    } catch (Exception e) {
      System.err.println("The reports could not be emptied, they are as they were: " + e.getMessage());
      System.exit(1);
    }
    System.exit(0);
  }
}
