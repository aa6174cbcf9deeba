package io.godwit.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.MongoTimeoutException;
import io.godwit.message.Encoding;
import io.godwit.message.Event;
import io.godwit.message.Lane;
import io.godwit.message.Message;
import io.godwit.message.Origin;
import io.godwit.message.Status;
import io.godwit.queue.MemoryQueue;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.godwit.testing.Await;
import io.godwit.testing.TestClock;
import io.godwit.worker.MessageHandler.Decision;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The loop of a stage and the chain of handlers, on a queue in memory. */
class StageTest {
  private final Vertx vertx = Vertx.vertx();
  private final Context context = ((VertxInternal) vertx).createEventLoopContext();
  private final TestClock clock = new TestClock();
  private final MemoryQueue queue = new MemoryQueue(vertx, 0, clock);
  private final Slot door = queue.openSlot("door");
  private Stage stage;

  @AfterEach
  void close() {
    Await.await(vertx.close());
  }

  /** A handler that decides message by message, and remembers the batches that it was shown. */
  private static final class Script implements MessageHandler {
    final List<List<Message>> shown = new CopyOnWriteArrayList<>();
    final Function<Message, Decision> decide;
    Future<Void> gate = Future.succeededFuture();

    Script(Function<Message, Decision> decide) {
      this.decide = decide;
    }

    @Override
    public String name() {
      return "script";
    }

    @Override
    public Future<List<Decision>> handle(List<Message> batch) {
      shown.add(batch);
      return gate.map(v -> batch.stream().map(decide).toList());
    }
  }

  private void run(MessageHandler... handlers) {
    Await.on(context, () -> {
      stage = new Stage(context, queue, Parcel.ROUTE, queue.openSlot("worker"), new Handlers(queue, List.of(handlers), q -> 500, account -> 1));
      stage.start();
      return Future.succeededFuture();
    });
  }

  private static Decision toLink(Message message) {
    return Decision.route(message, "sim");
  }

  private Message message(String text) {
    return Message.accepted(queue.newId(), Lane.BULK, "demo", "Godwit", "+4917012345678", text, Encoding.GSM7, 1, "DE", queue.now() + 60_000, Origin.NONE);
  }

  private List<Message> submit(String... texts) {
    List<Message> messages = new ArrayList<>();
    for (String text : texts) messages.add(message(text));
    put(Lane.BULK, messages);
    return messages;
  }

  private void put(Lane lane, List<Message> messages) {
    Step step = new Step().put(Parcel.of(queue.newId(), Parcel.ROUTE, lane, queue.now(), 0, messages));
    messages.forEach(m -> step.event(new Event.Accepted(m, queue.now())));
    Await.on(context, () -> door.commit(step));
  }

  private List<String> types(Message message) {
    return queue.events(message.id()).stream().map(Event::type).toList();
  }

  private long messagesIn(String name) {
    return Await.await(queue.depths(context)).stream().filter(d -> d.queue().equals(name)).mapToLong(MessageQueue.Depth::messages).sum();
  }

  private void untilAll(List<Message> messages, String type) {
    Await.until("all are " + type, () -> messages.stream().allMatch(m -> types(m).contains(type)));
  }

  @Test
  void routedMessagesGoToTheirLinksQueueWithTheirEvent() {
    run(new Script(StageTest::toLink));
    List<Message> messages = submit("a", "b");
    untilAll(messages, "ROUTED");
    assertEquals(2, messagesIn("link.sim"));
    assertEquals(0, messagesIn(Parcel.ROUTE));
    assertEquals(2, queue.events(messages.get(0).id()).get(1).n());
  }

  @Test
  void anAlertComesBeforeTheBulkThatIsStoredAndThatTheStageHolds() {
    for (int parcel = 0; parcel < 12; parcel++) put(Lane.BULK, IntStream.range(0, 400).mapToObj(i -> message("bulk")).toList());
    Promise<Void> gate = Promise.promise();
    Script handler = new Script(StageTest::toLink);
    handler.gate = gate.future();
    run(handler);
    Await.until("the stage is at the first of them", () -> !handler.shown.isEmpty());
    put(Lane.ALERT, List.of(message("alert")));
    context.runOnContext(v -> gate.complete());
    Await.until("the alert is shown", () -> handler.shown.stream().anyMatch(batch -> batch.get(0).text().equals("alert")));
    assertEquals("alert", handler.shown.get(1).get(0).text(), "it is first in the second batch");
  }

