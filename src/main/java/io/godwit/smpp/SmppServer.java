package io.godwit.smpp;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Accepts the connections of ESMEs and makes each a {@link SmppSession} that waits for its bind. All sessions of one server
 * live on the event loop it was started from; listen again from another verticle instance to use another core.
 */
public final class SmppServer {
  private final NetServer net;
  private final Context context;
  private final SessionOptions options;
  private final Function<SmppSession, SessionHandler> handlers;
  private final Set<SmppSession> sessions = new LinkedHashSet<>();
  private boolean closing;

  private SmppServer(NetServer net, Context context, SessionOptions options, Function<SmppSession, SessionHandler> handlers) {
    this.net = net;
    this.context = context;
    this.options = options;
    this.handlers = handlers;
  }

  /**
   * @param net host, port (0 for any that is free), TLS
   * @param handlers makes the handler of each new session
   */
  public static Future<SmppServer> listen(Vertx vertx, NetServerOptions net, SessionOptions options,
                                          Function<SmppSession, SessionHandler> handlers) {
    Context context = vertx.getOrCreateContext();
    if (!context.isEventLoopContext()) {
      return Future.failedFuture(new IllegalStateException("SMPP sessions live on event loops, not on worker threads"));
    }
    NetServer netServer = vertx.createNetServer(net);
    SmppServer server = new SmppServer(netServer, context, options, handlers);
    return netServer.connectHandler(server::accept).listen().map(server);
  }

  private void accept(NetSocket socket) {
    if (closing) {
      socket.close();
      return;
    }
    SmppSession session = new SmppSession(socket, context, options, this);
    sessions.add(session);
    session.ended().onComplete(v -> sessions.remove(session));
    session.accept(handlers.apply(session));
  }

  public int port() {
    return net.actualPort();
  }

  /** The sessions that are connected now, bound or not. Event loop only. */
  public List<SmppSession> sessions() {
    return List.copyOf(sessions);
  }

  /** Takes no new connection, unbinds every session and then closes. */
  public Future<Void> close() {
    Future<Void> unbound = Future.future(done -> context.runOnContext(v -> {
      closing = true;
      Future.join(sessions().stream().map(SmppSession::unbind).toList()).<Void>mapEmpty().onComplete(done);
    }));
    return unbound.eventually(net::close);
  }
}
