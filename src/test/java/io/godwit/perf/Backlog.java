package io.godwit.perf;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.godwit.message.Limits;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.MongoQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.godwit.store.CommitSlot;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;
import org.bson.Document;
import reactor.core.publisher.Flux;

/**
 * What a claim costs while so many messages wait: parcels are claimed from the front as a stage does, about 500 messages at a time, finished,
 * and as many put at the end again. Only the claim is timed. Its ceiling: the same parcels found by id, marked and read with the plain
 * driver, three trips without a queue.
 */
public final class Backlog {
  private static final int MOST_CLAIMED = 128;
  private static final int FEWEST_CLAIMED = 4;
  private static final int WRITERS = 4;

  private final Vertx vertx = Vertx.vertx();
  private final MongoSet set;
  private final MessageQueue queue;
  private final List<Context> contexts = new ArrayList<>();
  private final List<Slot> slots = new ArrayList<>();

  /** On a database of its own. */
  private Backlog(String uri, int parcel) throws Exception {
    set = MongoSet.open(vertx, 0, uri.replace("/?", "/backlog" + parcel + "?"), System::currentTimeMillis).await(60, TimeUnit.SECONDS);
    queue = MongoQueue.open(set).await(60, TimeUnit.SECONDS);
    for (int i = 0; i < WRITERS; i++) {
      String name = "bench-" + i;
      contexts.add(((VertxInternal) vertx).createEventLoopContext());
      slots.add(on(i, () -> Future.succeededFuture(queue.openSlot(name))).await(30, TimeUnit.SECONDS));
    }
  }

  public static void main(String[] words) {
    Arguments.measure(words, arguments -> {
      JsonArray rounds = new JsonArray();
      for (String parcel : arguments.text("parcels").split(",")) new Backlog(arguments.text("mongo"), Integer.parseInt(parcel)).measure(arguments, Integer.parseInt(parcel), rounds);
      return new JsonObject().put("rounds", rounds).put("aborted", CommitSlot.ABORTED.get());
    });
  }

  private void measure(Arguments arguments, int parcel, JsonArray rounds) throws Exception {
    long there = 0;
    for (String messages : arguments.text("messages").split(",")) {
      long wanted = Math.max(1, Long.parseLong(messages) / parcel);
      if (wanted > arguments.number("most-parcels")) continue;
      long began = System.nanoTime();
      fill(wanted - there, parcel);
      there = wanted;
      System.err.printf("%s messages wait in parcels of %d, after %d ms%n", messages, parcel, (System.nanoTime() - began) / 1_000_000);
      for (int i = 0; i < arguments.number("rounds"); i++) {
        rounds.add(round(parcel, arguments.number("claims")).put("messages", Long.parseLong(messages)).put("parcel", parcel).put("plan", plan()));
        System.err.println(rounds.getJsonObject(rounds.size() - 1).encode());
      }
    }
    queue.close().await(60, TimeUnit.SECONDS);
    set.close().await(60, TimeUnit.SECONDS);
  }

  private <T> Future<T> on(int context, Supplier<Future<T>> action) {
    return Future.future(done -> contexts.get(context).runOnContext(v -> action.get().onComplete(done)));
  }

  private Step puts(Step step, int parcels, int messages) {
    for (int i = 0; i < parcels; i++) step.put(Sample.parcel(queue, Sample.messages(queue, messages)));
    return step;
  }

  /** By several slots at once, about 500 messages a unit of work. */
  private void fill(long parcels, int messages) throws Exception {
    int most = Math.max(1, Limits.PARCEL_MESSAGES / messages);
    for (long left = parcels; left > 0; ) {
      List<Future<Void>> units = new ArrayList<>();
      for (int i = 0; i < WRITERS && left > 0; i++) {
        int now = (int) Math.min(most, left);
        int slot = i;
        units.add(on(i, () -> slots.get(slot).commit(puts(new Step(), now, messages))));
        left -= now;
      }
      Future.all(units).await(60, TimeUnit.SECONDS);
    }
  }

  private JsonObject round(int messages, int claims) throws Exception {
    int most = Math.max(FEWEST_CLAIMED, Math.min(MOST_CLAIMED, Limits.PARCEL_MESSAGES / messages));
    Histogram times = new Histogram(3);
    Histogram raw = new Histogram(3);
    long claimed = 0;
    for (int i = 0; i < claims; i++) {
      long began = System.nanoTime();
      List<Parcel> parcels = on(0, () -> queue.claim(Parcel.ROUTE, most, 0)).await(60, TimeUnit.SECONDS);
      times.recordValue(System.nanoTime() - began);
      if (parcels.isEmpty()) throw new IllegalStateException("nothing could be claimed although parcels wait");
      claimed += parcels.stream().mapToInt(Parcel::left).sum();
      raw(parcels, raw);
      Step step = new Step();
      parcels.forEach(step::finish);
      on(0, () -> slots.get(0).commit(puts(step, parcels.size(), messages))).await(60, TimeUnit.SECONDS);
    }
    return new JsonObject().put("claim", Arguments.millis(times)).put("raw", Arguments.millis(raw)).put("messages_per_claim", (double) claimed / claims)
      .put("messages_per_second", claimed / (times.getMean() / 1e9 * claims));
  }

  /** How MongoDB finds what a claim asks for: the stages of its plan, from the result down. Anything but an index in order would grow with the backlog. */
  private String plan() {
    Document plan = Flux.from(stored().find(Filters.and(Filters.eq("s", "ready"), Filters.eq("q", Parcel.ROUTE))).sort(Indexes.ascending("lane", "rank"))
      .limit(MOST_CLAIMED).explain()).blockLast().get("queryPlanner", Document.class).get("winningPlan", Document.class);
    List<String> stages = new ArrayList<>();
    for (Document stage = plan; stage != null; stage = stage.get("inputStage", Document.class)) stages.add(stage.getString("stage"));
    if (stages.contains("SORT") || stages.contains("COLLSCAN")) throw new IllegalStateException("claims do not follow an index: " + plan.toJson());
    return String.join(" < ", stages);
  }

  private MongoCollection<Document> stored() {
    return set.db().getCollection("parcels");
  }

  /** The same three trips by id, on parcels that are ours already: find, mark, read. */
  private void raw(List<Parcel> parcels, Histogram times) {
    MongoCollection<Document> stored = stored();
    List<String> ids = parcels.stream().map(Parcel::id).toList();
    long began = System.nanoTime();
    Flux.from(stored.find(Filters.in("_id", ids)).projection(new Document("_id", 1))).blockLast();
    Flux.from(stored.updateMany(Filters.in("_id", ids), Updates.set("bench", began))).blockLast();
    Flux.from(stored.find(Filters.in("_id", ids))).blockLast();
    times.recordValue(System.nanoTime() - began);
  }
}
