package io.godwit.perf;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * What customers send in a soak: 60 of 100 messages alone, the others in batches of 10 to 200, some of them out of the ordinary; and how each
 * must end. The same for the same seed. Recipients are never used twice, but for those that are blocked.
 */
final class Mix {
  private static final double SINGLES = 0.6;
  private static final int SMALLEST_BATCH = 10;
  private static final int LARGEST_BATCH = 200;
  private static final String TEXT = "Godwits fly for eleven days, across the whole Pacific, and never rest. ";
  private static final String UNICODE = "Pfuhlschnepfen fliegen elf Tage – ohne Rast, ohne Schlaf: 斑尾塍鹬。";

  private final Random random;
  private final boolean expiry;
  private final int latest;
  private final int validity;
  private long number;

  /** One request. {@code expected}: for each message of it the statuses that it may end with; null when it must be rejected. */
  record Request(String path, JsonObject body, List<String> expected, boolean cancelled) { }

  private record Item(JsonObject message, String expected, boolean cancelled) { }

  /** Which messages, how many in a million, and what makes them. */
  private enum Kind {
    BLOCKED(20_000), SCHEDULED(10_000), EXPIRING(10_000), INVALID(5_000), UNDELIVERABLE(5_000), REPLIED(5_000), CARRIER_REFUSES(3_000), RECEIPT_TWICE(3_000),
    LONG(10_000), UNICODE(5_000), ALERT(50_000), CANCELLED(2_000), THROTTLED(50), PLAIN(0);

    final int inAMillion;

    Kind(int inAMillion) {
      this.inAMillion = inAMillion;
    }
  }

  /**
   * @param expiry whether a route for +4916 leads to a link of one segment a second: what it has no time for must expire
   * @param latest seconds that a message is scheduled ahead at most
   * @param validity seconds that a message is valid; none is cancelled then, since what could not be taken back would wait too long. 0 = as is usual
   * @param first of the numbers that recipients are made of
   */
  Mix(long seed, boolean expiry, int latest, int validity, long first) {
    this.random = new Random(seed);
    this.expiry = expiry;
    this.latest = latest;
    this.validity = validity;
    this.number = first;
  }

  Request next() {
    double batches = (1 - SINGLES) / SINGLES / ((SMALLEST_BATCH + LARGEST_BATCH) / 2.0);
    return random.nextDouble() < batches / (1 + batches) ? batch() : single(item(draw()));
  }

  /** One message as customers submit it over SMPP: what needs another request, or a number of its own to reply to, is not among them. */
  Request alone() {
    Kind kind = draw();
    return single(item(kind == Kind.CANCELLED || kind == Kind.REPLIED ? Kind.PLAIN : kind));
  }

  /** A message without anything that is out of the ordinary. */
  Request plain() {
    return single(item(Kind.PLAIN));
  }

  private static Request single(Item item) {
    List<String> expected = new ArrayList<>();
    expected.add(item.expected);
    return new Request("/v1/messages", item.message, expected, item.cancelled);
  }

  private Request batch() {
    int size = SMALLEST_BATCH + random.nextInt(LARGEST_BATCH - SMALLEST_BATCH + 1);
    JsonArray messages = new JsonArray();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      Kind kind = draw();
      Item item = item(kind == Kind.CANCELLED ? Kind.PLAIN : kind);
      messages.add(item.message);
      expected.add(item.expected);
    }
    return new Request("/v1/batches", new JsonObject().put("messages", messages), expected, false);
  }

  private Kind draw() {
    int lot = random.nextInt(1_000_000);
    for (Kind kind : Kind.values()) {
      lot -= kind.inAMillion;
      if (lot < 0) return kind == Kind.EXPIRING && !expiry || kind == Kind.CANCELLED && validity > 0 ? Kind.PLAIN : kind;
    }
    return Kind.PLAIN;
  }

  private Item item(Kind kind) {
    JsonObject plain = message(ordinary(), TEXT + number);
    return switch (kind) {
      case BLOCKED -> ends(plain.put("to", "+447700900999"), "USER_BLOCKED");
      case SCHEDULED -> ends(plain.put("scheduleAt", Instant.now().plusSeconds(2 + random.nextInt(latest)).toString()), "DELIVERED");
      case EXPIRING -> ends(plain.put("to", "+4916" + digits(8)).put("validFor", "PT2S").put("text", TEXT.repeat(9)), "EXPIRED|DELIVERED");
      case INVALID -> ends(plain.put("to", "+4912x"), null);
      case UNDELIVERABLE -> ends(plain.put("to", magic(new int[] {1, 2, 9}[random.nextInt(3)])), "TELCO_ERROR|EXPIRED");
      case REPLIED -> ends(plain.put("to", magic(6)).put("replyable", true), "DELIVERED");
      case CARRIER_REFUSES -> ends(plain.put("to", magic(4)), "TELCO_ERROR");
      case RECEIPT_TWICE -> ends(plain.put("to", magic(8)), "DELIVERED");
      case THROTTLED -> ends(plain.put("to", magic(5)), "DELIVERED");
      case LONG -> ends(plain.put("text", TEXT.repeat(3 + random.nextInt(4))), "DELIVERED");
      case UNICODE -> ends(plain.put("text", UNICODE.repeat(1 + random.nextInt(3))), "DELIVERED");
      case ALERT -> ends(plain.put("priority", "alert"), "DELIVERED");
      case CANCELLED -> new Item(plain.put("scheduleAt", Instant.now().plusSeconds(7200).toString()), "CANCELLED", true);
      case PLAIN -> ends(plain, "DELIVERED");
    };
  }

  private static Item ends(JsonObject message, String expected) {
    return new Item(message, expected, false);
  }

  private JsonObject message(String to, String text) {
    number++;
    JsonObject message = new JsonObject().put("to", to).put("text", text).put("integrationId", "soak").put("clientRef", Long.toString(number));
    return validity > 0 ? message.put("validFor", "PT" + validity + "S") : message;
  }

  /** Never one of the simulator's magic numbers, whose last digits are 01 to 10. */
  private String ordinary() {
    return "+4915" + digits(8) + "55";
  }

  private String magic(int which) {
    return "+49" + (100_000 + number % 900_000) + "99900" + (which < 10 ? "0" + which : which);
  }

  private String digits(int count) {
    return String.format("%0" + count + "d", number % (long) Math.pow(10, count));
  }
}
