package io.godwit.link;

import io.godwit.accounts.Directory;
import io.godwit.billing.ReleasingSlot;
import io.godwit.node.Node;
import io.godwit.quality.Qualities;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Slot;
import io.godwit.smpp.CarrierId.IdForm;
import io.godwit.worker.Stage;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The await stage: receipts meet their messages, and messages whose receipts never come are ended. In every set, one stage
 * for receipts, one for those that find no message, and one for what is overdue on each link.
 */
public final class AwaitVerticle extends VerticleBase {
  private static final long LOOK_EVERY = 1_000;

  private final Node node;
  private final List<Stage> stages = new ArrayList<>();
  private final List<OtherSets> elsewhere = new ArrayList<>();
  private final List<Strangers> strangers = new ArrayList<>();
  private final Set<String> watched = new HashSet<>();
  private Directory.View<Map<String, LinkConfig>> links;
  private Qualities qualities;

  public AwaitVerticle(Node node) {
    this.node = node;
  }

  @Override
  public Future<?> start() {
    if (context.getInstanceCount() > 1) return Future.failedFuture("instances: must be 1, since the receipts of one parcel go through one slot");
    links = LinkConfig.view(node.directory());
    qualities = Qualities.open(node);
    vertx.setPeriodic(LOOK_EVERY, t -> watch());
    return node.queues().each(this::serve).onSuccess(v -> watch());
  }

  private Future<?> serve(MessageQueue queue) {
    return ReleasingSlot.open(node, queue, "receipts").onSuccess(slot -> {
      OtherSets others = new OtherSets(context, node, queue);
      elsewhere.add(others);
      Carriers carriers = new Carriers(this::idForm);
      run(queue, Parcel.RECEIPTS, slot, new Receipts(context, queue, carriers, others));
      Strangers sought = new Strangers(context, node, queue, carriers, System::nanoTime);
      strangers.add(sought);
      run(queue, Parcel.STRANGERS, queue.openSlot("strangers"), sought);
    });
  }

  private IdForm idForm(String link) {
    LinkConfig config = links.get().get(link);
    return config == null ? IdForm.DETECT : config.idForm();
  }

  /** A link that was added meanwhile, or a set that was joined, gets its stages; so does one that is not configured any more, once something is overdue there. */
  private void watch() {
    for (MessageQueue queue : node.queues().all()) {
      links.get().keySet().forEach(link -> watch(queue, link));
      queue.ready(Parcel.await("")).forEach(link -> watch(queue, link));
    }
  }

  private void watch(MessageQueue queue, String link) {
    if (watched.add(queue.set() + "/" + link)) run(queue, Parcel.await(link), queue.openSlot("overdue-" + link), new Overdue(queue, () -> grace(link)));
  }

  private long grace(String link) {
    LinkConfig config = links.get().get(link);
    return config == null ? io.godwit.message.Limits.RECEIPT_GRACE : config.receiptGrace();
  }

  private void run(MessageQueue queue, String name, Slot slot, Stage.Decider decider) {
    Stage stage = new Stage(context, queue, name, slot, decider);
    stages.add(stage);
    stage.start();
  }

  @Override
  public Future<?> stop() {
    return Future.join(stages.stream().map(Stage::stop).toList()).eventually(() -> Future.join(elsewhere.stream().map(OtherSets::close).toList()))
      .eventually(() -> Future.join(strangers.stream().map(Strangers::close).toList()))
      .eventually(qualities::write);
  }
}