  @Test
  void handlersSeeAMessageInTheirOrderAndARefusedOneIsNotShownToTheNext() {
    Script first = new Script(m -> m.text().equals("bad") ? Decision.refuse(Status.USER_BLOCKED, "blocked", "no") : Decision.next(m.withFrom("First")));
    Script second = new Script(StageTest::toLink);
    run(first, second);
    List<Message> messages = submit("good", "bad");
    untilAll(messages.subList(0, 1), "ROUTED");
    untilAll(messages.subList(1, 2), "REFUSED");
    assertEquals(List.of("good"), second.shown.stream().flatMap(List::stream).map(Message::text).toList());
    assertEquals("First", second.shown.get(0).get(0).from());
  }

  @Test
  void aMessageWithoutALinkAtTheEndOfTheChainHasNoRoute() {
    run(new Script(Decision::next));
    List<Message> messages = submit("a");
    untilAll(messages, "REFUSED");
    assertEquals(Status.NO_ROUTE, queue.events(messages.get(0).id()).get(1).status());
  }

  @Test
  void whatArrivesDuringADecisionIsDecidedTogetherAfterwards() {
    Promise<Void> gate = Promise.promise();
    Script handler = new Script(StageTest::toLink);
    handler.gate = gate.future();
    run(handler);
    List<Message> all = new ArrayList<>(submit("first"));
    Await.until("the first is shown", () -> handler.shown.size() == 1);
    for (int i = 0; i < 6; i++) all.addAll(submit("later " + i));
    context.runOnContext(v -> gate.complete());
    untilAll(all, "ROUTED");
    assertTrue(handler.shown.size() <= 4, "six small parcels were decided in " + (handler.shown.size() - 1) + " steps");
  }

  @Test
  void alertsOvertakeBulkThatWaits() {
    Promise<Void> gate = Promise.promise();
    Script handler = new Script(StageTest::toLink);
    handler.gate = gate.future();
    run(handler);
    List<Message> first = submit("first");
    Await.until("the first is shown", () -> handler.shown.size() == 1);
    List<Message> bulk = submit("bulk");
    List<Message> alert = List.of(message("alert"));
    put(Lane.ALERT, alert);
    context.runOnContext(v -> gate.complete());
    untilAll(first, "ROUTED");
    untilAll(bulk, "ROUTED");
    untilAll(alert, "ROUTED");
    List<String> order = handler.shown.stream().flatMap(List::stream).map(Message::text).toList();
    assertTrue(order.indexOf("alert") < order.indexOf("bulk"), order.toString());
  }

  @Test
  void onePoisonedMessageBecomesADeadLetterAndTheOthersGoOn() {
    run(new Script(m -> {
      if (m.text().equals("poison")) throw new IllegalStateException("cannot digest this");
      return toLink(m);
    }));
    List<Message> messages = submit("a", "b", "poison", "c", "d");
    untilAll(messages.stream().filter(m -> !m.text().equals("poison")).toList(), "ROUTED");
    untilAll(messages.subList(2, 3), "DEAD");
    assertEquals(0, messagesIn(Parcel.ROUTE));
    assertEquals(List.of(messages.get(2).id()), queue.deadLetters().stream().map(letter -> letter.item().id()).toList());
    assertTrue(queue.deadLetters().get(0).why().contains("cannot digest this"));
  }

  /** As often as would make poison a dead letter, and more. */
  @Test
  void aStoresOutageIsNoPoison() {
    int[] failures = {4};
    Script handler = new Script(m -> {
      if (failures[0]-- > 0) throw new MongoTimeoutException("nobody could ask it");
      return toLink(m);
    });
    run(handler);
    List<Message> messages = submit("a");
    untilAll(messages, "ROUTED");
    assertEquals(5, handler.shown.size());
    assertEquals(List.of("ACCEPTED", "ROUTED"), types(messages.get(0)));
    assertEquals(List.of(), queue.deadLetters());
  }

  @Test
  void handlersAreToldThatWhatTheyDecidedAboutAPoisonedMessageTookNoEffect() {
    List<String> undone = new CopyOnWriteArrayList<>();
    MessageHandler first = new MessageHandler() {
      @Override
      public String name() {
        return "first";
      }

      @Override
      public Future<List<Decision>> handle(List<Message> batch) {
        return Future.succeededFuture(batch.stream().map(StageTest::toLink).toList());
      }

      @Override
      public void undone(Message message) {
        undone.add(message.text());
      }
    };
    run(first, new Script(m -> {
      throw new IllegalStateException("cannot digest this");
    }));
    untilAll(submit("a"), "DEAD");
    assertEquals(List.of("a", "a", "a"), undone);
  }

