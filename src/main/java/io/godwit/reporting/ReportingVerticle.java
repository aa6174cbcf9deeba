package io.godwit.reporting;

import io.godwit.node.Node;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.sqlclient.Pool;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The reporting component: one projection a set into PostgreSQL. Starts without PostgreSQL and waits for it; any number of processes
 * may run it, and for each set one of them projects.
 */
public final class ReportingVerticle extends VerticleBase {
  private final Node node;
  private final List<Projection> projections = new ArrayList<>();
  private Pool pool;
  private Future<Void> schema;

  public ReportingVerticle(Node node) {
    this.node = node;
  }

  @Override
  public Future<?> start() {
    String uri = node.settings().postgres();
    if (uri == null) return Future.failedFuture("the reporting component needs a PostgreSQL: conf/godwit.json: postgres");
    ReportingConfig config = ReportingConfig.from(config());
    pool = ReportingDatabase.writers(vertx, uri, node.sets().all().size());
    for (MongoSet set : node.sets().all()) projections.add(projection(set, config, vertx.getOrCreateContext()));
    node.readiness().register("reporting", this::trouble);
    projections.forEach(Projection::start);
    return Future.succeededFuture();
  }

  private Projection projection(MongoSet set, ReportingConfig config, Context context) {
    String holder = ManagementFactory.getRuntimeMXBean().getName() + "/" + deploymentID();
    Lag lag = new Lag(node.meters(), set.index(), set.clock());
    return new Projection(set, context, pool, config, this::schema, holder, lag);
  }

  /** Once for all projections; again after it failed. */
  private Future<Void> schema() {
    if (schema == null || schema.failed()) schema = new Schema(vertx).prepare(pool);
    return schema;
  }

  /** A set that is down stops its own reports only, and is said by itself: it is no reason to send callers elsewhere. */
  private String trouble() {
    return projections.stream().filter(Projection::isReadable).map(Projection::trouble).filter(Objects::nonNull).findFirst().orElse(null);
  }

  @Override
  public Future<?> stop() {
    node.readiness().remove("reporting");
    return Future.join(projections.stream().map(Projection::stop).toList()).transform(v -> pool.close());
  }
}
