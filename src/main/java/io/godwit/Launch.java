package io.godwit;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MultiMapConfig;
import com.hazelcast.config.NetworkConfig;
import io.godwit.accounts.Alerts;
import io.godwit.accounts.Directory;
import io.godwit.node.Node;
import io.godwit.node.Queues;
import io.godwit.node.Readiness;
import io.godwit.node.Settings;
import io.godwit.numbering.Networks;
import io.godwit.ops.OpsVerticle;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.MongoQueue;
import io.godwit.store.CommitSlot;
import io.godwit.store.Election;
import io.godwit.store.MongoSet;
import io.godwit.store.Sets;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One process from its first store to its last verticle, and back. */
final class Launch {
  private static final Logger log = LoggerFactory.getLogger(Launch.class);

  /** What {@code /health/ready} calls a start that is under way. */
  private static final String START = "start";

  private final Settings settings;
  private final List<Deployment> wanted;
  private final ClassLoader classes;
  private final List<String> deployed = new ArrayList<>();
  private Vertx vertx;
  private Node node;

  /** @param settings null when nothing wanted needs stores */
  Launch(Settings settings, List<Deployment> wanted, ClassLoader classes) {
    this.settings = settings;
    this.wanted = wanted;
    this.classes = classes;
  }

  Future<Void> start() {
    return platform()
      .compose(started -> settings == null ? Future.succeededFuture() : openNode().compose(v -> watch()))
      .compose(v -> deploy())
      .onSuccess(v -> ready());
  }

  private Future<Vertx> platform() {
    Future<Vertx> started = settings != null && settings.cluster().isEnabled()
      ? Vertx.builder().with(clustered(settings.cluster())).withClusterManager(new HazelcastClusterManager(hazelcast(settings.cluster()))).buildClustered()
      : Future.succeededFuture(Vertx.vertx());
    return started.onSuccess(fresh -> vertx = fresh);
  }

  private static VertxOptions clustered(Settings.Cluster cluster) {
    VertxOptions options = new VertxOptions();
    options.getEventBusOptions().setHost(cluster.host()).setPort(cluster.busPort()).setClusterPublicHost(cluster.host())
      .setClusterPingInterval(1000).setClusterPingReplyInterval(1000).setConnectTimeout(1000);
    return options;
  }

  /** The event bus carries hints only, so a split cluster costs latency and nothing else: leases are MongoDB's. */
  private static Config hazelcast(Settings.Cluster cluster) {
    Config config = new Config().setClusterName(cluster.name());
    config.setProperty("hazelcast.logging.type", "slf4j").setProperty("hazelcast.phone.home.enabled", "false")
      .setProperty("hazelcast.shutdownhook.enabled", "false").setProperty("hazelcast.heartbeat.interval.seconds", "1")
      .setProperty("hazelcast.max.no.heartbeat.seconds", "5").setProperty("hazelcast.wait.seconds.before.join", "0")
      .setProperty("hazelcast.graceful.shutdown.max.wait", "10");
    NetworkConfig network = config.getNetworkConfig().setPort(cluster.port()).setPortAutoIncrement(false)
      .setPublicAddress(cluster.host() + ":" + cluster.port());
    network.getInterfaces().setEnabled(true).addInterface(cluster.host());
    JoinConfig join = network.getJoin();
    join.getAutoDetectionConfig().setEnabled(false);
    join.getMulticastConfig().setEnabled(false);
    join.getTcpIpConfig().setEnabled(true).setConnectionTimeoutSeconds(2);
    cluster.members().forEach(join.getTcpIpConfig()::addMember);
    config.addMultiMapConfig(new MultiMapConfig("__vertx.subs").setBackupCount(1).setValueCollectionType("SET"));
    config.addMapConfig(new MapConfig("__vertx.haInfo").setBackupCount(1));
    config.addMapConfig(new MapConfig("__vertx.nodeInfo").setBackupCount(1));
    config.getCPSubsystemConfig().setCPMemberCount(0);
    return config;
  }

  private Future<Void> openNode() {
    return Sets.open(vertx, settings.mongo(), System::currentTimeMillis).compose(sets -> {
      PrometheusMeterRegistry meters = meters();
      Queues queues = new Queues();
      node = new Node(vertx, settings, sets, queues, null, null, null, classes);
      return openQueues(sets, queues, meters).compose(v -> Election.outwait(sets.control(), () -> Directory.open(sets.control()))).map(directory -> {
        followDraining(directory, sets);
        node = new Node(vertx, settings, sets, queues, directory, meters, new Readiness(), classes);
        return null;
      }).compose(v -> Networks.of(node))
        .compose(v -> settings.demo() == null ? Future.succeededFuture() : Election.outwait(sets.control(), () -> new DemoImport(node).run(settings.demo())));
    });
  }

