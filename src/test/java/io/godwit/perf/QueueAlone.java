package io.godwit.perf;

import io.godwit.message.Limits;
import io.godwit.message.Message;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.MongoQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.godwit.store.CommitSlot;
import io.godwit.store.MongoSet;
import io.godwit.worker.Stage;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * The queue with nothing around it: so many messages are on their way at once; one that is acknowledged makes room for another. What is to be sent while
 * a commit is in flight goes together, as at the intake; stages receive and acknowledge. Received in the sending process, handed over in memory, or by another life
 * (its own incarnation, its own connections) that has to claim everything.
 */
public final class QueueAlone {
  private final Arguments arguments;
  private final Vertx vertx = Vertx.vertx();
  private final LongAdder received = new LongAdder();
  private final LongAdder acknowledged = new LongAdder();
  private final LongAdder sent = new LongAdder();
  private final AtomicLong steps = new AtomicLong();
  private final Histogram sends = new ConcurrentHistogram(3);
  private final List<Sender> senders = new CopyOnWriteArrayList<>();
  private final AtomicInteger turn = new AtomicInteger();
  private volatile boolean sending = true;

  private QueueAlone(Arguments arguments) {
    this.arguments = arguments;
  }

  public static void main(String[] words) {
    Arguments.measure(words, arguments -> new QueueAlone(arguments).run());
  }

  private JsonObject run() throws Exception {
    MessageQueue sender = open();
    MessageQueue receiver = arguments.text("way").equals("handed") ? sender : open();
    List<Stage> stages = new ArrayList<>();
    for (int i = 0; i < arguments.number("stages"); i++) stages.add(stage(receiver, i));
    for (int i = 0; i < arguments.number("senders"); i++) senders.add(new Sender(sender, i));
    for (Sender each : senders) each.start(arguments.number("callers") / senders.size());
    TimeUnit.SECONDS.sleep(arguments.number("warm-up"));
    JsonArray rounds = new JsonArray();
    for (int i = 0; i < arguments.number("rounds"); i++) rounds.add(round(arguments.number("seconds")));
    sending = false;
    int left = drain(sender);
    return new JsonObject().put("rounds", rounds).put("sent", sent.sum()).put("received", received.sum()).put("acknowledged", acknowledged.sum()).put("parcels_left", left);
  }

  private MessageQueue open() throws Exception {
    return MongoSet.open(vertx, 0, arguments.text("mongo"), System::currentTimeMillis).compose(MongoQueue::open).await(60, TimeUnit.SECONDS);
  }

  private JsonObject round(int seconds) throws Exception {
    sends.reset();
    long began = System.nanoTime();
    long sentBefore = sent.sum();
    long before = acknowledged.sum();
    long stepsBefore = steps.get();
    long aborted = CommitSlot.ABORTED.get();
    long units = CommitSlot.COMMITTED.get();
    TimeUnit.SECONDS.sleep(seconds);
    double elapsed = (System.nanoTime() - began) / 1e9;
    double now = System.currentTimeMillis() / 1e3;
    return new JsonObject().put("began", now - elapsed).put("ended", now).put("per_second", (acknowledged.sum() - before) / elapsed).put("sent_per_second", (sent.sum() - sentBefore) / elapsed)
      .put("units_per_second", (CommitSlot.COMMITTED.get() - units) / elapsed).put("messages_per_send", (double) (sent.sum() - sentBefore) / Math.max(1, steps.get() - stepsBefore))
      .put("aborted", CommitSlot.ABORTED.get() - aborted).put("send", Arguments.millis(sends));
  }

