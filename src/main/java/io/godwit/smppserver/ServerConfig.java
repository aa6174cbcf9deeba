package io.godwit.smppserver;

import io.godwit.smpp.SessionOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.JksOptions;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;

/**
 * The {@code config} of the SMPP server in {@code verticles.json}; times in milliseconds:
 * {@code {host, tls: {port, cert, key} or {port, jks, password}, enquire, inactivity, responseTimeout, answerTimeout, drainTimeout}}.
 *
 * @param tls null = without
 * @param session what all sessions have in common
 * @param answerTimeout after which a submit is answered in any case
 */
record ServerConfig(String host, NetServerOptions tls, SessionOptions session, long answerTimeout, long drainTimeout) {
  /** Above the largest window that is of any use: what a session may leave unanswered before it is not read any more. */
  private static final int UNANSWERED = 5_000;
  /** To Vert.x a negative port is any free one, and each negative number another: all instances share it. The HTTP door has -1. */
  private static final int ANY_PLAIN = -2;
  private static final int ANY_TLS = -3;
  /** A session's own window is its account's; this one bounds it. */
  private static final int WINDOW = 1_000;

  static ServerConfig from(JsonObject json) {
    only("config.", json, Set.of("host", "tls", "enquire", "inactivity", "responseTimeout", "answerTimeout", "drainTimeout"));
    long drain = millis(json, "drainTimeout", io.godwit.message.Limits.DRAIN);
    SessionOptions session = SessionOptions.DEFAULTS.withWindow(WINDOW).withMaxUnanswered(UNANSWERED)
      .withEnquireInterval(Duration.ofMillis(millis(json, "enquire", 30_000))).withInactivityTimeout(Duration.ofMillis(millis(json, "inactivity", 120_000)))
      .withResponseTimeout(Duration.ofMillis(millis(json, "responseTimeout", 20_000))).withUnbindTimeout(Duration.ofMillis(Math.max(1, drain / 2)));
    String host = json.getString("host", "0.0.0.0");
    return new ServerConfig(host, json.containsKey("tls") ? tls(host, json.getJsonObject("tls")) : null, session,
      millis(json, "answerTimeout", io.godwit.message.Limits.ANSWER), drain);
  }

  NetServerOptions plain(int port) {
    return net(host, port, ANY_PLAIN);
  }

  private static NetServerOptions tls(String host, JsonObject tls) {
    only("config.tls.", tls, Set.of("port", "cert", "key", "jks", "password"));
    NetServerOptions net = net(host, tls.getInteger("port", 3550), ANY_TLS).setSsl(true);
    if (tls.containsKey("jks")) return net.setKeyCertOptions(new JksOptions().setPath(tls.getString("jks")).setPassword(tls.getString("password")));
    if (tls.containsKey("cert") && tls.containsKey("key")) {
      return net.setKeyCertOptions(new PemKeyCertOptions().setCertPath(tls.getString("cert")).setKeyPath(tls.getString("key")));
    }
    throw new IllegalArgumentException("config.tls: needs cert and key (PEM), or jks and password");
  }

  /** @param any what port 0 is to Vert.x */
  private static NetServerOptions net(String host, int port, int any) {
    return new NetServerOptions().setHost(host).setPort(port == 0 ? any : port).setTcpNoDelay(true);
  }

  private static void only(String prefix, JsonObject json, Set<String> known) {
    for (String key : json.fieldNames()) {
      if (!known.contains(key)) throw new IllegalArgumentException(prefix + key + ": unknown key; known are " + new TreeSet<>(known));
    }
  }

  private static long millis(JsonObject json, String key, long otherwise) {
    if (json.getValue(key, otherwise) instanceof Number n && n.longValue() > 0) return n.longValue();
    throw new IllegalArgumentException("config." + key + ": must be a number of milliseconds above 0");
  }
}