  private static PrometheusMeterRegistry meters() {
    PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    FunctionCounter.builder("godwit.units.aborted", CommitSlot.ABORTED, AtomicLong::get).description("attempts at units of work that were tried again")
      .register(meters);
    Alerts.RAISED.forEach((kind, raised) -> FunctionCounter.builder("godwit.account.alerts", raised, AtomicLong::get).description("alerts of accounts that this process stored")
      .tag("kind", kind.name().toLowerCase(Locale.ROOT)).register(meters));
    List.of(new JvmMemoryMetrics(), new JvmGcMetrics(), new JvmThreadMetrics(), new ProcessorMetrics(), new FileDescriptorMetrics(), new UptimeMetrics())
      .forEach(binder -> binder.bindTo(meters));
    return meters;
  }

  /** {@code set/NUMBER: {drain: true}} in the directory: the set takes no new messages. */
  private static void followDraining(Directory directory, Sets sets) {
    Directory.View<Set<Integer>> draining = directory.view(Sets.KIND, entries -> entries.entrySet().stream()
      .filter(entry -> entry.getValue().getBoolean("drain", false)).map(entry -> Integer.valueOf(entry.getKey())).collect(Collectors.toSet()));
    sets.drain(draining.get());
    directory.onChange(() -> sets.drain(draining.get()));
  }

  /** Completes when the queues of the sets that are joined by now are open; those of the others open when they are joined. */
  private static Future<Void> openQueues(Sets sets, Queues queues, PrometheusMeterRegistry meters) {
    List<Future<Void>> opening = Collections.synchronizedList(new ArrayList<>());
    sets.onJoin(set -> opening.add(Election.outwait(set, () -> openQueue(set, queues, meters))));
    return Future.all(List.copyOf(opening)).mapEmpty();
  }

  /** For a set other than the control set no start waits. */
  private static Future<Void> openQueue(MongoSet set, Queues queues, PrometheusMeterRegistry meters) {
    return MongoQueue.open(set, meters).onSuccess(queues::add).<Void>mapEmpty().recover(e -> {
      if (set.index() == 0 || set.isClosed()) return Future.failedFuture(e);
      log.warn("the queue of {} cannot be opened yet: {}", set, e.toString());
      set.vertx().setTimer(1_000, t -> openQueue(set, queues, meters));
      return CommitSlot.isOutage(e) ? Future.succeededFuture() : Future.failedFuture(e);
    });
  }

  /** From here on operators can see how the process is: not ready, until all of it runs. */
  private Future<Void> watch() {
    node.readiness().register(START, () -> "is under way");
    if (!settings.ops().isEnabled()) return Future.succeededFuture();
    return vertx.deployVerticle(new OpsVerticle(node)).map(id -> {
      deployed.add(id);
      return (Void) null;
    }).recover(e -> Future.failedFuture(new IllegalStateException("ops: " + e.getMessage(), e)));
  }

  private void ready() {
    if (node != null) node.readiness().remove(START);
  }

  private Future<Void> deploy() {
    Future<Void> done = Future.succeededFuture();
    for (Deployment one : wanted) {
      done = done.compose(v -> vertx.deployVerticle(() -> one.create(node), new DeploymentOptions().setInstances(one.instances()).setConfig(one.config())))
        .map(id -> {
          deployed.add(id);
          log.info("{} runs", one.name());
          return (Void) null;
        })
        .recover(e -> Future.failedFuture(new IllegalStateException(one.name() + ": " + e.getMessage(), e)));
    }
    return done;
  }

  /** In reverse order: doors were started last and are closed first. */
  Future<Void> stop() {
    if (node != null && node.readiness() != null) node.readiness().register("stop", () -> "is under way");
    Collections.reverse(deployed);
    Future<Void> done = Future.succeededFuture();
    for (String id : deployed) {
      done = done.compose(v -> vertx.undeploy(id)).recover(e -> {
        log.warn("a component did not stop cleanly: {}", e.toString());
        return Future.succeededFuture();
      });
    }
    return done.compose(v -> node == null ? Future.succeededFuture() : closeNode()).compose(v -> vertx == null ? Future.succeededFuture() : vertx.close());
  }

  private Future<Void> closeNode() {
    if (node.directory() != null) node.directory().close();
    node.queues().close();
    return Future.join(node.queues().all().stream().map(MessageQueue::close).toList()).transform(done -> node.sets().close());
  }
}
