package io.godwit.link;

import io.godwit.accounts.Account;
import io.godwit.accounts.AccountTree;
import io.godwit.accounts.Directory;
import io.godwit.billing.ReleasingSlot;
import io.godwit.node.Node;
import io.godwit.quality.Qualities;
import io.godwit.queue.Inventory;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Slot;
import io.godwit.store.Deadline;
import io.godwit.store.MongoSet;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the binds whose seats this process holds: looks every second, and at each change of the directory, for its share of the seats, for what operators
 * want of the links, and how they are configured; and tells the cluster how each stands. Once a second every link's pump is run, too: nothing else
 * wakes one that stopped because a lease was not trusted.
 */
public final class LinkVerticle extends VerticleBase {
  /** Where every link's state is published: {@code {link, up, node}}. */
  public static final String STATE_ADDRESS = "godwit.link.state";
  private static final Logger log = LoggerFactory.getLogger(LinkVerticle.class);
  private static final long LOOK_EVERY = 1_000;
  private static final long COUNT_EVERY = 10_000;

  private final Node node;
  private final LongSupplier clock;
  private final Pauses pauses;
  private final Map<String, Link> links = new HashMap<>();
  private final Map<String, Future<Link>> opening = new HashMap<>();
  /** Links on their way out; each is opened anew, if at all, when it is. */
  private final Map<String, Future<Void>> closing = new HashMap<>();
  /** Segments that each had submitted at the last tick, and between the last two. */
  private final Map<String, Long> segments = new HashMap<>();
  private final Map<String, Integer> perSecond = new HashMap<>();
  private final Sharing sharing;
  private Directory.View<Map<String, LinkConfig>> configs;
  private Directory.View<Map<String, Order>> orders;
  private Directory.View<AccountTree> accounts;
  private Directory.View<Registrations> registrations;
  private Seats seats;
  private LinkMeters meters;
  private Unrecognised unrecognised;
  private Qualities qualities;
  private Future<Void> lastLook = Future.succeededFuture();
  private boolean looking;
  private boolean again;
  private boolean stopping;

  public LinkVerticle(Node node) {
    this(node, Pauses.DEFAULT);
  }

  LinkVerticle(Node node, Pauses pauses) {
    this.node = node;
    this.pauses = pauses;
    this.sharing = new Sharing(System::nanoTime, pauses);
    this.clock = node::now;
  }

  @Override
  public Future<?> start() {
    if (context.getInstanceCount() > 1) return Future.failedFuture("instances: must be 1, since the seats of binds are held by the process");
    configs = LinkConfig.view(node.directory());
    orders = Order.view(node.directory());
    accounts = AccountTree.view(node.directory());
    registrations = node.directory().view(Account.KIND, Registrations::of);
    seats = new Seats(context, node.sets().control());
    meters = new LinkMeters(node.meters());
    unrecognised = new Unrecognised(node.meters());
    qualities = Qualities.open(node);
    node.readiness().register("link", this::trouble);
    node.sets().control().onRebirth(() -> context.runOnContext(v -> restart()));
    node.directory().onChange(() -> context.runOnContext(v -> look()));
    vertx.setPeriodic(LOOK_EVERY, t -> look());
    vertx.setPeriodic(LOOK_EVERY, t -> tick());
    vertx.setPeriodic(COUNT_EVERY, t -> count());
    count();
    return look();
  }

  private String trouble() {
    for (Link link : links.values()) if (link.trouble() != null) return "link " + link.config().id() + " " + link.trouble();
    return null;
  }

  private Order order(String id) {
    return orders.get().getOrDefault(id, Order.RUN);
  }

  // ---- looking

