package io.godwit.numbering;

import io.godwit.accounts.Directory;
import io.godwit.message.Prefixes;
import io.godwit.node.Node;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which network serves a number, by those sources that the package-info names: one for the whole process. Thread-safe; answers from memory. */
public final class Networks {
  private static final Logger log = LoggerFactory.getLogger(Networks.class);
  /** The kind of the directory's entries that describe networks. */
  public static final String KIND = "network";
  private static final Pattern MCC_MNC = Pattern.compile("\\d{5,6}");
  private static final long WARN_EVERY = TimeUnit.SECONDS.toNanos(10);

  private final List<Portability> ported;
  private final Directory.View<Prefixes<String>> prefixes;
  private final AtomicLong warned = new AtomicLong(System.nanoTime() - WARN_EVERY);

  private record Opening(Future<Networks> networks) { }

  Networks(Directory directory, List<Portability> ported) {
    this.ported = ported;
    this.prefixes = directory.view(KIND, Networks::prefixes);
  }

  /** The process's own; the first who asks opens it. Fails when a source cannot be opened. */
  public static Future<Networks> of(Node node) {
    return node.directory().once(Opening.class, () -> new Opening(open(node))).networks;
  }

  private static Future<Networks> open(Node node) {
    List<Portability> ported = new ArrayList<>();
    ServiceLoader.load(Portability.class, node.plugins()).forEach(ported::add);
    if (node.settings().portability() != null) ported.add(new PortabilityFile(node.settings().portability()));
    Future<Void> started = Future.succeededFuture();
    for (Portability one : ported) started = started.compose(v -> one.start(node));
    return started.map(v -> new Networks(node.directory(), List.copyOf(ported)));
  }

  /** Whether this is MCC and MNC: five or six digits. */
  public static boolean isNetwork(String text) {
    return MCC_MNC.matcher(text).matches();
  }

  /** Fails with a sentence that names the entry. */
  static Prefixes<String> prefixes(Map<String, JsonObject> entries) {
    Prefixes.Builder<String> builder = new Prefixes.Builder<>();
    entries.forEach((id, body) -> add(id, body, builder));
    return builder.build();
  }

  private static void add(String id, JsonObject body, Prefixes.Builder<String> builder) {
    if (!(body.getValue("mccmnc") instanceof String network) || !isNetwork(network)) throw new IllegalArgumentException("network " + id + ": mccmnc must be five or six digits, as a string");
    if (!(body.getValue("prefixes") instanceof JsonArray prefixes)) throw new IllegalArgumentException("network " + id + ": prefixes must be an array of leading digits");
    for (Object prefix : prefixes) {
      if (!(prefix instanceof String digits) || !digits.matches("\\+?\\d{1,15}")) throw new IllegalArgumentException("network " + id + ": '" + prefix + "' is no prefix");
      builder.add(digits, network, (one, other) -> {
        throw new IllegalArgumentException("network " + id + ": '" + digits + "' is a prefix of " + one + ", too");
      });
    }
  }

  /** MCC and MNC (ITU-T E.212) of a number; null when nobody knows. */
  public String of(String number) {
    for (Portability one : ported) {
      String network = ask(one, number);
      if (network != null) return network;
    }
    return prefixes.get().longest(number);
  }

  /** What a plug-in does wrong costs its answer, and no message. */
  private String ask(Portability source, String number) {
    try {
      String network = source.network(number);
      if (network == null || isNetwork(network)) return network;
      warn(source, "'" + network + "' is no MCC and MNC");
    } catch (RuntimeException e) {
      warn(source, e.toString());
    }
    return null;
  }

  private void warn(Portability source, String what) {
    long now = System.nanoTime();
    long last = warned.get();
    if (now - last >= WARN_EVERY && warned.compareAndSet(last, now)) log.warn("the answers of {} are not taken: {}", source.getClass().getName(), what);
  }
}
