package io.godwit.link;

import io.godwit.accounts.Account;
import io.godwit.accounts.Directory;
import io.godwit.billing.ReleasingSlot;
import io.godwit.node.Node;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Slot;
import io.godwit.smpp.SmppClient;
import io.micrometer.core.instrument.Gauge;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the binds whose seats this process holds: looks every second for seats that are free, and tells the cluster how each
 * link stands. Once a second every link's pump is run, too: nothing else wakes one that stopped because a lease was not trusted.
 */
public final class LinkVerticle extends VerticleBase {
  /** Where every link's state is published: {@code {link, up, node}}. */
  public static final String STATE_ADDRESS = "godwit.link.state";
  private static final Logger log = LoggerFactory.getLogger(LinkVerticle.class);
  private static final String UP = "godwit_link_up";
  private static final String WINDOW_USED = "godwit_link_window_used";
  private static final long LOOK_EVERY = 1_000;

  private final Node node;
  private final Map<String, Link> links = new HashMap<>();
  private final Map<String, Future<Link>> opening = new HashMap<>();
  private Directory.View<Map<String, LinkConfig>> configs;
  private Directory.View<Map<String, Account>> accounts;
  private Directory.View<Registrations> registrations;
  private Seats seats;
  /** Part of slots' names: a link that is opened once more must not share what its predecessor closes. */
  private int opened;
  private boolean looking;
  private boolean stopping;

  public LinkVerticle(Node node) {
    this.node = node;
  }

  @Override
  public Future<?> start() {
    if (context.getInstanceCount() > 1) return Future.failedFuture("instances: must be 1, since the seats of binds are held by the process");
    configs = node.directory().view(LinkConfig.KIND, LinkConfig::all);
    accounts = node.directory().view(Account.KIND, Account::all);
    registrations = node.directory().view(Account.KIND, Registrations::of);
    seats = new Seats(context, node.sets().control());
    node.readiness().register("link", this::trouble);
    node.sets().control().onRebirth(() -> context.runOnContext(v -> restart()));
    vertx.setPeriodic(LOOK_EVERY, t -> look());
    vertx.setPeriodic(LOOK_EVERY, t -> links.values().forEach(Link::tick));
    return look();
  }

  private String trouble() {
    for (Link link : links.values()) if (link.trouble() != null) return "link " + link.config().id() + " " + link.trouble();
    return null;
  }

  /** Takes free seats, and says how the links stand. While the control set is down, held seats go on. */
  private Future<Void> look() {
    if (looking || stopping) return Future.succeededFuture();
    looking = true;
    List.copyOf(links.values()).stream().filter(link -> !link.config().equals(configs.get().get(link.config().id()))).forEach(link -> close(link, "the directory describes it otherwise"));
    List.copyOf(links.values()).stream().filter(link -> !link.sets().containsAll(queues().stream().map(MessageQueue::set).toList())).forEach(link -> close(link, "a set is back"));
    List<Future<Void>> taking = new ArrayList<>();
    for (LinkConfig config : configs.get().values()) {
      boolean sending = links.containsKey(config.id()) && links.get(config.id()).isSending();
      taking.add(seats.take(config, sending).onSuccess(mine -> mine.forEach(number -> seat(config, number))).mapEmpty());
    }
    return Future.join(taking).onFailure(e -> log.warn("cannot look for seats: {}", e.toString())).transform(done -> {
      looking = false;
      links.forEach((id, link) -> vertx.eventBus().publish(STATE_ADDRESS,
        new JsonObject().put("link", id).put("up", link.isWelcome()).put("node", deploymentID())));
      return Future.succeededFuture();
    });
  }

  /** It is opened anew, as the directory describes it then, when its binds are down. */
  private void close(Link link, String why) {
    String id = link.config().id();
    log.info("link {} closes: {}", id, why);
    links.remove(id);
    for (String gauge : List.of(UP, WINDOW_USED)) node.meters().find(gauge).tag("link", id).meters().forEach(node.meters()::remove);
    Future<Link> closing = link.stop().transform(done -> Future.failedFuture("it was closed"));
    opening.put(id, closing);
    closing.onComplete(done -> opening.remove(id, closing));
  }

  private void seat(LinkConfig config, int number) {
    if (stopping) return;
    opening.computeIfAbsent(config.id(), id -> slots(config).map(slots -> open(config, slots))).onSuccess(link -> {
      if (!stopping) link.seat(number);
    })
      .onFailure(e -> {
        log.warn("link {} cannot be opened yet: {}", config.id(), e.toString());
        opening.remove(config.id());
      });
  }

  /** The sets that answer. One that does later is served once the link is opened anew. */
  private List<MessageQueue> queues() {
    return node.queues().all().stream().filter(MessageQueue::isTrusted).toList();
  }

  /** What one link has in one set. */
  private record Rooms(MessageQueue queue, Slot outbox, Slot inbox) { }

  /** The slots in which each set's settlements and receipts are committed. */
  private Future<List<Rooms>> slots(LinkConfig config) {
    String name = config.id() + "-" + deploymentID() + "-" + ++opened;
    List<Future<Rooms>> rooms = new ArrayList<>();
    for (MessageQueue queue : queues()) {
      Future<Slot> outbox = ReleasingSlot.open(node, queue, "outbox-" + name);
      Future<Slot> inbox = ReleasingSlot.open(node, queue, "inbox-" + name);
      rooms.add(Future.all(outbox, inbox).map(v -> new Rooms(queue, outbox.result(), inbox.result())));
    }
    if (rooms.isEmpty()) return Future.failedFuture(new IllegalStateException("no set answers"));
    return Future.all(rooms).map(all -> rooms.stream().map(Future::result).toList());
  }

  private Link open(LinkConfig config, List<Rooms> rooms) {
    Pumps pumps = new Pumps();
    List<Outbox> outboxes = new ArrayList<>();
    List<Inbox> inboxes = new ArrayList<>();
    Carriers carriers = new Carriers(link -> config.idForm());
    for (Rooms of : rooms) {
      Awaiting awaiting = new Awaiting(config.id(), configs.get().size() * rooms.size());
      outboxes.add(new Outbox(context, of.queue, config.id(), (parcel, position, onSettled) -> new Submission(parcel, position, config, registrations.get(), onSettled),
        of.outbox, new Settlement(of.queue, config, accounts), awaiting, pumps));
      inboxes.add(new Inbox(context, node.sets(), of.queue, config.id(), of.inbox, awaiting, carriers));
    }
    Link link = new Link(context, config, new SmppClient(vertx, config.net()), outboxes, new Inboxes(inboxes));
    pumps.link = link;
    links.put(config.id(), link);
    Gauge.builder(UP, link, l -> l.isUp() ? 1 : 0).tag("link", config.id()).register(node.meters());
    Gauge.builder(WINDOW_USED, link, Link::inFlight).tag("link", config.id()).register(node.meters());
    return link;
  }

  /** Outboxes ask for the pump of a link that is made after them. */
  private static final class Pumps implements Runnable {
    private Link link;

    @Override
    public void run() {
      link.pump();
    }
  }

  /** This process was found dead: its seats are somebody else's. */
  private void restart() {
    List.copyOf(links.values()).forEach(link -> close(link, "its seats went with this process's earlier life"));
  }

  @Override
  public Future<?> stop() {
    stopping = true;
    node.readiness().remove("link");
    return Future.join(links.values().stream().map(Link::stop).toList()).transform(done -> seats.leave());
  }
}
