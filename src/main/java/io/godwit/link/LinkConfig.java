package io.godwit.link;

import io.godwit.smpp.BindOptions;
import io.godwit.smpp.BindType;
import io.godwit.smpp.CarrierId.IdForm;
import io.godwit.smpp.SessionOptions;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A link to one carrier's SMSC, as the directory describes it.
 *
 * @param binds how many binds it has in the whole cluster
 * @param rate segments a second in the whole cluster; 0 = unlimited
 * @param unsettledMax most messages a bind may have between submitted and settled by a commit; what may be sent twice after a crash
 * @param receipts whether the carrier gives delivery receipts; without them SENT is final
 * @param unknownWait how long a message of unknown fate waits before it is sent again, milliseconds
 * @param receiptGrace how long after its validity a receipt is waited for, milliseconds
 * @param retryPause first pause before a message that the carrier refused for now is tried again, milliseconds; doubles
 * @param failoverAfter when it was down, or throttled without a break, for so long, what it has not tried yet goes over other links of its route,
 *     milliseconds; 0 = never
 */
public record LinkConfig(String id, BindOptions bind, int binds, int rate, int unsettledMax, boolean receipts, IdForm idForm,
                         long unknownWait, long receiptGrace, long retryPause, long failoverAfter) {
  /** The kind of the directory's entries that describe links. */
  public static final String KIND = "link";
  private static final Set<String> KEYS = Set.of("host", "port", "systemId", "password", "systemType", "binds", "bindType", "window", "rate",
    "receipts", "idForm", "responseTimeout", "enquireInterval", "unsettledMax", "unknownWait", "receiptGrace", "retryPause", "failoverAfter");

  public static LinkConfig from(String id, JsonObject body) {
    for (String key : body.fieldNames()) {
      if (!KEYS.contains(key)) throw new IllegalArgumentException("link " + id + ": unknown key '" + key + "'; known are " + new TreeSet<>(KEYS));
    }
    int window = number(id, body, "window", 100, 1, 10_000);
    int rate = number(id, body, "rate", 0, 0, 1_000_000);
    return new LinkConfig(id, bind(id, body, window), number(id, body, "binds", 1, 1, 64), rate,
      number(id, body, "unsettledMax", window + (rate == 0 ? 4 * window : rate / 5), 1, 100_000), body.getBoolean("receipts", true),
      IdForm.valueOf(body.getString("idForm", "DETECT")), number(id, body, "unknownWait", 60_000, 0, 86_400_000),
      number(id, body, "receiptGrace", 3_600_000, 0, 7 * 86_400_000), number(id, body, "retryPause", 1_000, 10, 3_600_000),
      number(id, body, "failoverAfter", 60_000, 0, 7 * 86_400_000));
  }

  private static BindOptions bind(String id, JsonObject body, int window) {
    SessionOptions session = SessionOptions.DEFAULTS.withWindow(window)
      .withResponseTimeout(Duration.ofMillis(number(id, body, "responseTimeout", 30_000, 100, 600_000)))
      .withEnquireInterval(Duration.ofMillis(number(id, body, "enquireInterval", 30_000, 100, 3_600_000)));
    return BindOptions.of(text(id, body, "host"), number(id, body, "port", 2775, 1, 65_535), text(id, body, "systemId"), body.getString("password", ""),
      BindType.valueOf(body.getString("bindType", "TRX"))).withSession(session).withSystemType(body.getString("systemType", ""));
  }

  private static String text(String id, JsonObject body, String key) {
    if (body.getValue(key) instanceof String text && !text.isEmpty()) return text;
    throw new IllegalArgumentException("link " + id + ": " + key + ": is missing");
  }

  private static int number(String id, JsonObject body, String key, int otherwise, int least, int most) {
    String text = String.valueOf(body.getValue(key, otherwise));
    try {
      int number = Integer.parseInt(text);
      if (number >= least && number <= most) return number;
    } catch (NumberFormatException e) {
      // said below
    }
    throw new IllegalArgumentException("link " + id + ": " + key + ": '" + text + "' is no number from " + least + " to " + most);
  }

  public static Map<String, LinkConfig> all(Map<String, JsonObject> entries) {
    Map<String, LinkConfig> links = new HashMap<>();
    entries.forEach((id, body) -> links.put(id, from(id, body)));
    return links;
  }
}
