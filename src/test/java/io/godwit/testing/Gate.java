package io.godwit.testing;

import com.mongodb.ConnectionString;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The way from one process to the one mongod of {@link MongoCluster#shared()}, on which a test stops commands at named points: before MongoDB
 * sees them, or when MongoDB has done them and the process does not know. What is stopped waits until the test lets it pass or loses
 * it with its connection; nothing depends on time. Everything else passes.
 */
public final class Gate implements AutoCloseable {
  private static final int OP_MSG = 2013;
  /** Header 16, flags 4, kind 1, the document's length 4, the first element's type 1. */
  private static final int COMMAND_AT = 26;

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final NetClient client = vertx.createNetClient();
  private final List<Stop> armed = new ArrayList<>();
  private final Set<NetSocket> open = new HashSet<>();
  private final String mongod;
  private final NetServer server;
  private final Map<String, Integer> seen = new HashMap<>();
  private final Map<String, Long> answered = new HashMap<>();
  private boolean cut;

  public Gate() {
    mongod = new ConnectionString(MongoCluster.shared().uri()).getHosts().get(0);
    server = Await.on(context, () -> vertx.createNetServer().connectHandler(this::connect).listen(0, "127.0.0.1"));
  }

  /** The same database through this gate. */
  public String uri(String database) {
    return "mongodb://127.0.0.1:" + server.actualPort() + "/" + database + "?directConnection=true";
  }

  /**
   * Stops the next such command before MongoDB sees it.
   *
   * @param on the collection; null for commands that name none, such as commitTransaction
   */
  public Stop before(String command, String on) {
    return arm(new Stop(command, on, false));
  }

  /** Lets the next such command be done, and stops its answer. */
  public Stop after(String command, String on) {
    return arm(new Stop(command, on, true));
  }

  /** How many such commands have come here. */
  public int seen(String command, String on) {
    return Await.on(context, () -> Future.succeededFuture(seen.getOrDefault(command + " " + on, 0)));
  }

  /** How many bytes the answers to such commands had, until now. */
  public long answered(String command, String on) {
    return Await.on(context, () -> Future.succeededFuture(answered.getOrDefault(command + " " + on, 0L)));
  }

  private Stop arm(Stop stop) {
    Await.on(context, () -> {
      armed.add(stop);
      return Future.succeededFuture();
    });
    return stop;
  }

  /** As if the process had died, for MongoDB: nothing passes any more, either way. */
  public void cut() {
    Await.on(context, () -> {
      cut = true;
      Set.copyOf(open).forEach(NetSocket::close);
      return Future.succeededFuture();
    });
  }

  /** The way is open again. */
  public void heal() {
    Await.on(context, () -> {
      cut = false;
      return Future.succeededFuture();
    });
  }

  private void connect(NetSocket process) {
    if (cut) {
      process.close();
      return;
    }
    process.pause();
    String[] at = mongod.split(":");
    client.connect(Integer.parseInt(at[1]), at[0]).onSuccess(store -> opened(process, store)).onFailure(e -> process.close());
  }

  /** Unless the gate was cut while this way was made. */
  private void opened(NetSocket process, NetSocket store) {
    if (!cut) {
      new Way(process, store).open();
      return;
    }
    process.close();
    store.close();
  }

  @Override
  public void close() {
    cut();
    Await.await(vertx.close());
  }

  /** A point at which one command waits. */
  public final class Stop {
    private final String command;
    private final String on;
    private final boolean answer;
    private final Promise<Void> reached = Promise.promise();
    private Runnable pass;
    private Runnable lose;

    private Stop(String command, String on, boolean answer) {
      this.command = command;
      this.on = on;
      this.answer = answer;
    }

    /** Waits until a command has come here. */
    public Stop reached() {
      Await.await(reached.future());
      return this;
    }

    public boolean isReached() {
      return reached.future().isComplete();
    }

    /** Nothing is to be stopped here any more, from the moment when this returns. */
    public void disarm() {
      Await.on(context, () -> Future.succeededFuture(armed.remove(this)));
    }

    public void pass() {
      context.runOnContext(v -> pass.run());
    }

    /** The connection breaks. */
    public void lose() {
      context.runOnContext(v -> lose.run());
    }

    private void hold(Runnable whenPassed, Runnable whenLost) {
      pass = whenPassed;
      lose = whenLost;
      reached.complete();
    }
  }

  /** One connection and its continuation. */
  private final class Way {
    private final NetSocket process;
    private final NetSocket store;
    /** Whose answer is to be stopped. */
    private Stop asked;
    private String last;

    Way(NetSocket process, NetSocket store) {
      this.process = process;
      this.store = store;
    }

    void open() {
      join(process, store);
      join(store, process);
      process.handler(new Frames(this::request));
      store.handler(new Frames(this::answer));
      process.resume();
    }

    private void join(NetSocket one, NetSocket other) {
      open.add(one);
      one.closeHandler(v -> {
        open.remove(one);
        other.close();
      });
      one.exceptionHandler(e -> one.close());
    }

    private void request(Buffer frame) {
      Stop stop = take(frame);
      if (stop == null) store.write(frame);
      else if (stop.answer) {
        asked = stop;
        store.write(frame);
      } else stop.hold(() -> store.write(frame), process::close);
    }

    private void answer(Buffer frame) {
      if (last != null) answered.merge(last, (long) frame.length(), Long::sum);
      Stop stop = asked;
      asked = null;
      if (stop == null) process.write(frame);
      else stop.hold(() -> process.write(frame), process::close);
    }

    private Stop take(Buffer frame) {
      if (frame.getIntLE(12) != OP_MSG) return null;
      int end = COMMAND_AT;
      while (frame.getByte(end) != 0) end++;
      String command = frame.getString(COMMAND_AT, end);
      String on = frame.getByte(COMMAND_AT - 1) != 2 ? null : frame.getString(end + 5, end + 4 + frame.getIntLE(end + 1), StandardCharsets.UTF_8.name());
      last = command + " " + on;
      seen.merge(last, 1, Integer::sum);
      for (Stop stop : armed) {
        if (!stop.command.equals(command) || stop.on != null && !stop.on.equals(on)) continue;
        armed.remove(stop);
        return stop;
      }
      return null;
    }
  }

  /** Cuts a stream into MongoDB's messages: each begins with its own length. */
  private static final class Frames implements Handler<Buffer> {
    private final Consumer<Buffer> whole;
    private Buffer left = Buffer.buffer();

    Frames(Consumer<Buffer> whole) {
      this.whole = whole;
    }

    @Override
    public void handle(Buffer more) {
      left.appendBuffer(more);
      int from = 0;
      while (left.length() - from >= 4 && left.length() - from >= left.getIntLE(from)) {
        int to = from + left.getIntLE(from);
        whole.accept(left.getBuffer(from, to));
        from = to;
      }
      if (from > 0) left = left.getBuffer(from, left.length());
    }
  }
}
