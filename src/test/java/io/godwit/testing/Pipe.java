package io.godwit.testing;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.HashSet;
import java.util.Set;

/**
 * The way to a server on this machine, which a test may stop up: connections stay and are made, and nothing passes any more. Or cut:
 * they break, none is made, and after {@link #heal} they are made again.
 */
public final class Pipe implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final NetClient client = vertx.createNetClient();
  private final Set<NetSocket> open = new HashSet<>();
  private final int to;
  private NetServer server;
  private int port;
  private boolean stopped;
  private boolean cut;

  public Pipe(int to) {
    this(0, to);
  }

  /** @param port where the way begins; 0 = anywhere */
  public Pipe(int port, int to) {
    this.to = to;
    listen(port);
  }

  private void listen(int at) {
    server = Await.on(context, () -> vertx.createNetServer().connectHandler(this::connect).listen(at, "127.0.0.1"));
    port = server.actualPort();
  }

  public int port() {
    return port;
  }

  public void stopUp() {
    Await.on(context, () -> {
      stopped = true;
      return Future.succeededFuture();
    });
  }

  /** Every connection breaks, and whoever wants another is refused. */
  public void cut() {
    Await.on(context, () -> {
      cut = true;
      Set.copyOf(open).forEach(NetSocket::close);
      return server.close();
    });
  }

  /** What was cut is open again, at the same port. */
  public void heal() {
    Await.on(context, () -> {
      cut = false;
      return Future.succeededFuture();
    });
    listen(port);
  }

  private void connect(NetSocket one) {
    one.pause();
    client.connect(to, "127.0.0.1").onSuccess(other -> joined(one, other)).onFailure(e -> one.close());
  }

  /** Unless the pipe was cut while this way was made. */
  private void joined(NetSocket one, NetSocket other) {
    if (cut) {
      one.close();
      other.close();
      return;
    }
    join(one, other);
    join(other, one);
    one.resume();
  }

  private void join(NetSocket from, NetSocket into) {
    open.add(from);
    from.handler(some -> {
      if (!stopped) into.write(some);
    });
    from.closeHandler(v -> {
      open.remove(from);
      into.close();
    });
    from.exceptionHandler(e -> from.close());
  }

  /** Every connection breaks. */
  @Override
  public void close() {
    Await.await(vertx.close());
  }
}
