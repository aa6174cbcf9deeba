package io.godwit.testing;

import io.godwit.reporting.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

/** A real PostgreSQL for tests, the same that {@code scripts/run} embeds. Calls block; they are for test threads, not for event loops. */
public final class PostgresServer implements AutoCloseable {
  private static final AtomicInteger DATABASES = new AtomicInteger();
  private static PostgresServer one;

  private final Path home = ServerDirectory.create("postgres");
  private final int port = Ports.free();
  private final Thread atExit = new Thread(this::end, "postgres-server-end");
  private EmbeddedPostgres server;
  private boolean shared;

  private PostgresServer() {
  }

  /** The one of this JVM, started by the first who asks, ended with the JVM; {@link #close()} leaves it alone. */
  public static synchronized PostgresServer shared() {
    if (one == null) {
      one = start();
      one.shared = true;
    }
    return one;
  }

  /** A server of its own. Close it. */
  public static PostgresServer start() {
    PostgresServer started = new PostgresServer();
    Runtime.getRuntime().addShutdownHook(started.atExit);
    started.resume();
    return started;
  }

  /** Creates an empty database that no other test has; returns its URI as the Vert.x client wants it. */
  public String freshDatabase() {
    String name = "test_" + DATABASES.incrementAndGet();
    try {
      server.createDatabase(name);
    } catch (SQLException e) {
      throw new IllegalStateException("no fresh database", e);
    }
    return server.uri(name);
  }

  /** A clean stop that keeps the data: connections break, new ones are refused until {@link #resume()}. */
  public synchronized void suspend() {
    try {
      if (server != null) {
        server.close();
        server = null;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts it again, on the same port and data. */
  public synchronized void resume() {
    try {
      if (server == null) {
        server = EmbeddedPostgres.start(home, port, ProcessBuilder.Redirect.appendTo(home.resolve("postgres.log").toFile()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override public void close() {
    if (!shared) {
      Runtime.getRuntime().removeShutdownHook(atExit);
      end();
    }
  }

  private void end() {
    suspend();
    ServerDirectory.delete(home.resolve("cluster"));
  }
}
