package io.godwit.testing;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.concurrent.atomic.AtomicInteger;

/** A carrier that accepts every bind and answers nothing else, but says whatever bytes it is told to. */
public final class SpoiltCarrier implements AutoCloseable {
  private static final int BIND_TRANSCEIVER_RESP = 0x8000_0009;

  private final NetServer server;
  private final AtomicInteger binds = new AtomicInteger();
  private volatile NetSocket bound;

  private SpoiltCarrier(NetServer server) {
    this.server = server;
  }

  public static SpoiltCarrier listen(Vertx vertx) {
    SpoiltCarrier carrier = new SpoiltCarrier(vertx.createNetServer());
    carrier.server.connectHandler(carrier::connected);
    Await.await(carrier.server.listen(0, "127.0.0.1"));
    return carrier;
  }

  /** The first bytes of a connection are its bind request. */
  private void connected(NetSocket socket) {
    boolean[] first = {true};
    socket.handler(bytes -> {
      if (!first[0]) return;
      first[0] = false;
      socket.write(Buffer.buffer().appendInt(17).appendInt(BIND_TRANSCEIVER_RESP).appendInt(0).appendInt(bytes.getInt(12)).appendByte((byte) 0));
      binds.incrementAndGet();
      bound = socket;
    });
    socket.closeHandler(v -> {
      if (bound == socket) bound = null;
    });
  }

  public int port() {
    return server.actualPort();
  }

  /** How many binds it has accepted so far. */
  public int binds() {
    return binds.get();
  }

  public boolean isBound() {
    return bound != null;
  }

  /** To whoever is bound. */
  public void say(Buffer bytes) {
    bound.write(bytes);
  }

  @Override
  public void close() {
    Await.await(server.close());
  }
}