  @Test
  void aHandlerThatAnswersForTheWrongNumberOfMessagesIsCaught() {
    run(new MessageHandler() {
      @Override
      public String name() {
        return "short";
      }

      @Override
      public Future<List<Decision>> handle(List<Message> batch) {
        return Future.succeededFuture(List.of());
      }
    });
    List<Message> messages = submit("a");
    untilAll(messages, "DEAD");
  }

  @Test
  void aPostponedMessageIsShownAgainAtItsTime() {
    Script handler = new Script(m -> queue.now() < m.acceptedAt() + 5_000 ? Decision.later(m.acceptedAt() + 5_000) : toLink(m));
    run(handler);
    List<Message> messages = submit("a");
    Await.until("it waits", () -> Await.await(queue.depths(context)).stream().anyMatch(d -> d.queue().equals(Parcel.ROUTE) && d.state().equals("later")));
    assertFalse(types(messages.get(0)).contains("ROUTED"));
    clock.advance(5_001);
    queue.poll();
    untilAll(messages, "ROUTED");
  }

  @Test
  void anExpiredMessageIsNotShownToAnyHandler() {
    Script handler = new Script(StageTest::toLink);
    List<Message> messages = submit("a");
    clock.advance(61_000);
    run(handler);
    untilAll(messages, "EXPIRED");
    assertEquals(List.of(), handler.shown);
  }

  @Test
  void aStageThatStopsReturnsWhatItHolds() {
    Promise<Void> gate = Promise.promise();
    Script handler = new Script(StageTest::toLink);
    handler.gate = gate.future();
    run(handler);
    List<Message> first = submit("first");
    Await.until("the first is shown", () -> handler.shown.size() == 1);
    submit("second");
    submit("third");
    Future<Void> stopped = Await.start(context, stage::stop);
    context.runOnContext(v -> gate.complete());
    Await.await(stopped);
    untilAll(first, "ROUTED");
    List<MessageQueue.Depth> ready = Await.await(queue.depths(context)).stream().filter(d -> d.queue().equals(Parcel.ROUTE)).toList();
    assertEquals(2, ready.stream().mapToLong(MessageQueue.Depth::messages).sum());
    assertTrue(ready.stream().allMatch(d -> d.state().equals("ready")), ready.toString());
  }

  @Test
  void aParcelWhoseDeciderThrowsWhereItMustNotIsShownAgain() {
    java.util.concurrent.atomic.AtomicInteger burials = new java.util.concurrent.atomic.AtomicInteger();
    Stage.Decider broken = new Stage.Decider() {
      @Override
      public Future<Step> decide(List<Parcel> parcels) {
        return Future.failedFuture("no");
      }

      @Override
      public Step bury(Parcel parcel, Throwable why) {
        if (burials.incrementAndGet() == 1) throw new IllegalStateException("a bug");
        Message m = parcel.messages().get(0);
        return new Step().finish(parcel).event(new Event.Dead(m.id(), m.n() + 1, queue.now(), "buried", null));
      }
    };
    Await.on(context, () -> {
      stage = new Stage(context, queue, Parcel.ROUTE, queue.openSlot("worker"), broken);
      stage.start();
      return Future.succeededFuture();
    });
    List<Message> messages = submit("a");
    untilAll(messages, "DEAD");
    assertEquals(2, burials.get());
  }

  @Test
  void aDecisionThatTakesTooLongLosesItsParcelsAndNothingElse() {
    Promise<Void> gate = Promise.promise();
    Script handler = new Script(StageTest::toLink);
    handler.gate = gate.future();
    Await.on(context, () -> {
      stage = new Stage(context, queue, Parcel.ROUTE, queue.openSlot("worker"), new Handlers(queue, List.of(handler), q -> 500, account -> 1), 50);
      stage.start();
      return Future.succeededFuture();
    });
    List<Message> messages = submit("a");
    Await.until("the parcel is back", () -> handler.shown.size() == 1
      && Await.await(queue.depths(context)).stream().anyMatch(d -> d.queue().equals(Parcel.ROUTE) && d.state().equals("ready")));
    handler.gate = Future.succeededFuture();
    context.runOnContext(v -> gate.complete());
    untilAll(messages, "ROUTED");
    assertEquals(List.of("ACCEPTED", "ROUTED"), types(messages.get(0)));
  }