  /** Takes free seats, leaves those that are others', and says how the links stand. While the control set is down, held seats go on. */
  private Future<Void> look() {
    again = looking;
    if (looking || stopping) return Future.succeededFuture();
    looking = true;
    List.copyOf(links.values()).forEach(this::review);
    Map<String, LinkConfig> wanted = new HashMap<>(configs.get());
    wanted.keySet().removeIf(id -> order(id) == Order.STOP);
    sharing.review(wanted);
    lastLook = seats.show(sharing.unfit()).compose(v -> Future.join(links.values().stream().map(this::giveBack).toList())).compose(v -> seats.look(wanted.values()))
      .compose(all -> Future.join(all.stream().map(found -> seats.take(found, told(found.link().id()), sharing::takes).onSuccess(this::hold)).toList()))
      .onFailure(sharing::missed).transform(done -> {
        looking = false;
        links.forEach((id, link) -> publish(id, link.isWelcome()));
        return again ? look() : Future.succeededFuture();
      });
    return lastLook;
  }

  /** What was left for others and is unbound by now. */
  private Future<Void> giveBack(Link link) {
    Set<Integer> left = link.binds().left();
    return seats.leave(link.config().id(), left).onSuccess(v -> link.binds().forget(left));
  }

  private void hold(Shares found) {
    LinkConfig config = found.link();
    found.mine().forEach(number -> seat(config, number));
    Link link = links.get(config.id());
    if (link == null || stopping) return;
    sharing.judge(link.binds(), found);
    if (found.mine().isEmpty()) close(link, "others have its seats", link.stop(), 0);
  }

  private Told told(String id) {
    Link link = links.get(id);
    if (link == null) return Told.NOTHING;
    return new Told(link.isSending(), link.state(), link.trouble(), link.binds().bound(), link.binds().inFlight(), perSecond.getOrDefault(id, 0));
  }

  private void publish(String id, boolean up) {
    vertx.eventBus().publish(STATE_ADDRESS, new JsonObject().put("link", id).put("up", up).put("node", deploymentID()));
  }

  /** Brings an open link to what the directory says now. */
  private void review(Link link) {
    String id = link.config().id();
    LinkConfig wanted = configs.get().get(id);
    if (wanted == null || order(id) == Order.STOP) close(link, wanted == null ? "the directory knows it no more" : "an operator stopped it", link.retire(), 0);
    else if (!wanted.hasSameBinds(link.config())) close(link, "the directory describes its binds otherwise", link.retire(), wanted.binds());
    else if (!link.sets().containsAll(queues().stream().map(MessageQueue::set).toList())) close(link, "a set is back", link.retire(), wanted.binds());
    else {
      if (!wanted.equals(link.config())) link.reconfigure(wanted);
      link.obey(order(id));
    }
  }

  /**
   * It is opened anew, as the directory describes it then, when its binds are down.
   *
   * @param from the number of the first of its seats that are for others then, or for nobody
   */
  private void close(Link link, String why, Future<Void> end, int from) {
    String id = link.config().id();
    log.info("link {} closes: {}", id, why);
    links.remove(id);
    sharing.closed(id);
    opening.remove(id);
    segments.remove(id);
    perSecond.remove(id);
    publish(id, false);
    Future<Void> closed = end.transform(done -> seats.leave(id, from));
    closing.put(id, closed);
    closed.onComplete(done -> {
      closing.remove(id);
      if (done.failed()) log.warn("link {} has not closed well: {}", id, done.cause().toString());
      look();
    });
  }

  private void seat(LinkConfig config, int number) {
    if (stopping || closing.containsKey(config.id())) return;
    opening.computeIfAbsent(config.id(), id -> slots(config).map(slots -> open(config, slots))).onSuccess(link -> seat(link, number))
      .onFailure(e -> {
        log.warn("link {} cannot be opened yet: {}", config.id(), e.toString());
        opening.remove(config.id());
      });
  }

  /** One that was still opening when this verticle stopped binds no more. */
  private void seat(Link link, int number) {
    if (stopping) link.stop();
    else link.seat(number);
  }

  // ---- opening

  /** The sets that answer. One that does later is served once the link is opened anew. */
  private List<MessageQueue> queues() {
    return node.queues().all().stream().filter(MessageQueue::isTrusted).toList();
  }

  /** What one link has in one set. */
  private record Rooms(MessageQueue queue, Slot outbox, Slot inbox) { }

