package io.godwit.perf;

import com.mongodb.reactivestreams.client.MongoClient;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.HdrHistogram.Histogram;

/** How many messages a second the driver alone carries through one kind of work: see {@link Raw.Work}. */
public final class Ceiling {
  private Ceiling() {
  }

  public static void main(String[] words) {
    Arguments.measure(words, Ceiling::run);
  }

  private static JsonObject run(Arguments arguments) throws Exception {
    Raw.Work work = Raw.Work.valueOf(arguments.text("work").toUpperCase(Locale.ROOT));
    int messages = arguments.number("messages");
    int clients = arguments.number("clients");
    int seconds = arguments.number("seconds");
    try (MongoClient mongo = Raw.connect(arguments.text("mongo"))) {
      run(mongo, work, messages, clients, Math.max(1, seconds / 3));   // warm-up
      Histogram steps = run(mongo, work, messages, clients, seconds);
      return Arguments.millis(steps).put("work", arguments.text("work")).put("messages", messages).put("clients", clients)
        .put("messagesPerSecond", (double) steps.getTotalCount() * messages / seconds);
    }
  }

  private static Histogram run(MongoClient mongo, Raw.Work work, int messages, int clients, int seconds) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(clients);
    List<Callable<Histogram>> tasks = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      String name = System.nanoTime() + "-" + i;
      tasks.add(() -> client(mongo, name, work, messages, seconds));
    }
    Histogram all = new Histogram(3);
    for (Future<Histogram> done : threads.invokeAll(tasks)) all.add(done.get());
    threads.shutdown();
    return all;
  }

  private static Histogram client(MongoClient mongo, String name, Raw.Work work, int messages, int seconds) {
    Histogram times = new Histogram(3);
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    try (Raw raw = new Raw(mongo, name)) {
      for (long now = System.nanoTime(); now < end; ) {
        raw.run(work, messages);
        long after = System.nanoTime();
        times.recordValue(after - now);
        now = after;
      }
    }
    return times;
  }
}
