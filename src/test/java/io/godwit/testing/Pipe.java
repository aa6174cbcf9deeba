package io.godwit.testing;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;

/** The way to a server on this machine, which a test may stop up: connections stay and are made, and nothing passes any more. */
public final class Pipe implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final NetClient client = vertx.createNetClient();
  private final NetServer server;
  private final int to;
  private boolean stopped;

  public Pipe(int to) {
    this.to = to;
    server = Await.on(context, () -> vertx.createNetServer().connectHandler(this::connect).listen(0, "127.0.0.1"));
  }

  public int port() {
    return server.actualPort();
  }

  public void stopUp() {
    Await.on(context, () -> {
      stopped = true;
      return Future.succeededFuture();
    });
  }

  private void connect(NetSocket one) {
    one.pause();
    client.connect(to, "127.0.0.1").onSuccess(other -> {
      join(one, other);
      join(other, one);
      one.resume();
    }).onFailure(e -> one.close());
  }

  private void join(NetSocket from, NetSocket into) {
    from.handler(some -> {
      if (!stopped) into.write(some);
    });
    from.closeHandler(v -> into.close());
    from.exceptionHandler(e -> from.close());
  }

  /** Every connection breaks. */
  @Override
  public void close() {
    Await.await(vertx.close());
  }
}
