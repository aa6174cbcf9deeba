package io.godwit.link;

import io.godwit.accounts.Directory;
import io.godwit.message.Alphabet;
import io.godwit.message.Concat;
import io.godwit.message.Limits;
import io.godwit.message.TextForm;
import io.godwit.smpp.BindOptions;
import io.godwit.smpp.BindType;
import io.godwit.smpp.CarrierId.IdForm;
import io.godwit.smpp.SessionOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetClientOptions;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.TreeMap;

/**
 * A link to one carrier's SMSC, as the directory describes it.
 *
 * @param direction decides over what {@code bind} says of it
 * @param tls null = without
 * @param binds how many binds it has in the whole cluster
 * @param window most submit_sm of a bind that wait for their answers
 * @param rate segments a second in the whole cluster; 0 = unlimited
 * @param unsettledMax most messages a bind may have between submitted and settled by a commit; what may be sent twice after a crash
 * @param receipts whether the carrier gives delivery receipts; without them SENT is final
 * @param timeZone of the dates in receipts that name none
 * @param unknownWait how long a message of unknown fate waits before it is sent again, milliseconds
 * @param receiptGrace how long after its validity a receipt is waited for, milliseconds
 * @param retryPause first pause before a message that the carrier refused for now is tried again, milliseconds; doubles
 * @param failoverTries after so many refusals for now, the last of them its own, a message goes over another link of its route; 0 = never
 * @param failoverAfter when it was down, or throttled without a break, for so long, what it has not tried yet goes over other links of its route,
 *     milliseconds; 0 = never
 * @param text how texts are written
 * @param envelope what is around them
 * @param errors what the carrier's refusals mean
 */
public record LinkConfig(String id, BindOptions bind, Direction direction, Tls tls, int binds, int window, int rate, int unsettledMax, boolean receipts, IdForm idForm,
                         ZoneId timeZone, long unknownWait, long receiptGrace, long retryPause, int failoverTries, long failoverAfter, TextForm text, Envelope envelope,
                         ErrorTable errors) {
  /** The kind of the directory's entries that describe links. */
  public static final String KIND = "link";
  private static final Function<Map<String, JsonObject>, Map<String, LinkConfig>> ALL = LinkConfig::all;
  private static final Map<String, Byte> VERSIONS = new TreeMap<>(Map.of("3.3", (byte) 0x33, "3.4", (byte) 0x34, "5.0", (byte) 0x50));
  private static final int DAY = 86_400_000;
  private static final int MOST_WINDOW = 10_000;
  private static final long LONGEST_PAUSE = 5 * 60_000;
  private static final int CONNECT_TIMEOUT = 5_000;

  /** Fails with {@link Misconfigured}. */
  public static LinkConfig from(String id, JsonObject body) {
    LinkEntry entry = new LinkEntry(KIND, id, body);
    int window = entry.number("window", 100, 1, MOST_WINDOW);
    int rate = entry.number("rate", 0, 0, 1_000_000);
    int binds = entry.number("binds", 1, 1, 64);
    boolean receipts = entry.flag("receipts", true);
    LinkConfig config = new LinkConfig(id, bind(entry), entry.word("bindType", Direction.TRX), Tls.from(entry), binds, window, rate,
      entry.number("unsettledMax", window + (rate == 0 ? 4 * window : rate / binds / 5), 1, 100_000), receipts,
      entry.word("idForm", IdForm.DETECT), timeZone(entry), entry.number("unknownWait", 60_000, 0, DAY),
      entry.number("receiptGrace", 3_600_000, 0, 7 * DAY), entry.number("retryPause", 1_000, 10, 3_600_000),
      entry.number("failoverTries", 3, 0, 100), entry.number("failoverAfter", 60_000, 0, 7 * DAY), text(entry), Envelope.from(entry, receipts), ErrorTable.from(entry.object("errors")));
    entry.refuseOthers();
    if (!config.hasOptionalParameters() && config.needsOptionalParameters()) entry.invalid("interfaceVersion", "3.3 has no optional parameters, and so neither tlvs nor concat sar or payload", null);
    entry.check();
    return config;
  }

  /**
   * The window is kept by the link, so that it can be changed while a session lives. An unbind waits for answers as long as any request does, though not longer than a
   * process that stops has for it: what has no answer by then may be sent twice.
   */
  private static BindOptions bind(LinkEntry entry) {
    int responseTimeout = entry.number("responseTimeout", 30_000, 100, 600_000);
    SessionOptions session = SessionOptions.DEFAULTS.withWindow(MOST_WINDOW).withResponseTimeout(Duration.ofMillis(responseTimeout))
      .withUnbindTimeout(Duration.ofMillis(Math.min(responseTimeout, Limits.DRAIN)))
      .withEnquireInterval(Duration.ofMillis(entry.number("enquireInterval", 30_000, 100, 3_600_000)));
    Byte version = VERSIONS.get(entry.text("interfaceVersion", "3.4", 3));
    if (version == null) version = entry.invalid("interfaceVersion", "is none of " + VERSIONS.keySet(), VERSIONS.get("3.4"));
    return BindOptions.of(entry.required("host", 255), entry.number("port", 2775, 1, 65_535), entry.required("systemId", 64), entry.text("password", "", 64), BindType.TRX)
      .withSession(session).withInterfaceVersion(version).withSystemType(entry.text("systemType", "", 64));
  }

  private static ZoneId timeZone(LinkEntry entry) {
    String name = entry.text("timeZone", "UTC", 64);
    try {
      return ZoneId.of(name);
    } catch (DateTimeException e) {
      return entry.invalid("timeZone", "must be a time zone such as Europe/Berlin or +02:00, not '" + name + "'", ZoneOffset.UTC);
    }
  }

  private static TextForm text(LinkEntry entry) {
    return new TextForm(entry.word("alphabet", Alphabet.GSM7), entry.flag("latin1", false), entry.word("concat", Concat.UDH8));
  }

  /** How long a message waits here that the carrier has refused for now, once more than {@code before} times, milliseconds. */
  public long pauseAfter(int before) {
    return Math.min(LONGEST_PAUSE, retryPause << Math.min(before, 20));
  }

  /** Whether the other differs in nothing but what takes effect without binding anew. */
  boolean hasSameBinds(LinkConfig other) {
    return bind.equals(other.bind) && direction == other.direction && Objects.equals(tls, other.tls) && binds == other.binds && idForm == other.idForm;
  }

  private boolean hasOptionalParameters() {
    return bind.interfaceVersion() >= VERSIONS.get("3.4");
  }

  private boolean needsOptionalParameters() {
    return !envelope.tlvs().isEmpty() || text.concat() == Concat.SAR || text.concat() == Concat.PAYLOAD;
  }

  /** How connections are made. */
  NetClientOptions net() {
    NetClientOptions net = new NetClientOptions().setConnectTimeout(CONNECT_TIMEOUT).setTcpNoDelay(true);
    if (tls != null) tls.addTo(net);
    return net;
  }

  /** The process's own picture of them. */
  public static Directory.View<Map<String, LinkConfig>> view(Directory directory) {
    return directory.view(KIND, ALL);
  }

  public static Map<String, LinkConfig> all(Map<String, JsonObject> entries) {
    Map<String, LinkConfig> links = new HashMap<>();
    entries.forEach((id, body) -> links.put(id, from(id, body)));
    return links;
  }
}
