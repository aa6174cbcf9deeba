package io.godwit.billing;

import io.godwit.message.Prefixes;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;

/**
 * Which network a number belongs to, by its leading digits: directory entries of kind {@code network}, {@code {mccmnc, prefixes: […], name?}}. A ported number is a
 * prefix of its whole length. Immutable.
 */
final class Networks {
  static final String KIND = "network";

  private final Prefixes<String> networks;

  private Networks(Prefixes<String> networks) {
    this.networks = networks;
  }

  /** Fails with a sentence that names the entry. */
  static Networks of(Map<String, JsonObject> entries) {
    Prefixes.Builder<String> builder = new Prefixes.Builder<>();
    entries.forEach((id, body) -> add(id, body, builder));
    return new Networks(builder.build());
  }

  private static void add(String id, JsonObject body, Prefixes.Builder<String> builder) {
    if (!(body.getValue("mccmnc") instanceof String network) || !network.matches("\\d{5,6}")) throw new IllegalArgumentException("network " + id + ": mccmnc must be five or six digits, as a string");
    if (!(body.getValue("prefixes") instanceof JsonArray prefixes)) throw new IllegalArgumentException("network " + id + ": prefixes must be an array of leading digits");
    for (Object prefix : prefixes) {
      if (!(prefix instanceof String digits) || !digits.matches("\\+?\\d{1,15}")) throw new IllegalArgumentException("network " + id + ": '" + prefix + "' is no prefix");
      builder.add(digits, network, (one, other) -> {
        throw new IllegalArgumentException("network " + id + ": '" + digits + "' is a prefix of " + one + ", too");
      });
    }
  }

  /** MCC and MNC (ITU-T E.212); null when unknown. */
  String of(String number) {
    return networks.longest(number);
  }
}