  // ---- the lines of links

  private List<String> line(String link) {
    return Await.await(queue.claim(Parcel.link(link), 100, 0)).stream().flatMap(parcel -> parcel.messages().stream()).map(Message::text).toList();
  }

  @Test
  void whatIsRoutedWhileALinkIsAwayStandsInItsLineInThatOrder() {
    run(new Script(m -> {
      clock.advance(10);   // the decision takes its time
      return toLink(m);
    }));
    List<String> texts = IntStream.range(0, 8).mapToObj(i -> "message " + i).toList();
    for (String text : texts) {
      untilAll(submit(text), "ROUTED");
      clock.advance(1_000);
    }
    assertEquals(texts, line("sim"));
  }

  @Test
  void whoComesWhileMuchOfAnotherAccountWaitsForALinkStandsAtTheFrontOfItsLine() {
    run(new Script(StageTest::toLink));
    for (int i = 0; i < 5; i++) untilAll(submit(IntStream.range(0, 400).mapToObj(m -> "much").toArray(String[]::new)), "ROUTED");
    clock.advance(60_000);
    for (int i = 0; i < 5; i++) untilAll(submit(IntStream.range(0, 400).mapToObj(m -> "more").toArray(String[]::new)), "ROUTED");
    Message few = message("few").withAccount("other");
    put(Lane.BULK, List.of(few));
    untilAll(List.of(few), "ROUTED");
    List<String> line = line("sim");
    assertTrue(line.indexOf("few") <= 400, "only what had its place at the front before: " + line.indexOf("few"));
    assertTrue(line.lastIndexOf("much") < line.indexOf("more"), "the other's own order is kept");
  }

  // ---- parcels that are decided about before they are stored

  /** As a door does it: whoever takes the step commits it, else the door does. */
  private Future<Void> accept(List<Message> messages) {
    return Await.start(context, () -> {
      Step step = new Step().put(Parcel.of(queue.newId(), Parcel.ROUTE, Lane.BULK, queue.now(), 0, messages));
      messages.forEach(m -> step.event(new Event.Accepted(m, queue.now())));
      Future<Void> absorbed = queue.absorb(step);
      return absorbed == null ? door.commit(step) : absorbed.recover(e -> door.commit(step));
    });
  }

  @Test
  void anIdleStageDecidesAboutMessagesBeforeTheyAreStored() {
    List<String> queues = new CopyOnWriteArrayList<>();
    run(new Script(m -> {
      queue.depths(context).onSuccess(depths -> depths.forEach(depth -> queues.add(depth.queue())));
      return m.text().equals("bad") ? Decision.refuse(Status.USER_BLOCKED, "blocked", "no") : toLink(m);
    }));
    untilAll(submit("warm"), "ROUTED");
    queues.clear();
    List<Message> messages = List.of(message("good"), message("bad"));
    Await.await(accept(messages));
    assertEquals(List.of("ACCEPTED", "ROUTED"), types(messages.get(0)), "already when the door is told");
    assertEquals(List.of("ACCEPTED", "REFUSED"), types(messages.get(1)));
    assertFalse(queues.contains(Parcel.ROUTE), "never stored there");
    assertEquals(2, messagesIn("link.sim"));
  }

  @Test
  void whoeverHandsOverFreshMessagesIsToldOnHisOwnContext() {
    run(new Script(StageTest::toLink));
    untilAll(submit("warm"), "ROUTED");
    Context asker = ((VertxInternal) vertx).createEventLoopContext();
    Message message = message("fresh");
    Context told = Await.on(asker, () -> {
      Future<Void> absorbed = queue.absorb(new Step().put(Parcel.of(queue.newId(), Parcel.ROUTE, Lane.BULK, queue.now(), 0, List.of(message)))
        .event(new Event.Accepted(message, queue.now())));
      return absorbed.map(v -> Vertx.currentContext());
    });
    assertSame(asker, told);
  }

  /** Remembers on which contexts it is called, and answers on a thread of nobody's: after so many milliseconds the first messages, at once all others. */
  private static final class Elsewhere implements MessageHandler {
    final List<Context> calls = new CopyOnWriteArrayList<>();
    private final long millis;

