package io.godwit.perf;

import com.mongodb.reactivestreams.client.MongoClient;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.HdrHistogram.Histogram;

/** How many messages a second the driver alone carries through one step of the pipeline. */
public final class Ceiling {
  private Ceiling() {
  }

  public static void main(String[] words) throws Exception {
    Arguments arguments = new Arguments(words);
    int messages = arguments.number("messages");
    int clients = arguments.number("clients");
    int seconds = arguments.number("seconds");
    try (MongoClient mongo = Raw.connect(arguments.text("mongo"))) {
      run(mongo, messages, clients, Math.max(1, seconds / 3));   // warm-up
      Histogram steps = run(mongo, messages, clients, seconds);
      arguments.write(Arguments.millis(steps).put("messages", messages).put("clients", clients)
        .put("messagesPerSecond", (double) steps.getTotalCount() * messages / seconds));
    }
  }

  private static Histogram run(MongoClient mongo, int messages, int clients, int seconds) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(clients);
    List<Callable<Histogram>> tasks = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      String name = System.nanoTime() + "-" + i;
      tasks.add(() -> client(mongo, name, messages, seconds));
    }
    Histogram all = new Histogram(3);
    for (Future<Histogram> done : threads.invokeAll(tasks)) all.add(done.get());
    threads.shutdown();
    return all;
  }

  private static Histogram client(MongoClient mongo, String name, int messages, int seconds) {
    Histogram times = new Histogram(3);
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    String parcel = null;
    try (Raw raw = new Raw(mongo, name)) {
      for (long now = System.nanoTime(); now < end; ) {
        parcel = raw.step(messages, parcel);
        long after = System.nanoTime();
        times.recordValue(after - now);
        now = after;
      }
    }
    return times;
  }
}
