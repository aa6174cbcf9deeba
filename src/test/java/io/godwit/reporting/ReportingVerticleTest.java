package io.godwit.reporting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.events.EventStream;
import io.godwit.message.Event;
import io.godwit.node.Node;
import io.godwit.node.Queues;
import io.godwit.node.Readiness;
import io.godwit.node.Settings;
import io.godwit.store.CommitSlot;
import io.godwit.store.Sets;
import io.godwit.store.UnitOfWork;
import io.godwit.testing.Await;
import io.godwit.testing.MongoCluster;
import io.godwit.testing.PostgresServer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReportingVerticleTest {
  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final Readiness readiness = new Readiness();
  private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private Sets sets;

  @BeforeEach void open() {
    MongoCluster mongo = MongoCluster.shared();
    List<String> uris = List.of(mongo.uri().replace("/?", "/" + mongo.freshDatabase() + "?"), mongo.uri().replace("/?", "/" + mongo.freshDatabase() + "?"));
    sets = Await.await(Sets.open(vertx, uris, System::currentTimeMillis));
  }

  @AfterEach void close() {
    Await.await(sets.close());
    Await.await(vertx.close());
  }

  @Test void itStartsWithoutPostgresAndProjectsEverySetOnceItIsThere() {
    try (PostgresServer postgres = PostgresServer.start()) {
      String uri = postgres.freshDatabase();
      postgres.suspend();
      String deployment = deploy(uri, new JsonObject().put("pollMs", 20));
      Await.until("it says what is missing", () -> readiness.troubles().containsKey("reporting"));
      sets.all().forEach(set -> write(set.index()));
      postgres.resume();
      Await.until("it is ready", () -> readiness.troubles().isEmpty());
      Pool pool = ReportingDatabase.writers(vertx, uri, 1);
      Await.until("both sets are projected", () ->
        Await.await(pool.query("SELECT count(DISTINCT set_no) FROM message").execute()).iterator().next().getLong(0) == 2);
      assertTrue(meters.scrape().contains("godwit_reporting_lag_seconds{set=\"1\"}"), meters.scrape());
      Await.await(vertx.undeploy(deployment));
      assertEquals(0, Await.await(pool.query("SELECT count(holder) FROM projector").execute()).iterator().next().getLong(0), "its places are free for others");
    }
  }

  @Test void aConfigurationThatCannotBeStopsTheStart() {
    assertTrue(failure(null, new JsonObject()).contains("postgres"));
    assertTrue(failure("postgresql://x@127.0.0.1:1/x", new JsonObject().put("pollms", 1)).contains("pollms: unknown key"));
    assertTrue(failure("postgresql://x@127.0.0.1:1/x", new JsonObject().put("pollMs", "fast")).contains("pollMs: must be a number"));
  }

  private String failure(String uri, JsonObject config) {
    return Await.await(deploying(uri, config).map(id -> "").recover(e -> Future.succeededFuture(e.getMessage())));
  }

  private String deploy(String uri, JsonObject config) {
    return Await.await(deploying(uri, config));
  }

  private Future<String> deploying(String uri, JsonObject config) {
    Node node = new Node(vertx, new Settings(List.of("-"), uri, "127.0.0.1", 0, 0, null, null, null), sets, new Queues(), null, meters, readiness, null);
    return vertx.deployVerticle(() -> new ReportingVerticle(node), new DeploymentOptions().setConfig(config));
  }

  private void write(int index) {
    EventStream stream = new EventStream(sets.get(index));
    Await.await(stream.prepareDays());
    List<Event> life = new Histories(index, System.currentTimeMillis(), index).sent();
    Await.on(context, () -> {
      UnitOfWork work = new UnitOfWork();
      stream.append(work, life);
      CommitSlot slot = sets.get(index).slot("t");
      return slot.run(work).onComplete(done -> slot.close());
    });
  }
}
