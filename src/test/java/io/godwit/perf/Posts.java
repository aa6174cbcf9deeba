package io.godwit.perf;

import io.godwit.message.Limits;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetClient;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Customers who post unkeyed messages in an open loop ({@code --rate} requests a second to the doors of {@code --http} by turns, each of
 * {@code --batch} messages, 0 = singles), whatever becomes of them. Writes of every request when it began and was answered, milliseconds since 1970,
 * and what it was told ({@code --answers}: {@code DOOR BEGAN ANSWERED STATUS CODE RETRY-AFTER}, status 0 = no answer), and the id of each
 * accepted message ({@code --ids}). {@code --deaf} more connections post batches again and again and never read an answer.
 */
public final class Posts {
  private static final int MOST_UNDER_WAY = 5_000;
  /** Far above any limit that a door may keep: what is not answered by then is a hang. */
  private static final long TIMEOUT_MS = 45_000;
  private static final String KEY = "demo-key";

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  /** An idle connection is let go before the door does that, or what is sent just then would have no answer. */
  private final HttpClient http = vertx.createHttpClient(new HttpClientOptions().setKeepAliveTimeout(Limits.HTTP_IDLE_SECONDS / 2),
    new PoolOptions().setHttp1MaxSize(MOST_UNDER_WAY).setMaxWaitQueueSize(MOST_UNDER_WAY));
  private final NetClient net = vertx.createNetClient();
  private final AtomicInteger underWay = new AtomicInteger();
  private final AtomicInteger skipped = new AtomicInteger();
  private final String[] doors;
  private final int batch;
  private final String text;
  private final AsyncFile answers;
  private final AsyncFile ids;
  private long number;
  private int turn;

  private Posts(Arguments arguments) throws Exception {
    doors = arguments.text("http").split(",");
    batch = arguments.number("batch");
    number = 15_100_000_000L + arguments.number("first");
    text = "Godwits fly for eleven days. ".repeat(100).substring(0, arguments.number("chars"));
    answers = open(arguments.text("answers"));
    ids = open(arguments.text("ids"));
  }

  public static void main(String[] words) {
    Arguments.measure(words, arguments -> new Posts(arguments).run(arguments));
  }

  private AsyncFile open(String file) throws Exception {
    return vertx.fileSystem().open(file, new OpenOptions().setWrite(true).setCreate(true).setAppend(true)).await(10, TimeUnit.SECONDS);
  }

  private JsonObject run(Arguments arguments) throws Exception {
    double perSecond = Double.parseDouble(arguments.text("rate"));
    long end = System.nanoTime() + arguments.number("seconds") * 1_000_000_000L;
    for (int i = 0; i < arguments.number("deaf"); i++) context.runOnContext(v -> deaf(end));
    int sent = 0;
    for (double next = System.nanoTime(); next < end; next += 1e9 / perSecond) {
      while (System.nanoTime() < next) LockSupport.parkNanos((long) next - System.nanoTime());
      if (underWay.get() >= MOST_UNDER_WAY) skipped.incrementAndGet();
      else {
        underWay.incrementAndGet();
        sent++;
        context.runOnContext(v -> post());
      }
    }
    for (long patience = System.nanoTime() + (TIMEOUT_MS + 5_000) * 1_000_000; underWay.get() > 0 && System.nanoTime() < patience; ) Thread.sleep(20);
    answers.close().await(30, TimeUnit.SECONDS);
    ids.close().await(30, TimeUnit.SECONDS);
    return new JsonObject().put("sent", sent).put("skipped", skipped.get()).put("hung", underWay.get());
  }

  private void post() {
    int door = turn++ % doors.length;
    long began = System.currentTimeMillis();
    RequestOptions options = new RequestOptions().setAbsoluteURI(doors[door] + path()).setMethod(HttpMethod.POST).setTimeout(TIMEOUT_MS)
      .putHeader("Authorization", "Bearer " + KEY).putHeader("Content-Type", "application/json");
    http.request(options).compose(request -> request.send(body()))
      .compose(response -> response.body().onSuccess(body -> answered(door, began, response, body)))
      .onFailure(e -> answers.write(Buffer.buffer(door + " " + began + " " + System.currentTimeMillis() + " 0 " + e.getClass().getSimpleName() + " -\n")))
      .onComplete(done -> underWay.decrementAndGet());
  }

  private String next() {
    return "+49" + number++;
  }

  private String path() {
    return batch == 0 ? "/v1/messages" : "/v1/batches";
  }

  private Buffer body() {
    if (batch == 0) return new JsonObject().put("to", next()).put("text", text).toBuffer();
    JsonArray messages = new JsonArray();
    for (int i = 0; i < batch; i++) messages.add(new JsonObject().put("to", next()).put("text", text));
    return new JsonObject().put("messages", messages).toBuffer();
  }

  private void answered(int door, long began, HttpClientResponse response, Buffer body) {
    boolean accepted = response.statusCode() == 202;
    JsonObject said = body.toJsonObject();
    if (accepted && batch == 0) ids.write(Buffer.buffer(said.getString("id") + "\n"));
    else if (accepted) for (Object entry : said.getJsonArray("messages")) ids.write(Buffer.buffer(((JsonObject) entry).getString("id") + "\n"));
    answers.write(Buffer.buffer(door + " " + began + " " + System.currentTimeMillis() + " " + response.statusCode() + " " + (accepted ? "-" : said.getString("code"))
      + " " + (response.getHeader("Retry-After") == null ? "-" : response.getHeader("Retry-After")) + "\n"));
  }

  /** What such a connection asked for may be accepted: nobody ever hears of it. */
  private void deaf(long end) {
    if (System.nanoTime() >= end) return;
    String[] address = doors[0].substring("http://".length()).split(":");
    net.connect(Integer.parseInt(address[1]), address[0]).onSuccess(socket -> {
      socket.pause();
      Buffer body = body();
      Buffer request = Buffer.buffer("POST " + path() + " HTTP/1.1\r\nHost: godwit\r\nAuthorization: Bearer " + KEY + "\r\nContent-Length: " + body.length() + "\r\n\r\n").appendBuffer(body);
      for (int i = 0; i < 3; i++) socket.write(request);
    }).transform(connected -> vertx.timer(20, TimeUnit.SECONDS).map(v -> connected.result())).onSuccess(socket -> {
      if (socket != null) socket.close();
      deaf(end);
    });
  }
}