  /** The slots in which each set's settlements and receipts are committed. */
  private Future<List<Rooms>> slots(LinkConfig config) {
    List<Future<Rooms>> rooms = new ArrayList<>();
    for (MessageQueue queue : queues()) {
      Future<Slot> outbox = ReleasingSlot.open(node, queue, "outbox-" + config.id());
      Future<Slot> inbox = ReleasingSlot.open(node, queue, "inbox-" + config.id());
      rooms.add(Future.all(outbox, inbox).map(v -> new Rooms(queue, outbox.result(), inbox.result())));
    }
    if (rooms.isEmpty()) return Future.failedFuture(new IllegalStateException("no set answers"));
    return Future.all(rooms).map(all -> rooms.stream().map(Future::result).toList());
  }

  private Link open(LinkConfig config, List<Rooms> rooms) {
    Knot knot = new Knot();
    List<Outbox> outboxes = new ArrayList<>();
    List<Inbox> inboxes = new ArrayList<>();
    Carriers carriers = new Carriers(link -> config.idForm());
    for (Rooms of : rooms) {
      Awaiting awaiting = new Awaiting(config.id(), configs.get().size() * rooms.size(), of.queue::now);
      Settlement settlement = new Settlement(of.queue, knot::config, accounts);
      LateAnswers late = new LateAnswers(context, of.queue, config.id(), settlement, awaiting);
      outboxes.add(new Outbox(context, of.queue, config.id(), knot, of.outbox, settlement, awaiting, late, knot::pump));
      inboxes.add(new Inbox(context, node.sets(), of.queue, config.id(), of.inbox, awaiting, carriers, unrecognised, knot::config));
    }
    Link link = new Link(context, config, order(config.id()), pauses, new Outboxes(context, outboxes), new Inboxes(inboxes));
    knot.link = link;
    links.put(config.id(), link);
    return link;
  }

  /** Outboxes ask for the pump and the configuration of a link that is made after them. */
  private final class Knot implements Submission.Maker {
    private Link link;

    void pump() {
      link.pump();
    }

    LinkConfig config() {
      return link.config();
    }

    @Override
    public Submission make(Parcel parcel, int position, Consumer<Submission> onSettled, Consumer<Submission> onLate) {
      return new Submission(parcel, position, link.config(), registrations.get(), clock, onSettled, onLate);
    }
  }

  /** This process was found dead: its seats are somebody else's. */
  private void restart() {
    List.copyOf(links.values()).forEach(link -> close(link, "its seats went with this process's earlier life", link.stop(), link.config().binds()));
  }

  // ---- telling

  private void tick() {
    Map<String, Told> told = new HashMap<>();
    Map<String, Integer> refusals = new HashMap<>();
    links.forEach((id, link) -> {
      link.tick();
      Long before = segments.put(id, link.segments());
      perSecond.put(id, (int) (link.segments() - (before == null ? 0 : before)));
      told.put(id, told(id));
      refusals.put(id, link.binds().refused());
    });
    meters.show(told, configs.get().keySet().stream().filter(id -> order(id) == Order.STOP).toList(), refusals);
  }

  private void count() {
    Map<String, Long> parcels = new HashMap<>();
    List<Future<Long>> counts = new ArrayList<>();
    for (MongoSet set : node.sets().all()) {
      if (!set.isHealthy()) continue;
      for (String id : configs.get().keySet()) counts.add(Inventory.parcels(context, set, Parcel.link(id)).onSuccess(n -> parcels.merge(id, n, Long::sum)));
    }
    Future.join(counts).onSuccess(all -> meters.showWaiting(parcels));
  }

  @Override
  public Future<?> stop() {
    stopping = true;
    node.readiness().remove("link");
    return Future.join(links.values().stream().map(Link::stop).toList()).transform(ended -> Future.join(List.copyOf(closing.values())))
      .transform(done -> qualities.write()).transform(done -> Deadline.within(Seats.MOMENT_MS, lastLook)).transform(done -> seats.leave());
  }
}
