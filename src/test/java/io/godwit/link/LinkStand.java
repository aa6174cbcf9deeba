package io.godwit.link;

import io.godwit.events.MessageState;
import io.godwit.events.Trail;
import io.godwit.message.EncodingChoice;
import io.godwit.message.Event;
import io.godwit.message.Lane;
import io.godwit.message.Message;
import io.godwit.message.Origin;
import io.godwit.message.Status;
import io.godwit.message.Text;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.godwit.testing.Await;
import io.godwit.testing.TestNode;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** The components {@code link} and {@code link.await} on a real MongoDB, and messages as a worker routes them; links and carriers are the test's. */
final class LinkStand implements AutoCloseable {
  final TestNode test = TestNode.start(1);
  final MessageQueue queue = test.node.queue(0);
  private final Slot slot = test.await(() -> Future.succeededFuture(queue.openSlot("test")));
  private String link;

  LinkStand() {
    test.vertx.setPeriodic(10, t -> test.clock.addAndGet(10));
  }

  /** Describes a link, to a carrier on this machine, in the directory. */
  void configure(String id, int port, JsonObject more) {
    test.put(LinkConfig.KIND, id, new JsonObject().put("host", "127.0.0.1").put("port", port).put("systemId", "godwit").put("unknownWait", 200).put("retryPause", 50).mergeIn(more));
  }

  LinkStand start() {
    test.await(() -> test.vertx.deployVerticle(() -> new AwaitVerticle(test.node), new DeploymentOptions()));
    return startLink();
  }

  LinkStand startLink() {
    link = test.await(() -> test.vertx.deployVerticle(() -> new LinkVerticle(test.node), new DeploymentOptions()));
    return this;
  }

  void stopLink() {
    test.await(() -> test.vertx.undeploy(link));
  }

  Message routed(String link, String from, String to, String text) {
    Text.Analysis analysis = (Text.Analysis) Text.analyse(text, EncodingChoice.AUTO, false);
    return Message.accepted(queue.newId(), Lane.BULK, "demo", from, to, text, analysis.encoding(), analysis.segments(), "DE", queue.now() + 600_000, Origin.NONE)
      .withRoute(link, List.of());
  }

  Message routed(String link, String text) {
    return routed(link, "Godwit", "+4917012345678", text);
  }

  /** As if a worker had routed them just now. */
  void send(List<Message> messages) {
    Step step = new Step();
    messages.forEach(m -> step.event(new Event.Accepted(m, queue.now())));
    step.put(Parcel.of(queue.newId(), Parcel.link(messages.get(0).link()), Lane.BULK, queue.now(), 0, messages));
    test.await(() -> slot.commit(step));
  }

  List<Event> events(Message message) {
    return test.await(() -> Trail.of(test.vertx.getOrCreateContext(), test.sets.control(), message.id()));
  }

  List<String> types(Message message) {
    return events(message).stream().map(Event::type).toList();
  }

  MessageState state(Message message) {
    return MessageState.of(events(message));
  }

  Status untilFinal(Message message) {
    Await.until(() -> message.id() + " is final: " + types(message), 60, () -> state(message).isFinal());
    return state(message).status();
  }

  /** What is in the store. */
  List<MessageQueue.Depth> depths() {
    return test.await(() -> queue.depths(test.vertx.getOrCreateContext()));
  }

  /** Messages that wait for the link in the store, submitted or not. */
  long waiting(String link) {
    return depths().stream().filter(depth -> depth.queue().equals(Parcel.link(link)))
      .mapToLong(MessageQueue.Depth::messages).sum();
  }

  @Override
  public void close() {
    test.undeployAll();
    test.close();
  }
}
