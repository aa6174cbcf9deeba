package io.godwit.smpp;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;

/**
 * Binds to SMSCs. One client may hold any number of sessions; TLS and connect time-out are in its {@link NetClientOptions}.
 * Its sessions keep it: Vert.x closes a client that nothing refers to, and the client's connections with it.
 */
public final class SmppClient {
  private final Vertx vertx;
  private final NetClient net;

  /** With TLS, a server's certificate must fit its name unless the options say otherwise. */
  public SmppClient(Vertx vertx, NetClientOptions options) {
    NetClientOptions verified = new NetClientOptions(options);
    if (verified.isSsl() && verified.getHostnameVerificationAlgorithm() == null) {
      verified.setHostnameVerificationAlgorithm("HTTPS");
    }
    this.vertx = vertx;
    this.net = vertx.createNetClient(verified);
  }

  public SmppClient(Vertx vertx) {
    this(vertx, new NetClientOptions().setConnectTimeout(5000).setTcpNoDelay(true));
  }

  /**
   * Connects and binds; the session lives on the caller's event loop. Fails with {@link BindRefused} if the SMSC says no, with
   * {@link SessionClosed} if the connection ends or the time-out passes first, and as {@link NetClient#connect} does.
   */
  public Future<SmppSession> bind(BindOptions options, SessionHandler handler) {
    Context context = vertx.getOrCreateContext();
    if (!context.isEventLoopContext()) {
      return Future.failedFuture(new IllegalStateException("SMPP sessions live on event loops, not on worker threads"));
    }
    return net.connect(options.port(), options.host())
      .compose(socket -> new SmppSession(socket, context, options.session(), this).bind(options, handler));
  }

  /** Closes the connections of this client without unbind: unbind the sessions first. */
  public Future<Void> close() {
    return net.close();
  }
}