  /** How many parcels are left when all is acknowledged, or nothing moves any more. */
  private int drain(MessageQueue queue) throws Exception {
    long still = System.nanoTime();
    for (long before = -1; System.nanoTime() - still < 20_000_000_000L; TimeUnit.MILLISECONDS.sleep(100)) {
      if (acknowledged.sum() != before) still = System.nanoTime();
      before = acknowledged.sum();
      int left = queue.depths(vertx.getOrCreateContext()).await(30, TimeUnit.SECONDS).size();
      if (left == 0 && before == sent.sum()) return 0;
    }
    return queue.depths(vertx.getOrCreateContext()).await(30, TimeUnit.SECONDS).stream().mapToInt(d -> (int) d.parcels()).sum();
  }

  private Stage stage(MessageQueue queue, int number) throws Exception {
    Context context = ((VertxInternal) vertx).createEventLoopContext();
    return Future.<Stage>future(made -> context.runOnContext(v -> {
      Acknowledging decider = new Acknowledging(queue.openSlot("receive-" + number));
      Stage stage = new Stage(context, queue, Parcel.ROUTE, decider, decider);
      stage.start();
      made.complete(stage);
    })).await(30, TimeUnit.SECONDS);
  }

  /** Receives everything and acknowledges it; its own slot, so that it knows when that is durable. */
  private final class Acknowledging implements Stage.Decider, Slot {
    private final Slot slot;
    private int deciding;

    Acknowledging(Slot slot) {
      this.slot = slot;
    }

    @Override
    public Future<Step> decide(List<Parcel> parcels) {
      Step step = new Step();
      deciding = 0;
      for (Parcel parcel : parcels) {
        deciding += parcel.messages().size();
        step.finish(parcel);
      }
      received.add(deciding);
      return Future.succeededFuture(step);
    }

    @Override
    public Step bury(Parcel parcel, Throwable why) {
      throw new IllegalStateException("nothing is decided here that could fail", why);
    }

    @Override
    public Future<Void> commit(Step step) {
      int now = deciding;
      return slot.commit(step).onSuccess(v -> {
        acknowledged.add(now);
        senders.get(Math.floorMod(turn.getAndIncrement(), senders.size())).more(now);
      });
    }

    @Override
    public Future<Void> idle() {
      return slot.idle();
    }

    @Override
    public String allotment() {
      return slot.allotment();
    }

    @Override
    public boolean isBusy() {
      return slot.isBusy();
    }

    @Override
    public long commits() {
      return slot.commits();
    }

    @Override
    public Future<Void> close() {
      return slot.close();
    }
  }

  /** Callers of one event loop, and the slot that commits for them. */
  private final class Sender {
    private final MessageQueue queue;
    private final Context context = ((VertxInternal) vertx).createEventLoopContext();
    private final int number;
    private final Deque<Sending> waiting = new ArrayDeque<>();
    private Slot slot;
    private boolean departing;

    private record Sending(Message message, long began) { }

    Sender(MessageQueue queue, int number) {
      this.queue = queue;
      this.number = number;
    }

    void start(int callers) {
      context.runOnContext(v -> {
        slot = queue.openSlot("send-" + number);
        call(callers);
        depart();
      });
    }

    private void call(int callers) {
      for (int i = 0; i < callers && sending; i++) waiting.add(new Sending(Sample.message(queue), System.nanoTime()));
    }

    private void depart() {
      if (waiting.isEmpty() || departing) return;
      departing = true;
      List<Sending> flight = new ArrayList<>();
      while (!waiting.isEmpty() && flight.size() < Limits.PARCEL_MESSAGES) flight.add(waiting.poll());
      slot.commit(new Step().put(Sample.parcel(queue, flight.stream().map(Sending::message).toList()))).onComplete(done -> {
        if (done.failed()) throw new IllegalStateException("a send failed", done.cause());
        long now = System.nanoTime();
        flight.forEach(sending -> sends.recordValue(now - sending.began));
        sent.add(flight.size());
        steps.incrementAndGet();
        departing = false;
        depart();
      });
    }

    /** On any event loop: so many of the messages on their way have arrived. */
    void more(int callers) {
      context.runOnContext(v -> {
        call(callers);
        depart();
      });
    }
  }
}
