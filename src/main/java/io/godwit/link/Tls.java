package io.godwit.link;

import io.vertx.core.net.JksOptions;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.PfxOptions;

/**
 * How a link speaks TLS to its carrier. Files are read by the processes that hold its binds, when they connect.
 *
 * @param trust whom to trust: a PEM file with certificates, or a {@code .jks} or {@code .p12} store; null = whom the JVM trusts
 * @param password of the store
 * @param verifyHost whether the carrier's certificate must fit the host's name
 * @param cert our own certificate, PEM, for a carrier that asks for one; null = none
 * @param key its private key, PEM
 */
record Tls(String trust, String password, boolean verifyHost, String cert, String key) {
  private static final int PATH_CHARS = 1_000;

  /** Null when the entry says nothing of TLS. */
  static Tls from(LinkEntry link) {
    if (!link.has("tls")) return null;
    LinkEntry entry = link.object("tls");
    Tls tls = new Tls(entry.text("trust", null, PATH_CHARS), entry.text("password", "", PATH_CHARS), entry.flag("verifyHost", true),
      entry.text("cert", null, PATH_CHARS), entry.text("key", null, PATH_CHARS));
    entry.refuseOthers();
    if (entry.has("cert") != entry.has("key")) entry.missing(entry.has("key") ? "cert" : "key", "is missing: a certificate and its key go together");
    return tls;
  }

  void addTo(NetClientOptions net) {
    net.setSsl(true).setHostnameVerificationAlgorithm(verifyHost ? "HTTPS" : "");
    if (trust != null && trust.endsWith(".jks")) net.setTrustOptions(new JksOptions().setPath(trust).setPassword(password));
    else if (trust != null && trust.endsWith(".p12")) net.setTrustOptions(new PfxOptions().setPath(trust).setPassword(password));
    else if (trust != null) net.setTrustOptions(new PemTrustOptions().addCertPath(trust));
    if (cert != null) net.setKeyCertOptions(new PemKeyCertOptions().setCertPath(cert).setKeyPath(key));
  }

  /** Without the password: this text may go to logs. */
  @Override
  public String toString() {
    return "TLS, trusting " + (trust == null ? "whom the JVM trusts" : trust) + (verifyHost ? "" : ", whatever the host's name");
  }
}
