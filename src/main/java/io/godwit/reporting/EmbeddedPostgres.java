package io.godwit.reporting;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A PostgreSQL of our own for those who have none to offer: {@code scripts/run} and the tests. Production names one in {@code GODWIT_PG_URL}.
 *
 * <p>Durable (fsync and synchronous_commit on) and kept: started again on the same directory it has its data, also when the one before
 * was killed. Listens on 127.0.0.1 only, without passwords. The server's programs are unpacked once into Godwit's cache.
 *
 * <p>Layout of the directory: {@code cluster/} is PostgreSQL's; {@code complete} says that it was created to the end, so that a
 * half-made one (killed in initdb) is thrown away instead of failing for ever.
 */
public final class EmbeddedPostgres implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final io.zonky.test.db.postgres.embedded.EmbeddedPostgres server;
  private final Path cluster;

  private EmbeddedPostgres(io.zonky.test.db.postgres.embedded.EmbeddedPostgres server, Path cluster) {
    this.server = server;
    this.cluster = cluster;
  }

  /** Starts on {@code data}, which is created when absent; what the server says goes to {@code output}. Blocks until it answers. */
  public static EmbeddedPostgres start(Path data, int port, ProcessBuilder.Redirect output) throws IOException {
    Path home = Files.createDirectories(data).toRealPath();
    Path cluster = home.resolve("cluster");
    endOrphans(cluster);
    failWhenTaken(port);
    if (Files.notExists(home.resolve("complete"))) {
      delete(cluster);
    }
    EmbeddedPostgres started = new EmbeddedPostgres(launch(cluster, port, output), cluster);
    Files.writeString(home.resolve("complete"), "");
    return started;
  }

  public int port() {
    return server.getPort();
  }

  /** As the Vert.x client wants it. */
  public String uri(String database) {
    return "postgresql://postgres@127.0.0.1:" + port() + "/" + database;
  }

  /** Does nothing when it is there already. {@code name} is a plain identifier, as it goes into SQL unquoted. */
  public void createDatabase(String name) throws SQLException {
    if (!name.matches("[a-z][a-z0-9_]{0,62}")) {
      throw new IllegalArgumentException("not a plain database name: " + name);
    }
    try (var connection = server.getPostgresDatabase().getConnection(); var statement = connection.createStatement()) {
      if (!statement.executeQuery("SELECT 1 FROM pg_database WHERE datname = '" + name + "'").next()) {
        statement.execute("CREATE DATABASE " + name);
      }
    }
  }

  /** Waits for open transactions to be rolled back and everything to be on disk. */
  @Override public void close() throws IOException {
    server.close();
  }

  private static io.zonky.test.db.postgres.embedded.EmbeddedPostgres launch(Path cluster, int port, ProcessBuilder.Redirect output)
      throws IOException {
    Path programs = Files.createDirectories(cache().resolve("postgres"));
    // one at a time: zonky's own lock leaves a half-unpacked directory behind when its holder is killed
    try (FileChannel file = FileChannel.open(programs.resolve("unpack.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
         FileLock held = file.lock()) {
      deleteHalfUnpacked(programs);
      // zonky deletes what it takes for abandoned data under its "parent" directory; this one holds programs only
      System.setProperty("ot.epg.working-dir", programs.toString());
      return io.zonky.test.db.postgres.embedded.EmbeddedPostgres.builder()
          .setDataDirectory(cluster).setCleanDataDirectory(false).setRegisterShutdownHook(false)
          .setPort(port).setPGStartupWait(Duration.ofSeconds(60)) // a crash recovery may take its time
          .setLocaleConfig("locale", "C")
          .setServerConfig("fsync", "on").setServerConfig("synchronous_commit", "on") // zonky turns both off
          .setServerConfig("max_connections", "100")
          .setServerConfig("listen_addresses", "127.0.0.1").setServerConfig("unix_socket_directories", "")
          .setOutputRedirector(output).setErrorRedirector(output)
          .start();
    }
  }

  /** zonky would take whoever answers there for its own server. */
  private static void failWhenTaken(int port) throws IOException {
    try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"))) {
      probe.getLocalPort();
    } catch (BindException e) {
      throw new IOException("port " + port + " on 127.0.0.1 is taken", e);
    }
  }

  private static void deleteHalfUnpacked(Path programs) throws IOException {
    List<Path> unpacked;
    try (var entries = Files.list(programs)) {
      unpacked = entries.filter(p -> p.getFileName().toString().startsWith("PG-")).toList();
    }
    for (Path version : unpacked) {
      if (Files.notExists(version.resolve(".exists"))) {
        delete(version);
      }
    }
  }

  /**
   * A server whose starter was killed lives on, and PostgreSQL would refuse the directory; it also refuses when the process number in
   * {@code postmaster.pid} belongs to somebody else by now. We hold the directory by contract, so what still works in it is a leftover.
   */
  private static void endOrphans(Path cluster) throws IOException {
    Optional<ProcessHandle> master = postmaster(cluster);
    for (ProcessHandle orphan : workingIn(cluster).values()) {
      if (master.isPresent() && master.get().pid() == orphan.pid()) {
        new ProcessBuilder("kill", "-INT", Long.toString(orphan.pid())).start(); // "fast shutdown"; SIGTERM would wait for clients
      }
    }
    for (ProcessHandle orphan : workingIn(cluster).values()) {
      awaitOrKill(orphan);
    }
    Files.deleteIfExists(cluster.resolve("postmaster.pid"));
  }

  private static void awaitOrKill(ProcessHandle orphan) {
    try {
      orphan.onExit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException e) {
      orphan.destroyForcibly();
      orphan.onExit().join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Optional<ProcessHandle> postmaster(Path cluster) throws IOException {
    try {
      return ProcessHandle.of(Long.parseLong(Files.readAllLines(cluster.resolve("postmaster.pid")).get(0).trim()));
    } catch (NoSuchFileException | NumberFormatException | IndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }

  /** Processes whose working directory is the cluster: exactly PostgreSQL's own. Empty where there is no /proc. */
  private static Map<Long, ProcessHandle> workingIn(Path cluster) {
    Map<Long, ProcessHandle> found = new TreeMap<>();
    ProcessHandle.allProcesses().forEach(process -> {
      try {
        if (Files.readSymbolicLink(Path.of("/proc", Long.toString(process.pid()), "cwd")).equals(cluster)) {
          found.put(process.pid(), process);
        }
      } catch (IOException e) {
        // ended meanwhile, or somebody else's
      }
    });
    return found;
  }

  /** Godwit's cache, the same as in {@code scripts/mongod}. */
  private static Path cache() {
    String named = System.getenv("GODWIT_CACHE");
    if (named != null && !named.isEmpty()) {
      return Path.of(named).toAbsolutePath();
    }
    String xdg = System.getenv("XDG_CACHE_HOME");
    return (xdg != null && !xdg.isEmpty() ? Path.of(xdg) : Path.of(System.getProperty("user.home"), ".cache")).resolve("godwit");
  }

  private static void delete(Path directory) throws IOException {
    if (Files.exists(directory)) {
      try (var all = Files.walk(directory)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  /** {@code --data DIR --port N}: serves the database {@code godwit} until SIGTERM. Ends with an error when the server dies. */
  public static void main(String[] args) throws Exception {
    if (args.length != 4 || !args[0].equals("--data") || !args[2].equals("--port")) {
      System.err.println("usage: EmbeddedPostgres --data DIR --port N");
      System.exit(2);
    }
    try {
      serve(Path.of(args[1]), Integer.parseInt(args[3]));
    } catch (IOException | IllegalStateException e) { // the latter: zonky, when one of PostgreSQL's programs fails; it has said why
      System.err.println("PostgreSQL does not start: " + e.getMessage());
    }
    System.exit(1); // a no-op while a SIGTERM is being handled
  }

  private static void serve(Path data, int port) throws IOException, SQLException {
    EmbeddedPostgres postgres = start(data, port, ProcessBuilder.Redirect.INHERIT);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      try {
        postgres.close();
      } catch (IOException e) {
        System.err.println("PostgreSQL did not stop cleanly: " + e.getMessage());
      }
    }));
    postgres.createDatabase("godwit");
    System.out.println("PostgreSQL is ready: " + postgres.uri("godwit"));
    ProcessHandle master = postmaster(postgres.cluster).orElseThrow();
    master.onExit().join();
    System.err.println("PostgreSQL ended by itself");
  }
}
