package io.godwit.smppserver;

import io.godwit.accounts.Directory;
import io.godwit.accounts.PassedTlvs;
import io.godwit.intake.Intake;
import io.godwit.intake.KeptAnswers;
import io.godwit.message.Limits;
import io.godwit.node.Node;
import io.godwit.queue.Inventory;
import io.godwit.smpp.BindType;
import io.godwit.smpp.SmppServer;
import io.godwit.smpp.SmppSession;
import io.godwit.store.Deadline;
import io.godwit.store.MongoSet;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.net.NetServerOptions;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The customers' SMPP server. All instances share the ports and nothing else; with port 0 that is any free one, and {@link #PORTS} tells which. A stop
 * refuses what is new, answers what is open, unbinds everybody and returns what was not told.
 */
public final class SmppServerVerticle extends VerticleBase {
  /** The local map of the Vert.x instance that holds the actual ports under {@code "smpp"} and {@code "smpps"}. */
  public static final String PORTS = "godwit.ports";
  private static final String READINESS = "smpp-server";
  private static final AtomicInteger OPENED = new AtomicInteger();
  private static final long TICK_MS = 2_000;
  private static final long COUNT_MS = 10_000;
  private static final long FIRST_DELAY_MS = 1_000;
  private static final Logger log = LoggerFactory.getLogger(SmppServerVerticle.class);

  private final Node node;
  private final Map<BindType, AtomicLong> bound = new EnumMap<>(BindType.class);
  private final AtomicLong held = new AtomicLong();
  private final AtomicLong stored = new AtomicLong();
  private final List<SmppServer> servers = new ArrayList<>();
  private final String name = Integer.toString(OPENED.incrementAndGet());
  private ServerConfig config;
  private Intake intake;
  private Meters meters;
  private Door door;

  public SmppServerVerticle(Node node) {
    this.node = node;
  }

  @Override
  public Future<?> start() {
    config = ServerConfig.from(config());
    intake = Intake.open(node, config.answerTimeout());
    KeptAnswers answers = new KeptAnswers(context, node);
    Directory.View<PassedTlvs> passed = PassedTlvs.view(node.directory());
    meters = new Meters(node.meters(), name);
    door = new Door(context, node.directory(), new Credentials(vertx, FIRST_DELAY_MS, System::nanoTime), new Binds(context, node.sets().control(), name),
      new Submits(intake, new Repeats(answers, node::now), account -> passed.get().of(account), node::now, meters), new Queries(context, node.sets(), intake), meters);
    for (BindType type : BindType.values()) {
      meters.gauge("godwit.smpp.bound", "sessions that are bound", type.name(), bound.computeIfAbsent(type, t -> new AtomicLong()), AtomicLong::get);
    }
    meters.gauge("godwit.smpp.held", "receipts and replies taken from the queue and not told yet", "all", held, AtomicLong::get);
    meters.gauge("godwit.smpp.waiting", "parcels of receipts and replies in the store", "all", stored, AtomicLong::get);
    node.directory().onChange(() -> context.runOnContext(v -> door.review()));
    vertx.setPeriodic(TICK_MS, t -> tick());
    vertx.setPeriodic(COUNT_MS, t -> count());
    return answers.open().compose(v -> node.queues().each(queue -> {
      door.serve(new Post(context, queue, meters));
      return Future.succeededFuture();
    })).compose(v -> listen("smpp", config.plain(node.settings().smppPort()))).compose(v -> config.tls() == null ? Future.succeededFuture() : listen("smpps", config.tls()))
      .onFailure(e -> stop());
  }

  /** Gauges are read by any thread, and so shown what was counted here. */
  private void tick() {
    door.tick();
    List<Esme> sessions = door.sessions();
    bound.forEach((type, gauge) -> gauge.set(sessions.stream().filter(esme -> esme.session().bindType() == type).count()));
    held.set(door.waiting());
  }

  private void count() {
    List<Future<Long>> counts = node.sets().all().stream().filter(MongoSet::isHealthy).map(set -> Inventory.notices(context, set)).toList();
    Future.all(counts).onSuccess(all -> stored.set(counts.stream().mapToLong(Future::result).sum()));
  }

  private Future<Void> listen(String what, NetServerOptions net) {
    return SmppServer.listen(vertx, net, config.session(), this::accept).map(server -> {
      servers.add(server);
      vertx.sharedData().<String, Integer>getLocalMap(PORTS).put(what, server.port());
      log.info("{} on {}:{}", what.toUpperCase(java.util.Locale.ROOT), net.getHost(), server.port());
      return null;
    });
  }

  /** What comes beyond the limit is hung up on; who does not bind in time is, too. */
  private Esme accept(SmppSession session) {
    int connections = servers.stream().mapToInt(server -> server.sessions().size()).sum();
    if (connections > Limits.SMPP_CONNECTIONS) context.runOnContext(v -> session.close());
    return new Esme(door, session);
  }

  @Override
  public Future<?> stop() {
    node.readiness().register(READINESS, () -> "is stopping");
    door.drain();
    return Deadline.within(config.drainTimeout(), Future.join(servers.stream().map(SmppServer::close).toList()))
      .eventually(() -> Deadline.within(config.drainTimeout(), door.close()))
      .eventually(() -> Deadline.within(config.drainTimeout(), intake.close()))
      .onComplete(closed -> {
        meters.close();
        node.readiness().remove(READINESS);
      });
  }
}
