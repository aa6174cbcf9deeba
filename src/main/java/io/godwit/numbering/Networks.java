package io.godwit.numbering;

import io.godwit.accounts.Directory;
import io.godwit.accounts.Form;
import io.godwit.message.Prefixes;
import io.godwit.node.Node;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.TreeMap;
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
  private static final Pattern PREFIX = Pattern.compile("\\+?\\d{1," + Prefixes.MOST_DIGITS + "}");
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

  /** Fails with {@link Form.Invalid}. */
  static Prefixes<String> prefixes(Map<String, JsonObject> entries) {
    Prefixes.Builder<String> builder = new Prefixes.Builder<>();
    List<Form.Wrong> wrongs = new ArrayList<>();
    new TreeMap<>(entries).forEach((id, body) -> {
      Form form = Form.entry(KIND, id, body);
      add(form, builder);
      wrongs.addAll(form.wrongs());
    });
    Form.check(wrongs);
    return builder.build();
  }

  private static void add(Form form, Prefixes.Builder<String> builder) {
    if (!form.has("mccmnc")) form.wrong("missing-field", "mccmnc", "is missing");
    String network = Objects.requireNonNullElse(form.matching("mccmnc", MCC_MNC, "five or six digits"), "a network");
    for (String prefix : leading(form)) {
      builder.add(prefix, network, (one, other) -> {
        form.wrong("invalid-field", "prefixes", "has '" + prefix + "', which leads to " + one + " already");
        return one;
      });
    }
  }

  private static List<String> leading(Form form) {
    if (!(form.json().getValue("prefixes") instanceof JsonArray prefixes)) return form.invalid("prefixes", "must be an array of leading digits", List.of());
    List<String> leading = new ArrayList<>();
    for (Object prefix : prefixes) {
      if (prefix instanceof String digits && PREFIX.matcher(digits).matches()) leading.add(digits);
      else form.wrong("invalid-field", "prefixes", "has '" + prefix + "', which is no prefix: 1 to " + Prefixes.MOST_DIGITS + " digits");
    }
    return leading;
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
