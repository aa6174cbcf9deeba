package io.godwit.submission;

import io.godwit.accounts.KeyUses;
import io.godwit.billing.Ledger;
import io.godwit.billing.Pricing;
import io.godwit.events.ArchiveFolder;
import io.godwit.http.Auth;
import io.godwit.http.Health;
import io.godwit.http.Inflow;
import io.godwit.http.Problem;
import io.godwit.http.Routes;
import io.godwit.intake.Intake;
import io.godwit.intake.KeptAnswers;
import io.godwit.message.Limits;
import io.godwit.node.Node;
import io.godwit.node.Settings;
import io.godwit.reporting.Usage;
import io.godwit.store.Deadline;
import io.godwit.store.MongoSet;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the REST interface. All instances share one port; with port 0 that is any free one, and {@link #PORTS} tells which.
 * A stop refuses what is new, lets what is under way finish as long as the store answers, and then closes.
 */
public final class HttpVerticle extends VerticleBase {
  /** The local map of the Vert.x instance that holds the actual port under {@code "http"}. */
  public static final String PORTS = "godwit.ports";
  private static final String READINESS = "submission";
  /** For so long clients with open connections are told to go elsewhere, by 503, before their idle connections are closed. Milliseconds. */
  private static final long FAREWELL = 500;
  private static final long EXPIRE_EVERY = 250;
  private static final Logger log = LoggerFactory.getLogger(HttpVerticle.class);

  private final Node node;
  private final List<Routes> guests = new ArrayList<>();
  private HttpConfig config;
  private Inflow inflow;
  private Intake intake;
  private KeptAnswers answers;
  private KeyUses uses;
  private Usage usage;
  private HttpServer server;
  private int connections;
  /** That came when there were as many as there may be. */
  private final Set<HttpConnection> late = new HashSet<>();
  private boolean draining;

  public HttpVerticle(Node node) {
    this.node = node;
  }

  @Override
  public Future<?> start() {
    config = HttpConfig.from(config());
    inflow = new Inflow(config.answerTimeout());
    intake = Intake.open(node, config.answerTimeout());
    vertx.setPeriodic(EXPIRE_EVERY, t -> inflow.tick(System.nanoTime()));   // the verticle's own: it ends with it; and behind the intake's, which tells more, also after a standstill
    uses = new KeyUses(node.sets().control());
    usage = Usage.open(vertx, node.settings().postgres());
    answers = new KeptAnswers(context, node);
    ServiceLoader.load(Routes.class, node.plugins()).forEach(guests::add);
    node.readiness().register(READINESS, this::trouble);
    return answers.open().compose(v -> listen(router())).onFailure(e -> {
      intake.close();
      uses.close();
      usage.close();
    });
  }

  private String trouble() {
    if (draining) return "is stopping";
    return node.sets().all().stream().anyMatch(MongoSet::isHealthy) ? null : "no replica set can take messages";
  }

  /** Null when none is configured. */
  private ArchiveFolder archive() {
    Settings.Archive archive = node.settings().archive();
    return archive == null ? null : ArchiveFolder.at(vertx, archive.folder());
  }

  private Router router() {
    Auth auth = new Auth(node.directory(), uses);
    Desk desk = new Desk(intake, new Idempotency(answers));
    Router router = Router.router(vertx);
    router.route().handler(new HttpMeters(node.meters()));
    new Health(node).mount(router, auth);
    router.route().handler(this::admit);
    router.route("/v1/*").handler(auth);
    router.route("/v1/*").handler(inflow);
    new Preview(auth, node).mount(router);
    new Messages(auth, desk).mount(router);
    new Batches(auth, desk).mount(router);
    new Trails(context, node.sets(), archive(), auth, intake).mount(router);
    new BatchCancellation(context, node.sets(), auth, intake).mount(router);
    new OwnAccount(auth, new Ledger(node.sets(), new Pricing(node.directory())), usage).mount(router);
    guests.forEach(guest -> guest.mount(router, node, auth));
    Misfits.mount(router);
    return router;
  }

  private Future<?> listen(Router router) {
    int port = node.settings().httpPort() == 0 ? -1 : node.settings().httpPort();   // -1: any free one, the same for all instances
    server = vertx.createHttpServer(new HttpServerOptions().setHost(node.settings().httpHost()).setPort(port)
        .setHandle100ContinueAutomatically(true)
        .setIdleTimeout(Limits.HTTP_IDLE_SECONDS).setMaxInitialLineLength(Limits.HTTP_LINE_BYTES).setMaxHeaderSize(Limits.HTTP_HEADER_BYTES))
      .connectionHandler(connection -> {
        if (++connections > config.connections() + Limits.HTTP_CONNECTIONS_REFUSED) connection.close();
        else if (connections > config.connections()) late.add(connection);
        connection.closeHandler(v -> {
          connections--;
          late.remove(connection);
        });
      })
      .requestHandler(router);
    return server.listen().onSuccess(listening -> {
      vertx.sharedData().<String, Integer>getLocalMap(PORTS).put("http", listening.actualPort());
      log.info("HTTP on {}:{}", node.settings().httpHost(), listening.actualPort());
    });
  }

  /** Before all that works: while the process drains nothing new comes in, and who came as one too many leaves. */
  private void admit(RoutingContext ctx) {
    if (draining) refuse(ctx, Problem.unavailable("shutting-down", 1, "this node is stopping; nothing of this request was stored"));
    else if (late.contains(ctx.request().connection())) {
      ctx.addEndHandler(told -> vertx.setTimer(FAREWELL, t -> ctx.request().connection().close()));
      refuse(ctx, Problem.unavailable("overloaded", 2, "too many connections are open; nothing of this request was stored"));
    } else ctx.next();
  }

  private static void refuse(RoutingContext ctx, Problem why) {
    ctx.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    why.send(ctx);
  }

  @Override
  public Future<?> stop() {
    draining = true;
    return vertx.timer(FAREWELL).compose(told -> server.shutdown(config.drainTimeout(), TimeUnit.MILLISECONDS))
      .eventually(() -> Deadline.within(config.drainTimeout(), intake.close()))
      .eventually(() -> Future.join(guests.stream().map(Routes::close).toList()))
      .eventually(() -> Deadline.within(FAREWELL, uses.close()))
      .eventually(usage::close)
      .onComplete(closed -> node.readiness().remove(READINESS));
  }
}
