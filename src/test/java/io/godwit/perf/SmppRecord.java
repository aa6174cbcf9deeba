package io.godwit.perf;

import com.cloudhopper.smpp.pdu.DeliverSm;
import io.godwit.smpp.CloseReason;
import io.godwit.smpp.Receipt;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.json.JsonObject;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * What the SMPP customers of a soak were told: files of the ids that were accepted ({@code ID STATUS|STATUS}), of the receipts ({@code ID STATUS|STATUS MILLIS},
 * with the statuses that the receipt may stand for), of the handsets' replies ({@code SENDER MILLIS}), and counts. Its memory does not grow. Confined to the customers' context.
 */
final class SmppRecord {
  private static final int MOST_COMPLAINTS = 100;
  /** What a carrier says of a message that it could not deliver is passed on in its own word. */
  private static final Map<Receipt.State, String> STATUSES = new EnumMap<>(Map.of(
    Receipt.State.DELIVERED, "DELIVERED",
    Receipt.State.EXPIRED, "EXPIRED|TELCO_ERROR",
    Receipt.State.DELETED, "CANCELLED|TELCO_ERROR",
    Receipt.State.UNDELIVERABLE, "TELCO_ERROR|DEAD",
    Receipt.State.ACCEPTED, "SENT",
    Receipt.State.UNKNOWN, "UNKNOWN|TELCO_ERROR",
    Receipt.State.REJECTED, "USER_BLOCKED|OPTED_OUT|NO_ROUTE|NO_CREDIT|REJECTED|TELCO_ERROR"));

  private final AsyncFile ids;
  private final AsyncFile receipts;
  private final AsyncFile replies;
  private final Histogram latency = new Histogram(3);
  private final Map<String, Long> lost = new TreeMap<>();
  private final long[] counts = new long[Count.values().length];

  private enum Count {
    SENT, ACCEPTED,
    /** As they should have been. */
    REJECTED,
    /** Told to come back later. */
    REFUSED,
    /** With an answer that is wrong. */
    ERRORS,
    /** The connection was lost, or the time was over: whether they were accepted is not known. */
    UNANSWERED,
    /** Receipts that are none. */
    UNREADABLE,
    /** Not sent, since nobody was bound with room in his window. */
    SKIPPED, BINDS, BINDS_REFUSED, RECEIPTS, REPLIES;

    String key() {
      return this == BINDS_REFUSED ? "bindsRefused" : name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  SmppRecord(Vertx vertx, Arguments arguments) throws Exception {
    ids = open(vertx, arguments.text("ids"));
    receipts = open(vertx, arguments.text("receipts"));
    replies = open(vertx, arguments.text("replies"));
  }

  static AsyncFile open(Vertx vertx, String file) throws Exception {
    return vertx.fileSystem().open(file, new OpenOptions().setWrite(true).setCreate(true).setAppend(true)).await(10, TimeUnit.SECONDS);
  }

  private void count(Count what, long by) {
    counts[what.ordinal()] += by;
  }

  // ---- connections

  void bound() {
    count(Count.BINDS, 1);
  }

  void notBound(Throwable why) {
    if (counts[Count.BINDS_REFUSED.ordinal()] < MOST_COMPLAINTS) System.err.println("not bound: " + why);
    count(Count.BINDS_REFUSED, 1);
  }

  void lost(CloseReason reason) {
    System.err.println(System.currentTimeMillis() + " a connection is lost: " + reason);
    lost.merge(reason.name(), 1L, Long::sum);
  }

  // ---- submits

  void submitted() {
    count(Count.SENT, 1);
  }

  void notSubmitted() {
    count(Count.SENT, -1);
    skipped();
  }

  void skipped() {
    count(Count.SKIPPED, 1);
  }

  void latency(long nanos) {
    latency.recordValue(nanos);
  }

  void accepted(String id, String expected) {
    count(Count.ACCEPTED, 1);
    ids.write(Buffer.buffer(id + " " + expected + "\n"));
  }

  void rejected() {
    count(Count.REJECTED, 1);
  }

  void refused() {
    count(Count.REFUSED, 1);
  }

  void wrong(String what) {
    if (counts[Count.ERRORS.ordinal()] < MOST_COMPLAINTS) System.err.println(what);
    count(Count.ERRORS, 1);
  }

  void unanswered() {
    count(Count.UNANSWERED, 1);
  }

  void answeredAfterAll() {
    count(Count.UNANSWERED, -1);
  }

  // ---- deliver_sm

  void told(DeliverSm sm) {
    long now = System.currentTimeMillis();
    if (!Receipt.isReceipt(sm)) {
      count(Count.REPLIES, 1);
      replies.write(Buffer.buffer(sm.getSourceAddress().getAddress() + " " + now + "\n"));
      return;
    }
    Receipt receipt = Receipt.parse(sm);
    String statuses = STATUSES.get(receipt.state());
    if (statuses == null || receipt.id() == null) {
      count(Count.UNREADABLE, 1);
      System.err.println("no receipt of an end: " + receipt);
      return;
    }
    count(Count.RECEIPTS, 1);
    receipts.write(Buffer.buffer(receipt.id() + " " + statuses + " " + now + "\n"));
  }

  // ---- the sums

  JsonObject json() {
    JsonObject json = new JsonObject();
    for (Count each : Count.values()) json.put(each.key(), counts[each.ordinal()]);
    return json.put("lost", new JsonObject(Map.copyOf(lost))).put("answer", Arguments.millis(latency));
  }

  Future<?> close() {
    return Future.join(ids.close(), receipts.close(), replies.close());
  }
}
