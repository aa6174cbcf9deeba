package io.godwit.testing;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoException;
import com.mongodb.MongoTimeoutException;
import com.mongodb.WriteConcern;
import com.mongodb.reactivestreams.client.MongoClient;
import com.mongodb.reactivestreams.client.MongoClients;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.godwit.store.CommitSlot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.bson.Document;
import reactor.core.publisher.Mono;

/**
 * A real replica set, its nodes children of this JVM. All calls block; they are for test threads, not for event loops.
 *
 * <p>Most tests want {@link #shared()} and a {@link #freshDatabase()} of their own in it. Who kills nodes takes {@link #sharedThree()}
 * and leaves it whole ({@link #heal()}), or starts one for itself. The election settings are those of {@code scripts/run}: after the
 * death of its primary a set of three can be written to again in about two seconds.
 */
public final class MongoCluster implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String NAME = "test";
  /** Each test has a database of its own, of some hundred files, and MongoDB would keep them all open for ten minutes: 20,000 of them end it. */
  private static final String FILES = "file_manager=(close_idle_time=30,close_scan_interval=5,close_handle_minimum=100)";
  private static final AtomicInteger DATABASES = new AtomicInteger();
  private static String mongod;
  private static MongoCluster one;
  private static MongoCluster three;

  private final List<Node> nodes = new ArrayList<>();
  private final Path home = ServerDirectory.create("mongo");
  private final Thread atExit = new Thread(this::end, "mongo-cluster-end");
  private final Map<String, String> environment;
  private boolean shared;

  private MongoCluster(Map<String, String> environment) {
    this.environment = environment;
  }

  /** The one-node set of this JVM, started by the first who asks (about a second), ended with the JVM; {@link #close()} leaves it alone. */
  public static synchronized MongoCluster shared() {
    if (one == null) {
      one = start(1);
      one.shared = true;
    }
    return one;
  }

  /** The same with three nodes, for failover. All three are up when it is handed out. */
  public static synchronized MongoCluster sharedThree() {
    if (three == null) {
      three = start(3);
      three.shared = true;
    }
    three.heal();
    return three;
  }

  /** A set of its own, with a primary. Close it. */
  public static MongoCluster start(int nodes) {
    return start(nodes, Map.of());
  }

  /** The same, of one node that goes by a clock which the test moves. */
  public static MongoCluster start(SteppedClock clock) {
    return start(1, clock.environment());
  }

  private static MongoCluster start(int nodes, Map<String, String> environment) {
    MongoCluster cluster = new MongoCluster(environment);
    Runtime.getRuntime().addShutdownHook(cluster.atExit);
    try {
      for (int i = 0; i < nodes; i++) {
        cluster.nodes.add(cluster.new Node(i));
      }
      cluster.nodes.forEach(Node::start);
      cluster.nodes.forEach(Node::awaitAnswer);
      cluster.initiate();
      cluster.heal();
      return cluster;
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  /** Names all nodes and the set, nothing else: options are the business of who connects. */
  public String uri() {
    return "mongodb://" + nodes.stream().map(Node::host).collect(Collectors.joining(",")) + "/?replicaSet=" + NAME;
  }

  /** For one database in it, by a client that {@link #fail} knows by this name. */
  public String uri(String database, String app) {
    return uri().replace("/?", "/" + database + "?") + "&appName=" + app;
  }

  /** Runs a command at the primary, whoever that is by then: on a busy machine another may be elected at any moment. For what may be done twice. */
  public Document command(String database, Document command) {
    Document[] answer = {null};
    await("the primary to answer", () -> {
      try {
        answer[0] = nodes.get(primary()).command(database, command);
        return true;
      } catch (MongoException e) {
        if (!CommitSlot.isOutage(e)) throw e;
        return false;
      }
    });
    return answer[0];
  }

  /** As an old primary's successor may: it knows of no session any more that it committed a transaction. */
  public void forgetTransactions() {
    MongoCollection<Document> records = nodes.get(primary()).direct.getDatabase("config").getCollection("transactions");
    await("transactions to be forgotten", () -> {   // again and again: each heartbeat meanwhile leaves a record of its own
      Mono.from(records.withWriteConcern(WriteConcern.UNACKNOWLEDGED).deleteMany(new Document())).block(PATIENCE); // it refuses whoever has a session, as acknowledged writes have
      return Mono.from(records.countDocuments()).block(PATIENCE) == 0;
    });
  }

  public void drop(String database) {
    command(database, new Document("dropDatabase", 1));
  }

  /** Makes commands of that client fail as {@code data} says, see MongoDB's failCommand; {@code mode}: alwaysOn, or how many times. */
  public void fail(String app, Object mode, Document data) {
    command("admin", new Document("configureFailPoint", "failCommand").append("mode", mode).append("data", data.append("appName", app)));
  }

  public void failNoMore() {
    command("admin", new Document("configureFailPoint", "failCommand").append("mode", "off"));
  }

  /** A name that no other test of this JVM has. */
  public String freshDatabase() {
    return "test_" + DATABASES.incrementAndGet();
  }

  public int size() {
    return nodes.size();
  }

  /** The node that can be written to; waits for an election if need be. */
  public int primary() {
    int[] found = {-1};
    await("a primary", () -> {
      found[0] = -1;
      for (int i = 0; i < nodes.size() && found[0] < 0; i++) {
        found[0] = nodes.get(i).isPrimary() ? i : -1;
      }
      return found[0] >= 0;
    });
    return found[0];
  }

  /** As a power cut: SIGKILL, no goodbye. Returns when the process is gone. */
  public void kill(int node) {
    nodes.get(node).kill();
  }

  /** Starts a node that was killed, on its old data; returns when it is a full member again. */
  public void restart(int node) {
    nodes.get(node).start();
    nodes.get(node).awaitAnswer();
    await("node " + node + " to be a member again", nodes.get(node)::isMember);
  }

  /** As a machine that hangs: SIGSTOP; its connections stay open and nobody answers. */
  public void pause(int node) {
    nodes.get(node).pause();
  }

  public void resume(int node) {
    nodes.get(node).resume();
  }

  /** Every node up, one of them primary, the others following it. */
  public void heal() {
    for (Node node : nodes) {
      node.resume();
      if (!node.isAlive()) {
        node.start();
      }
    }
    for (Node node : nodes) {
      await("node " + node.number + " to be a member", node::isMember);
    }
    primary();
  }

  @Override public void close() {
    if (!shared) {
      Runtime.getRuntime().removeShutdownHook(atExit);
      end();
    }
  }

  private void end() {
    nodes.forEach(Node::kill); // nobody needs the data any more: no clean stop
    nodes.forEach(Node::forget);
  }

  private void initiate() {
    List<Document> members = nodes.stream().map(n -> new Document("_id", n.number).append("host", n.host()).append("priority", 1)).toList();
    Document settings = new Document("electionTimeoutMillis", 2000).append("heartbeatIntervalMillis", 500).append("chainingAllowed", false);
    Document initiate = new Document("replSetInitiate", new Document("_id", NAME).append("members", members).append("settings", settings));
    await("node 0 to be known to the driver, which looks for it twice a second", () -> {
      try {
        return nodes.get(0).command(initiate) != null;
      } catch (MongoTimeoutException e) {
        return false; // it was not asked
      }
    });
  }

  private static void await(String what, BooleanSupplier done) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!done.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("gave up waiting for " + what + " after " + PATIENCE.toSeconds() + " s");
      }
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while waiting for " + what, e);
      }
    }
  }

  /** The path that {@code scripts/mongod} prints; it may have to download it first, and says so on the standard error. */
  private static synchronized String mongod() {
    if (mongod == null) {
      try {
        Process finder = new ProcessBuilder(ServerDirectory.projectRoot().resolve("scripts").resolve("mongod").toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String path = new String(finder.getInputStream().readAllBytes()).trim();
        if (finder.waitFor() != 0) {
          throw new IllegalStateException("scripts/mongod finds no mongod; run it to see why");
        }
        mongod = path;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while looking for a mongod", e);
      }
    }
    return mongod;
  }

  /** One mongod, with a direct connection to it that outlives its restarts. */
  private final class Node {
    private final int number;
    private final int port = Ports.free();
    private final Path data;
    private final Path log;
    private final MongoClient direct;
    private Process process;
    private boolean paused;

    Node(int number) {
      this.number = number;
      data = home.resolve("node" + number);
      log = home.resolve("node" + number + ".log");
      direct = MongoClients.create(MongoClientSettings.builder()
          .applyConnectionString(new ConnectionString("mongodb://" + host() + "/?directConnection=true&maxPoolSize=2"))
          .applyToClusterSettings(cluster -> cluster.serverSelectionTimeout(500, TimeUnit.MILLISECONDS))
          .applyToServerSettings(server -> server.heartbeatFrequency(500, TimeUnit.MILLISECONDS))
          .applyToSocketSettings(socket -> socket.connectTimeout(1, TimeUnit.SECONDS).readTimeout(20, TimeUnit.SECONDS))
          .build());
    }

    String host() {
      return "127.0.0.1:" + port;
    }

    synchronized void start() {
      if (isAlive()) {
        return;
      }
      try {
        Files.createDirectories(data);
        ProcessBuilder builder = new ProcessBuilder(mongod(), "--replSet", NAME, "--dbpath", data.toString(), "--port", Integer.toString(port),
            "--bind_ip", "127.0.0.1", "--nounixsocket", "--quiet", "--oplogSize", "2048", "--wiredTigerCacheSizeGB", "0.25",
            "--setParameter", "transactionLifetimeLimitSeconds=5", "--setParameter", "diagnosticDataCollectionEnabled=false",
            "--setParameter", "enableTestCommands=1", "--wiredTigerEngineConfigString", FILES)
            .directory(data.toFile()).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        process = builder.start();
        paused = false;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    synchronized boolean isAlive() {
      return process != null && process.isAlive();
    }

    synchronized void kill() {
      if (isAlive()) {
        process.destroyForcibly();
        process.onExit().join();
      }
    }

    synchronized void pause() {
      signal("STOP");
      paused = true;
    }

    synchronized void resume() {
      if (paused && isAlive()) {
        signal("CONT");
      }
      paused = false;
    }

    private void signal(String name) {
      try {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).inheritIO().start();
        if (!kill.waitFor(10, TimeUnit.SECONDS) || kill.exitValue() != 0) {
          throw new IllegalStateException("node " + number + " could not be sent SIG" + name);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    void awaitAnswer() {
      await("node " + number + " to answer", () -> {
        if (!isAlive()) {
          throw new IllegalStateException("mongod ended at its start; see " + log);
        }
        try (Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), port)) {
          return socket.isConnected();
        } catch (IOException e) {
          return false;
        }
      });
    }

    boolean isPrimary() {
      return hello().getBoolean("isWritablePrimary", false);
    }

    boolean isMember() {
      Document hello = hello();
      return hello.getBoolean("isWritablePrimary", false) || hello.getBoolean("secondary", false);
    }

    private Document hello() {
      if (!isAlive() || paused) {
        return new Document();
      }
      try {
        return command(new Document("hello", 1));
      } catch (MongoException e) {
        return new Document(); // not up yet, or on its way down
      }
    }

    Document command(Document command) {
      return command("admin", command);
    }

    Document command(String database, Document command) {
      return Mono.from(direct.getDatabase(database).runCommand(command)).block(PATIENCE);
    }

    void forget() {
      direct.close();
      ServerDirectory.delete(data);
    }
  }
}
