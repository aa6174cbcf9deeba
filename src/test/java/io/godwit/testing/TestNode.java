package io.godwit.testing;

import com.mongodb.ConnectionString;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import io.godwit.accounts.Directory;
import io.godwit.message.Encoding;
import io.godwit.message.Lane;
import io.godwit.message.Message;
import io.godwit.message.Origin;
import io.godwit.node.Node;
import io.godwit.node.Queues;
import io.godwit.node.Readiness;
import io.godwit.node.Settings;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.MongoQueue;
import io.godwit.store.MongoSet;
import io.godwit.store.Sets;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * The stores of one process on real databases of the shared replica set, one database a Godwit set, with a clock that tests
 * move. A second node on the same databases is another process. Calls block; they are for test threads.
 */
public final class TestNode implements AutoCloseable {
  public final Vertx vertx = Vertx.vertx();
  public final AtomicLong clock;
  public final Sets sets;
  public final Directory directory;
  public final Node node;
  private final List<String> uris;
  private final String postgres;

  private TestNode(List<String> uris, String postgres, AtomicLong clock) {
    this.uris = uris;
    this.postgres = postgres;
    this.clock = clock;
    sets = await(() -> Sets.open(vertx, uris, clock::get));
    Await.until("every set is joined, of which a process waits three seconds for those but the first", () -> sets.all().stream().allMatch(set -> set.incarnation() != null));
    directory = await(() -> Directory.open(sets.control()));
    Queues queues = new Queues();
    for (MongoSet set : sets.all()) queues.add(await(() -> MongoQueue.open(set)));
    node = new Node(vertx, new Settings(uris, postgres, "127.0.0.1", 0, 0, null, null, null), sets, queues, directory, new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), new Readiness(), TestNode.class.getClassLoader());
  }

  /** On fresh, empty databases. */
  public static TestNode start(int sets) {
    return start(sets, null);
  }

  /** The same with a reporting database. */
  public static TestNode start(int sets, String postgres) {
    List<String> uris = new ArrayList<>();
    for (int i = 0; i < sets; i++) uris.add(MongoCluster.shared().uri().replace("/?", "/" + MongoCluster.shared().freshDatabase() + "?"));
    return new TestNode(uris, postgres, new AtomicLong(System.currentTimeMillis()));
  }

  /** On one fresh database, with that name for {@link MongoCluster#fail}. */
  public static TestNode named(String app) {
    return new TestNode(List.of(MongoCluster.shared().uri(MongoCluster.shared().freshDatabase(), app)), null, new AtomicLong(System.currentTimeMillis()));
  }

  /** Another process on the same databases, with the same clock. */
  public TestNode another() {
    return new TestNode(uris, postgres, clock);
  }

  /** Another process on the same databases, with the same clock, whose commands a test may stop. */
  public TestNode another(Gate gate) {
    return new TestNode(uris.stream().map(uri -> gate.uri(new ConnectionString(uri).getDatabase())).toList(), postgres, clock);
  }

  /** The same, with the gate before one of its sets only. */
  public TestNode another(Gate gate, int set) {
    List<String> gated = new ArrayList<>(uris);
    gated.set(set, gate.uri(new ConnectionString(uris.get(set)).getDatabase()));
    return new TestNode(gated, postgres, clock);
  }

  /** As whoever finds a process dead in its first set does; the process finds it out by itself, at its next beat. */
  public void declareDead(int incarnation) {
    Await.first(sets.control().db().getCollection("incarnations").updateOne(Filters.eq("_id", incarnation), Updates.set("alive", false)));
  }

  /** Writes an entry into the directory; in force when it returns. */
  public void put(String kind, String id, JsonObject body) {
    await(() -> directory.put(vertx.getOrCreateContext(), kind, id, body));
  }

  /** Runs the action on an event loop of its own, and waits for its outcome. */
  public <T> T await(Supplier<Future<T>> action) {
    if (Context.isOnEventLoopThread()) throw new IllegalStateException("await would block an event loop");
    try {
      return begin(action).toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) throw cause;
      throw new IllegalStateException(e.getCause());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** The same without waiting. */
  public <T> Future<T> begin(Supplier<Future<T>> action) {
    Promise<T> outcome = Promise.promise();
    vertx.getOrCreateContext().runOnContext(v -> Future.succeededFuture().compose(x -> action.get()).onComplete(outcome));
    return outcome.future();
  }

  /** A message of one segment as it was just accepted in the first set. */
  public Message message(String account, String to) {
    return message(account, "Godwit", to, 1, Origin.NONE);
  }

  public Message message(String account, String from, String to, int segments, Origin origin) {
    return Message.accepted(node.queue(0).newId(), Lane.BULK, account, from, to, "Hello", Encoding.GSM7, segments, "DE", clock.get() + 3_600_000, origin);
  }

  /** All verticles end, as on a shutdown; the stores stay open. Those that ended with their parents meanwhile are no failure. */
  public void undeployAll() {
    for (String deployment : vertx.deploymentIDs()) {
      await(() -> vertx.undeploy(deployment).recover(e -> "Unknown deployment".equals(e.getMessage()) ? Future.succeededFuture() : Future.failedFuture(e)));
    }
  }

  @Override
  public void close() {
    directory.close();
    for (MessageQueue queue : node.queues().all()) await(queue::close);
    await(sets::close);
    try {
      vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
