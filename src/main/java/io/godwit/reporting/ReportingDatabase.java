package io.godwit.reporting;

import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** How Godwit connects to PostgreSQL: one pool for the projection and one for readers, so that neither waits for the other. */
final class ReportingDatabase {
  /** A report that takes longer is given up by PostgreSQL, milliseconds. */
  private static final int LONGEST_READ = 9_000;
  /** A little longer than PostgreSQL is given for one question: then it does not answer at all. Less than any request may take ({@link io.godwit.http.Inflow}). */
  static final long LONGEST_MS = LONGEST_READ + 1_000;
  private static final int READERS = 8;
  private static final int CONNECT_TIMEOUT = 2_000;
  private static final int WAIT_FOR_CONNECTION_SECONDS = 3;

  private ReportingDatabase() {
  }

  /** For the projection. Runs on an event loop of its own: a batch's thousands of values are encoded there. */
  static Pool writers(Vertx vertx, String uri, int sets) {
    return pool(vertx, connect(uri, "godwit projection"), options().setMaxSize(sets + 1).setEventLoopSize(1));
  }

  /** For lists and reports; one for the whole process, whoever opens it first. */
  static Pool readers(Vertx vertx, String uri) {
    PgConnectOptions connect = connect(uri, "godwit reports").addProperty("statement_timeout", Integer.toString(LONGEST_READ));
    return pool(vertx, connect, options().setMaxSize(READERS).setShared(true).setName("godwit-reports " + uri.hashCode()));
  }

  private static PgConnectOptions connect(String uri, String application) {
    PgConnectOptions connect = PgConnectOptions.fromUri(uri);
    connect.setCachePreparedStatements(true);
    return connect.addProperty("application_name", application).addProperty("timezone", "UTC").addProperty("client_min_messages", "warning");
  }

  private static PoolOptions options() {
    return new PoolOptions().setConnectionTimeout(WAIT_FOR_CONNECTION_SECONDS).setConnectionTimeoutUnit(TimeUnit.SECONDS);
  }

  private static Pool pool(Vertx vertx, PgConnectOptions connect, PoolOptions options) {
    NetClientOptions socket = new NetClientOptions().setConnectTimeout(CONNECT_TIMEOUT).setTcpKeepAlive(true);
    return PgBuilder.pool().connectingTo(connect).with(options).with(socket).using(vertx).build();
  }

  /** Whether it is PostgreSQL that cannot answer now, rather than the question that is wrong. */
  static boolean isUnavailable(Throwable failure) {
    return !(failure instanceof PgException e) || e.getSqlState() == null
      || PASSING.contains(e.getSqlState().substring(0, 2)) || NOT_SET_UP.contains(e.getSqlState());
  }

  /** SQL states by class: connection, authorisation, database name, resources, operator's intervention. */
  private static final Set<String> PASSING = Set.of("08", "28", "3D", "53", "57");
  /** No such table or function: the reporting component, which makes them, has never run. */
  private static final Set<String> NOT_SET_UP = Set.of("42P01", "42883");
}
