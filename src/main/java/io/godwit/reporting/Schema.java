package io.godwit.reporting;

import io.godwit.message.CountryNames;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/**
 * Brings the reporting database to the tables that this release knows: the files of {@code db/}, each once and in order, all in one
 * transaction, under a lock that other processes wait for. A database that is further already is left as it is, so that two
 * releases can run together.
 *
 * <p>Ours and not Flyway: Flyway needs JDBC, that is a second driver with another grammar for addresses, passwords and TLS, and a
 * blocking one. What is used of it here would be these two methods.
 */
final class Schema {
  private static final List<String> FILES = List.of("001_messages.sql", "002_volume.sql", "003_billed.sql", "004_carried.sql");
  private static final long LOCK = 0x60d3170001L;

  private final Vertx vertx;

  Schema(Vertx vertx) {
    this.vertx = vertx;
  }

  /** May be called again and again. */
  Future<Void> prepare(Pool pool) {
    return vertx.executeBlocking(() -> FILES.stream().map(Schema::read).toList())
      .compose(scripts -> pool.withTransaction(connection -> lock(connection)
        .compose(v -> version(connection))
        .compose(version -> migrate(connection, scripts, version))
        .compose(v -> nameCountries(connection))));
  }

  private static Future<Void> lock(SqlConnection connection) {
    return connection.query("SELECT pg_advisory_xact_lock(" + LOCK + ")").execute()
      .compose(v -> connection.query("""
        CREATE TABLE IF NOT EXISTS schema_version (version integer PRIMARY KEY, file text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now());
        COMMENT ON TABLE schema_version IS 'Which of the files in db/ this database has gone through.'""").execute())
      .mapEmpty();
  }

  private static Future<Integer> version(SqlConnection connection) {
    return connection.query("SELECT coalesce(max(version), 0) FROM schema_version").execute().map(rows -> rows.iterator().next().getInteger(0));
  }

  private static Future<Void> migrate(SqlConnection connection, List<String> scripts, int version) {
    Future<Void> done = Future.succeededFuture();
    for (int next = version; next < scripts.size(); next++) {
      int index = next;
      done = done.compose(v -> connection.query(scripts.get(index)).execute())
        .compose(v -> connection.preparedQuery("INSERT INTO schema_version (version, file) VALUES ($1, $2)").execute(Tuple.of(index + 1, FILES.get(index))))
        .mapEmpty();
    }
    return done;
  }

  private static Future<Void> nameCountries(SqlConnection connection) {
    TreeSet<String> codes = new TreeSet<>(List.of(Locale.getISOCountries()));
    codes.addAll(PhoneNumberUtil.getInstance().getSupportedRegions());
    String[] names = codes.stream().map(CountryNames::of).toArray(String[]::new);
    return connection.preparedQuery("""
        INSERT INTO country AS c (code, name) SELECT * FROM unnest($1::text[], $2::text[])
        ON CONFLICT (code) DO UPDATE SET name = excluded.name WHERE c.name <> excluded.name""")
      .execute(Tuple.tuple().addValue(codes.toArray(String[]::new)).addValue(names)).mapEmpty();
  }

  private static String read(String file) {
    try (InputStream in = Schema.class.getResourceAsStream("/db/" + file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
