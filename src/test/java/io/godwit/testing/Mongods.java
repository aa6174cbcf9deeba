package io.godwit.testing;

import com.mongodb.ConnectionString;
import com.mongodb.reactivestreams.client.MongoClient;
import com.mongodb.reactivestreams.client.MongoClients;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bson.Document;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** A real replica set as child processes, with test commands on: its members can be killed and told to fail. */
public final class Mongods implements AutoCloseable {
  private static Mongods shared;

  private final List<Member> members = new ArrayList<>();
  private final Path home;
  private MongoClient admin;

  private static final class Member {
    final int port;
    final Path dir;
    Process process;

    Member(int port, Path dir) {
      this.port = port;
      this.dir = dir;
    }
  }

  private Mongods(int count) throws Exception {
    home = Files.createTempDirectory("godwit-mongods-");
    for (int i = 0; i < count; i++) members.add(new Member(freePort(), Files.createDirectories(home.resolve("m" + i))));
    for (Member member : members) launch(member);
    Runtime.getRuntime().addShutdownHook(new Thread(this::close));
    initiate();
  }

  /** One single-node set for all tests of this JVM. */
  public static synchronized Mongods shared() {
    if (shared == null) shared = start(1);
    return shared;
  }

  public static Mongods start(int count) {
    try {
      return new Mongods(count);
    } catch (Exception e) {
      throw new IllegalStateException("no replica set for the tests", e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private void launch(Member member) throws Exception {
    member.process = new ProcessBuilder(binary(), "--replSet", "rs", "--bind_ip", "127.0.0.1", "--port", "" + member.port, "--dbpath", member.dir.toString(),
        "--wiredTigerCacheSizeGB", "0.25", "--oplogSize", "256", "--setParameter", "transactionLifetimeLimitSeconds=5", "--setParameter", "enableTestCommands=1",
        "--setParameter", "diagnosticDataCollectionEnabled=false")
      .redirectErrorStream(true).redirectOutput(member.dir.resolve("log").toFile()).start();
  }

  private static String binary() throws Exception {
    Process found = new ProcessBuilder(new File("scripts/mongod").getAbsolutePath()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String path = new String(found.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
    if (found.waitFor() != 0) throw new IllegalStateException("scripts/mongod found no mongod");
    return path;
  }

  private void initiate() throws Exception {
    List<Document> config = IntStream.range(0, members.size()).mapToObj(i -> new Document("_id", i).append("host", "127.0.0.1:" + members.get(i).port)).toList();
    try (MongoClient direct = MongoClients.create("mongodb://127.0.0.1:" + members.get(0).port + "/?directConnection=true&serverSelectionTimeoutMS=30000")) {
      await(direct.getDatabase("admin").runCommand(new Document("replSetInitiate", new Document("_id", "rs").append("members", config)
        .append("settings", new Document("electionTimeoutMillis", 2000).append("heartbeatIntervalMillis", 500)))));
    }
    command(new Document("ping", 1));
  }

  public String uri(String database) {
    return uri(database, database);
  }

  /** With another application name than the database's: {@link #fail} passes it by. */
  public String uri(String database, String app) {
    return "mongodb://" + String.join(",", members.stream().map(m -> "127.0.0.1:" + m.port).toList()) + "/" + database + "?replicaSet=rs&appName=" + app;
  }

  /** Runs a command at the primary's admin database. */
  public Document command(Document command) {
    return await(admin().getDatabase("admin").runCommand(command));
  }

  private synchronized MongoClient admin() {
    if (admin == null) admin = MongoClients.create(new ConnectionString(uri("admin")));
    return admin;
  }

  public void drop(String database) {
    await(admin().getDatabase(database).drop());
  }

  /** Makes commands of the client with this application name fail as {@code data} says; see MongoDB's failCommand. */
  public void fail(String app, Object mode, Document data) {
    command(new Document("configureFailPoint", "failCommand").append("mode", mode).append("data", data.append("appName", app)));
  }

  public void failNoMore() {
    command(new Document("configureFailPoint", "failCommand").append("mode", "off"));
  }

  /** kill -9 of the present primary. */
  public void killPrimary() {
    String primary = command(new Document("hello", 1)).getString("primary");
    Member member = members.stream().filter(m -> primary.endsWith(":" + m.port)).findFirst().orElseThrow();
    member.process.destroyForcibly().onExit().join();
  }

  /** Starts again whatever was killed. */
  public void revive() {
    for (Member member : members) {
      try {
        if (!member.process.isAlive()) launch(member);
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  public static <T> T await(Publisher<T> publisher) {
    CompletableFuture<T> result = new CompletableFuture<>();
    publisher.subscribe(new Subscriber<>() {
      private T first;

      @Override
      public void onSubscribe(Subscription s) {
        s.request(Long.MAX_VALUE);
      }

      @Override
      public void onNext(T t) {
        if (first == null) first = t;
      }

      @Override
      public void onError(Throwable t) {
        result.completeExceptionally(t);
      }

      @Override
      public void onComplete() {
        result.complete(first);
      }
    });
    return result.orTimeout(60, TimeUnit.SECONDS).join();
  }

  @Override
  public synchronized void close() {
    if (admin != null) admin.close();
    for (Member member : members) if (member.process.isAlive()) member.process.destroyForcibly().onExit().join();
    try (Stream<Path> files = Files.walk(home)) {
      files.sorted(Comparator.reverseOrder()).forEach(f -> f.toFile().delete());
    } catch (IOException e) {
      // already gone
    }
  }
}
