package io.godwit.replies;

import io.godwit.accounts.Directory;
import io.godwit.accounts.SmppLogin;
import io.godwit.node.Node;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.store.MongoSet;
import io.godwit.worker.Stage;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Takes messages from handsets in every set and finds out what they answer. Its configuration, in milliseconds:
 * {@code {"partsWait": 300000, "repeatWindow": 600000, "pathsOpen": 259200000}}: how long the parts of a long message wait for each other, how
 * long the same text counts as a carrier's repeat, and how long after it was sent a message can be answered.
 */
public final class InboundVerticle extends VerticleBase {
  private static final Set<String> KEYS = Set.of("partsWait", "repeatWindow", "pathsOpen");

  private final Node node;
  private final List<Stage> stages = new ArrayList<>();
  private final List<Settler> settlers = new ArrayList<>();
  private final List<OptOutCopy> copies = new ArrayList<>();

  public InboundVerticle(Node node) {
    this.node = node;
  }

  @Override
  public Future<?> start() {
    ReplyPaths paths = new ReplyPaths(node.sets(), millis(config(), "pathsOpen", ReplyPaths.OPEN_FOR_MS));
    Parts parts = new Parts(node.sets(), millis(config(), "partsWait", 300_000));
    Repeats repeats = new Repeats(node.sets(), millis(config(), "repeatWindow", 600_000));
    Directory.View<Numbers> numbers = Numbers.view(node.directory());
    Directory.View<Map<String, SmppLogin>> logins = node.directory().view(SmppLogin.KIND, SmppLogin::all);
    OptOuts optOuts = new OptOuts(node.sets());
    return optOuts.open().compose(v -> node.queues().each(queue -> {
      MongoSet home = node.sets().get(queue.set());
      return Future.all(paths.open(home), parts.open(home), repeats.open(home)).onSuccess(open -> {
        run(queue, new Inbound(queue, paths, parts, repeats, optOuts, numbers, logins));
        settle(new Settler(context, node.sets(), paths, home));
        if (home != node.sets().control()) copy(new OptOutCopy(context, node.sets().control(), home));
      });
    }));
  }

  private static long millis(JsonObject config, String key, long otherwise) {
    for (String name : config.fieldNames()) {
      if (!KEYS.contains(name)) throw new IllegalArgumentException(name + ": unknown key; known are " + new TreeSet<>(KEYS));
    }
    long value = config.getLong(key, otherwise);
    if (value <= 0) throw new IllegalArgumentException(key + ": must be more than 0 milliseconds, not " + value);
    return value;
  }

  private void run(MessageQueue queue, Inbound inbound) {
    Stage stage = new Stage(context, queue, Parcel.INBOUND, queue.openSlot("inbound"), inbound);
    stages.add(stage);
    stage.start();
  }

  private void copy(OptOutCopy copy) {
    copies.add(copy);
    copy.start();
  }

  private void settle(Settler settler) {
    settlers.add(settler);
    settler.start();
  }

  @Override
  public Future<?> stop() {
    return Future.join(Stream.of(stages.stream().map(Stage::stop), settlers.stream().map(Settler::stop), copies.stream().map(OptOutCopy::stop))
      .flatMap(stops -> stops).toList());
  }
}
