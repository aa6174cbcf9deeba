package io.godwit.rescue;

import io.godwit.accounts.AccountTree;
import io.godwit.accounts.Directory;
import io.godwit.billing.ReleasingSlot;
import io.godwit.billing.Repricing;
import io.godwit.billing.Treasury;
import io.godwit.link.LinkConfig;
import io.godwit.link.Standings;
import io.godwit.node.Node;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Slot;
import io.godwit.store.Deadline;
import io.godwit.routing.Detour;
import io.godwit.worker.ParcelSizes;
import io.godwit.worker.Stage;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after what nobody else would: messages that expire while they wait, messages of links that do not send or refuse them, and money that the dead left. Any
 * number of processes may run it.
 */
public final class RescueVerticle extends VerticleBase {
  private static final Logger log = LoggerFactory.getLogger(RescueVerticle.class);
  private static final long LOOK_EVERY = 1_000;

  private final Node node;
  private final List<Expiry> expiries = new ArrayList<>();
  private final List<Failover> failovers = new ArrayList<>();
  private final List<Stage> stages = new ArrayList<>();
  private final Outages outages = new Outages(System::nanoTime);
  private Set<String> unknown = Set.of();
  private Directory.View<Map<String, LinkConfig>> links;
  private Directory.View<AccountTree> accounts;
  private Standings standings;
  private Detour detour;
  private ParcelSizes sizes;
  private Future<Void> looking = Future.succeededFuture();

  public RescueVerticle(Node node) {
    this.node = node;
  }

  @Override
  public Future<?> start() {
    links = LinkConfig.view(node.directory());
    accounts = AccountTree.view(node.directory());
    standings = new Standings(context, node.sets().control());
    sizes = new ParcelSizes(node.directory());
    vertx.setPeriodic(LOOK_EVERY, t -> {
      if (looking.isComplete()) looking = look();
    });
    return Deadline.told(context, Detour.open(node)).onSuccess(opened -> detour = opened).compose(v -> node.queues().each(this::watch)).compose(v -> vertx.deployVerticle(new Treasury(node.sets())));
  }

  private Future<?> watch(MessageQueue queue) {
    Slot slot = queue.openSlot("failover");
    return ReleasingSlot.open(node, queue, "expiry").onSuccess(expiry -> expiries.add(new Expiry(vertx, queue, expiry, links, accounts)))
      .compose(v -> Repricing.open(node, queue.set(), slot))
      .onSuccess(repricing -> failovers.add(new Failover(context, queue, repricing, detour, sizes)))
      .compose(v -> Repricing.open(node, queue.set(), queue.openSlot("detour")))
      .onSuccess(repricing -> start(queue, repricing));
  }

  private void start(MessageQueue queue, Repricing repricing) {
    Stage stage = new Stage(context, queue, Parcel.DETOUR, repricing, new Refusals(queue, repricing, detour, standings::sending, id -> links.get().get(id), sizes));
    stages.add(stage);
    stage.start();
  }

  /** Which links have not been sending for too long, and what waits for them: in each set by itself, since a pass through one that dies lasts until it is back. */
  private Future<Void> look() {
    return standings.sending().transform(known -> {
      if (known.succeeded()) {
        List<String> lasting = new ArrayList<>(unknown(known.result()));
        outages.lasting(links.get().values(), known.result()).forEach(link -> lasting.add(link.id()));
        failovers.forEach(failover -> failover.rescue(lasting, known.result()));
      } else {
        outages.forget();
        unknown = Set.of();
        log.warn("nobody knows which links send: {}", known.cause().toString());
      }
      return Future.succeededFuture();
    });
  }

  /**
   * Links for which something waits although they are not configured any more: whoever put it there routed by an earlier directory. At two looks running, since a
   * link that is new to the others may be unknown here for a moment.
   */
  private List<String> unknown(Set<String> sending) {
    Set<String> found = new HashSet<>();
    for (MessageQueue queue : node.queues().all()) found.addAll(queue.ready(Parcel.link("")));
    found.removeIf(link -> sending.contains(link) || node.directory().entry(LinkConfig.KIND, link) != null);
    List<String> twice = found.stream().filter(unknown::contains).toList();
    unknown = found;
    return twice;
  }

  @Override
  public Future<?> stop() {
    return looking.transform(done -> Future.join(Stream.of(expiries.stream().map(Expiry::stop), failovers.stream().map(Failover::stop), stages.stream().map(Stage::stop))
      .flatMap(ends -> ends).toList()));
  }
}