    Elsewhere(long millis) {
      this.millis = millis;
    }

    @Override
    public String name() {
      return "elsewhere";
    }

    @Override
    public Future<List<Decision>> handle(List<Message> batch) {
      calls.add(Vertx.currentContext());
      Future<Void> answer = batch.get(0).text().equals("first") ? Promise.<Void>promise().future().timeout(millis, TimeUnit.MILLISECONDS).otherwiseEmpty() : Future.succeededFuture();
      return answer.map(v -> batch.stream().map(StageTest::toLink).toList());
    }

    @Override
    public void undone(Message message) {
      calls.add(Vertx.currentContext());
    }
  }

  @Test
  void aStageGoesOnWhereItLivesWhateverThreadAnswersForAHandler() {
    Elsewhere handler = new Elsewhere(50);
    run(handler);
    List<Message> messages = new ArrayList<>(submit("first"));
    for (int i = 0; i < 6; i++) messages.addAll(submit("more " + i));
    untilAll(messages, "ROUTED");
    assertTrue(handler.calls.size() >= 2, handler.calls.toString());
    assertFalse(handler.calls.stream().anyMatch(where -> where != context), handler.calls.toString());
  }

  @Test
  void aStageGoesOnWhereItLivesAfterADecisionAboutFreshMessagesTookTooLong() {
    Elsewhere handler = new Elsewhere(3_000); // it must be missed even by an event loop that stalls
    run(handler);
    untilAll(submit("warm"), "ROUTED");
    handler.calls.clear();
    List<Message> messages = new ArrayList<>(List.of(message("first")));
    Await.await(accept(messages));
    for (int i = 0; i < 6; i++) messages.addAll(submit("more " + i));
    untilAll(messages, "ROUTED");
    assertTrue(handler.calls.size() >= 3, "it was shown, undone, and shown again: " + handler.calls);
    assertFalse(handler.calls.stream().anyMatch(where -> where != context), handler.calls.toString());
  }

  @Test
  void aDecisionThatTakesTooLongKeepsNobodyFromBeingAcceptedAndHappensLater() {
    Promise<Void> gate = Promise.promise();
    Script handler = new Script(StageTest::toLink);
    run(handler);
    untilAll(submit("warm"), "ROUTED");
    handler.gate = gate.future();
    List<Message> slow = List.of(message("slow"));
    Await.await(accept(slow));
    assertEquals(List.of("ACCEPTED"), types(slow.get(0)), "the door has committed it alone");
    handler.gate = Future.succeededFuture();
    context.runOnContext(v -> gate.complete());
    untilAll(slow, "ROUTED");
    assertEquals(List.of("ACCEPTED", "ROUTED"), types(slow.get(0)), "once, although it was shown twice");
  }

  @Test
  void aHandlerThatFailsOnFreshMessagesLosesNone() {
    run(new Script(m -> {
      if (m.text().equals("poison")) throw new IllegalStateException("cannot digest this");
      return toLink(m);
    }));
    untilAll(submit("warm"), "ROUTED");
    List<Message> messages = List.of(message("a"), message("poison"), message("b"));
    Await.await(accept(messages));
    untilAll(List.of(messages.get(0), messages.get(2)), "ROUTED");
    untilAll(List.of(messages.get(1)), "DEAD");
    assertEquals(List.of("ACCEPTED", "DEAD"), types(messages.get(1)));
  }

  @Test
  void aStageThatIsBehindOrStoppingAbsorbsNothing() {
    Promise<Void> gate = Promise.promise();
    Script handler = new Script(StageTest::toLink);
    handler.gate = gate.future();
    run(handler);
    List<Message> waiting = new ArrayList<>(submit("first"));
    Await.until("the first is shown", () -> handler.shown.size() == 1);
    for (int i = 0; i < 6; i++) waiting.addAll(submit("more " + i));
    List<Message> behind = List.of(message("behind"));
    Future<Void> accepted = accept(behind);
    Future<Void> stopped = Await.start(context, stage::stop);
    context.runOnContext(v -> gate.complete());
    Await.await(stopped);
    Await.await(accepted);
    List<Message> after = List.of(message("after"));
    Await.await(accept(after));
    assertEquals(List.of("ACCEPTED"), types(after.get(0)));
    assertTrue(types(behind.get(0)).contains("ACCEPTED"));
  }
}
