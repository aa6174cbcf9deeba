package io.godwit.perf;

import com.cloudhopper.smpp.pdu.PduRequest;
import com.cloudhopper.smpp.pdu.PduResponse;
import io.godwit.smpp.BindOptions;
import io.godwit.smpp.BindRefused;
import io.godwit.smpp.BindType;
import io.godwit.smpp.Pdus;
import io.godwit.smpp.ResponseHandler;
import io.godwit.smpp.SessionHandler;
import io.godwit.smpp.SmppClient;
import io.godwit.smpp.SmppSession;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;

/**
 * A storm of idle binds of some accounts at the customers' server of another process, what they cost it in memory, and then a few busy ones beside
 * them. The gateway's heap is told after collections that jcmd asks for; its direct buffers must be counted by the JVM ({@code -Dio.netty.maxDirectMemory=0}).
 */
public final class Binds {
  private static final Pattern USED = Pattern.compile("^(?:jvm_memory_used_bytes\\{area=\"heap\".*|jvm_buffer_memory_used_bytes\\{id=\"direct\".*)} (\\S+)$", Pattern.MULTILINE);
  private static final long RETRY_MS = 200;
  private static final int WINDOW = 10;

  private final Arguments arguments;
  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final SmppClient client = new SmppClient(vertx);
  private final HttpClient http = HttpClient.newHttpClient();
  /** Confined to the context. */
  private final Histogram latency = new Histogram(3);
  private int refused;
  private int wrong;

  private Binds(Arguments arguments) {
    this.arguments = arguments;
  }

  public static void main(String[] words) {
    Arguments.measure(words, arguments -> new Binds(arguments).run());
  }

  private JsonObject run() throws Exception {
    List<SmppSession> warm = storm(5, 1);
    busy(warm, 1);
    unbind(warm);
    latency.reset();
    long before = memory();
    long start = System.nanoTime();
    List<SmppSession> idle = storm(arguments.number("idle"), arguments.number("accounts"));
    double seconds = (System.nanoTime() - start) / 1e9;
    long after = memory();
    List<SmppSession> busy = storm(arguments.number("busy"), arguments.number("accounts"));
    double rate = busy(busy, arguments.number("seconds"));
    long stillBound = idle.stream().filter(session -> session.state() == SmppSession.State.BOUND).count();
    unbind(busy);
    unbind(idle);
    return new JsonObject().put("idle", idle.size()).put("busy", busy.size()).put("storm_seconds", seconds).put("refused", refused)
      .put("bytes_a_bind", (after - before) / (double) idle.size()).put("per_second", rate).put("wrong", wrong).put("still_bound", stillBound)
      .put("millis", Arguments.millis(latency));
  }

  /** All at once, by the accounts in turn; who is refused comes again soon. */
  private List<SmppSession> storm(int sessions, int accounts) throws Exception {
    Promise<List<SmppSession>> all = Promise.promise();
    context.runOnContext(v -> {
      List<Future<SmppSession>> binds = new ArrayList<>();
      for (int i = 0; i < sessions; i++) binds.add(bind("bind" + i % accounts));
      Future.all(binds).map(bound -> bound.<SmppSession>list()).onComplete(all);
    });
    return all.future().await(5, TimeUnit.MINUTES);
  }

  private Future<SmppSession> bind(String systemId) {
    BindOptions options = BindOptions.of("127.0.0.1", arguments.number("port"), systemId, "demo", BindType.TRX);
    return client.bind(options, new Answering()).recover(failure -> {
      if (!(failure instanceof BindRefused)) return Future.failedFuture(failure);
      refused++;
      return vertx.timer(RETRY_MS).compose(t -> bind(systemId));
    });
  }

  private void unbind(List<SmppSession> sessions) throws Exception {
    Future.all(sessions.stream().map(SmppSession::unbind).toList()).await(1, TimeUnit.MINUTES);
  }

  /** Answered submits a second of all of them. */
  private double busy(List<SmppSession> sessions, int seconds) throws Exception {
    AtomicBoolean going = new AtomicBoolean(true);
    Promise<Void> ended = Promise.promise();
    long start = System.nanoTime();
    context.runOnContext(v -> {
      vertx.setTimer(seconds * 1000L, t -> going.set(false));
      List<Future<Void>> loads = sessions.stream().map(session -> new Load(session, going).start()).toList();
      Future.all(loads).<Void>mapEmpty().onComplete(ended);
    });
    ended.future().await(seconds + 60, TimeUnit.SECONDS);
    return latency.getTotalCount() / ((System.nanoTime() - start) / 1e9);
  }

  /** Octets of heap after a collection, and of direct buffers, of the gateway. */
  private long memory() throws Exception {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), arguments.text("pid"), "GC.run").inheritIO().start().waitFor();
      String metrics = http.send(HttpRequest.newBuilder(URI.create(arguments.text("ops") + "/metrics")).build(), HttpResponse.BodyHandlers.ofString()).body();
      long used = 0;
      for (Matcher m = USED.matcher(metrics); m.find();) used += (long) Double.parseDouble(m.group(1));
      if (used == 0) throw new IllegalStateException("the gateway does not tell its memory");
      least = Math.min(least, used);
    }
    return least;
  }

  /** Keeps a few submits of one session under way. */
  private final class Load {
    private final SmppSession session;
    private final AtomicBoolean going;
    private final Promise<Void> ended = Promise.promise();
    private int underWay;

    Load(SmppSession session, AtomicBoolean going) {
      this.session = session;
      this.going = going;
    }

    Future<Void> start() {
      for (int i = 0; i < WINDOW; i++) submit();
      return ended.future();
    }

    private void submit() {
      long began = System.nanoTime();
      underWay++;
      session.request(Pdus.submit(Smpp.FROM, Smpp.TO, Smpp.TEXT, (byte) 0, false, true), new ResponseHandler() {
        @Override
        public void onResponse(PduResponse response) {
          latency.recordValue(System.nanoTime() - began);
          if (response.getCommandStatus() != 0) wrong++;
          next();
        }

        @Override
        public void onUnanswered(Unanswered reason) {
          wrong++;
          next();
        }
      });
    }

    private void next() {
      underWay--;
      if (going.get() && session.free() > 0) submit();
      else if (underWay == 0) ended.tryComplete();
    }
  }

  /** Takes the receipts. */
  private final class Answering implements SessionHandler {
    @Override
    public void onRequest(SmppSession session, PduRequest<?> request) {
      session.respond(request.createResponse());
    }
  }
}
