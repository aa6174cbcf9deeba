package io.godwit.smppserver;

import com.mongodb.client.model.Projections;
import com.mongodb.reactivestreams.client.MongoDatabase;
import io.godwit.accounts.PasswordHash;
import io.godwit.events.MessageState;
import io.godwit.events.Trail;
import io.godwit.message.Event;
import io.godwit.message.Message;
import io.godwit.message.MessageId;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.godwit.smpp.BindType;
import io.godwit.store.Mongo;
import io.godwit.testing.Await;
import io.godwit.testing.Gate;
import io.godwit.testing.TestNode;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bson.Document;


/** The SMPP door of one process over a real replica set, with a few accounts, and customers in front of it; for test threads. */
final class SmppDoor implements AutoCloseable {
  static final String PASSWORD = "secret";
  private static final String STORED = PasswordHash.of(PASSWORD);

  final TestNode node;
  final Context context;
  final MessageQueue queue;
  private final Slot slot;
  private final List<Client> clients = new ArrayList<>();
  private String deployment;

  /** On a fresh database, with account demo, whose system_ids are demo and demo2, and account other. */
  SmppDoor() {
    this(new JsonObject());
  }

  SmppDoor(JsonObject config) {
    this(TestNode.start(1), config, 1);
    node.vertx.setPeriodic(10, t -> node.clock.addAndGet(10));
    node.put("account", "demo", new JsonObject());
    node.put("account", "other", new JsonObject());
    login("demo", "demo", new JsonObject());
    login("demo2", "demo", new JsonObject());
    login("other", "other", new JsonObject());
  }

  private SmppDoor(TestNode node, JsonObject config, int instances) {
    this.node = node;
    context = node.vertx.getOrCreateContext();
    queue = node.node.queue(0);
    slot = Await.on(context, () -> Future.succeededFuture(queue.openSlot("test")));
    deploy(config, instances);
  }

  /** Another process on the same database. */
  SmppDoor another() {
    return another(1);
  }

  /** The same with several instances of the door. */
  SmppDoor another(int instances) {
    return new SmppDoor(node.another(), new JsonObject(), instances);
  }

  /** Another process on the same database, whose commands a test may stop. */
  SmppDoor another(Gate gate) {
    return new SmppDoor(node.another(gate), new JsonObject(), 1);
  }

  private void deploy(JsonObject config, int instances) {
    deployment = Await.await(node.vertx.deployVerticle(() -> new SmppServerVerticle(node.node), new DeploymentOptions().setConfig(config).setInstances(instances)));
  }

  /** As SIGTERM does. */
  Future<Void> stop() {
    return node.vertx.undeploy(deployment);
  }

  int port(String what) {
    return node.vertx.sharedData().<String, Integer>getLocalMap(SmppServerVerticle.PORTS).get(what);
  }

  void login(String systemId, String account, JsonObject more) {
    node.put("smpp", systemId, new JsonObject().put("account", account).put("password", STORED).mergeIn(more));
  }

  /** What was agreed with account demo; the door has heard of it when it returns. */
  void terms(String key, Object value) {
    JsonObject account = node.directory.entry("account", "demo").copy();
    JsonObject smpp = account.getJsonObject("smpp", new JsonObject()).put(key, value);
    node.put("account", "demo", account.put("smpp", smpp));
    Await.on(node.sets.control().context(), () -> Future.succeededFuture());
  }

  // ---- customers

  Client client(BindType type) {
    return client("demo", type);
  }

  Client client(String systemId, BindType type) {
    Client client = new Client(node.vertx, port("smpp"));
    clients.add(client);
    return client.bind(systemId, PASSWORD, type);
  }

  /** The command_status of a bind's answer. */
  int bindStatus(String systemId, String password) {
    Client client = new Client(node.vertx, port("smpp"));
    clients.add(client);
    return client.bindStatus(systemId, password, BindType.TRX);
  }

  // ---- what the store says

  void commit(Step step) {
    Await.on(context, () -> slot.commit(step));
  }

  List<Event> trail(String id) {
    return Await.on(context, () -> Trail.of(context, node.sets.get(MessageId.set(id)), id));
  }

  List<String> types(String id) {
    return trail(id).stream().map(Event::type).toList();
  }

  Message message(String id) {
    return MessageState.of(trail(id)).message();
  }

  /** All messages that have an event, and the batches in which they came, by id. */
  Set<String> told() {
    Set<String> ids = new HashSet<>();
    MongoDatabase db = node.sets.control().db();
    for (String name : Await.on(context, () -> Mongo.all(context, db.listCollectionNames()))) {
      if (name.startsWith("events_")) Await.on(context, () -> Mongo.each(context, db.getCollection(name).find().projection(Projections.include("e.id", "e.o.batch")), page -> {
        for (Document event : page.getList("e", Document.class)) {
          ids.add(event.getString("id"));
          if (event.get("o") instanceof Document origin) ids.add(origin.getString("batch"));
        }
      }));
    }
    return ids;
  }

  List<Document> parcels() {
    return find("parcels");
  }

  List<Document> find(String collection) {
    return Await.on(context, () -> Mongo.all(context, node.sets.control().db().getCollection(collection).find()));
  }

  /** Notices in the store, told or not. */
  long notices() {
    return Await.on(context, () -> queue.depths(context)).stream().filter(depth -> depth.queue().startsWith("deliver.")).mapToLong(MessageQueue.Depth::messages).sum();
  }

  void untilNothingIsLeftToTell() {
    Await.until("no notice is left", () -> notices() == 0);
  }

  @Override
  public void close() {
    clients.forEach(Client::close);
    node.undeployAll();
    node.close();
  }

}
