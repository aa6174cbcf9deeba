package io.godwit.worker;

import io.godwit.accounts.Account;
import io.godwit.accounts.AccountTree;
import io.godwit.accounts.Directory;
import io.godwit.node.Node;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Slot;
import io.godwit.store.Deadline;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Takes accepted messages, in every set, through the configured handlers to their links. Its configuration:
 * {@code {"handlers": ["blocks", {"name": "routing", …}, …]}}, in the order in which they see a message.
 */
public final class WorkerVerticle extends VerticleBase {
  private final Node node;
  private final List<Stage> stages = new ArrayList<>();
  private final List<MessageHandler> handlers = new ArrayList<>();
  private ParcelSizes parcelSizes;
  private Directory.View<AccountTree> accounts;

  public WorkerVerticle(Node node) {
    this.node = node;
  }

  @Override
  public Future<?> start() {
    parcelSizes = new ParcelSizes(node.directory());
    accounts = AccountTree.view(node.directory());
    return node.queues().each(this::work);
  }

  private Future<Void> work(MessageQueue queue) {
    Slot slot = queue.openSlot("worker");
    List<MessageHandler> chain = new ArrayList<>();
    Future<Void> ready = Future.succeededFuture();
    for (JsonObject wanted : wanted(config())) {
      MessageHandler handler = create(wanted.getString("name"));
      chain.add(handler);
      handlers.add(handler);
      ready = ready.compose(v -> Deadline.told(context, handler.start(new MessageHandler.Surroundings(node, queue.set(), slot, wanted))));
    }
    return ready.onSuccess(v -> {
      Stage stage = new Stage(context, queue, Parcel.ROUTE, slot, new Handlers(queue, chain, parcelSizes, account -> Account.weight(accounts.get().get(account))));
      stages.add(stage);
      stage.start();
    });
  }

  static List<JsonObject> wanted(JsonObject config) {
    List<JsonObject> wanted = new ArrayList<>();
    for (Object entry : config.getJsonArray("handlers", new JsonArray())) {
      wanted.add(entry instanceof JsonObject object ? object : new JsonObject().put("name", String.valueOf(entry)));
    }
    if (wanted.isEmpty()) throw new IllegalArgumentException("handlers: a worker without handlers would route nothing");
    return wanted;
  }

  private MessageHandler create(String name) {
    Map<String, Supplier<MessageHandler>> known = new HashMap<>();
    ServiceLoader.load(MessageHandler.class, node.plugins()).stream()
      .forEach(provider -> known.put(provider.get().name(), provider::get));
    Supplier<MessageHandler> maker = known.get(name);
    if (maker == null) throw new IllegalArgumentException("handlers: unknown handler '" + name + "'; known are " + new TreeSet<>(known.keySet()));
    return maker.get();
  }

  @Override
  public Future<?> stop() {
    return Future.join(stages.stream().map(Stage::stop).toList())
      .transform(done -> Future.join(handlers.stream().map(MessageHandler::stop).toList()));
  }
}
