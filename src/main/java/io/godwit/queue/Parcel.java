package io.godwit.queue;

import io.godwit.message.DeliveryReport;
import io.godwit.message.Item;
import io.godwit.message.Lane;
import io.godwit.message.Message;
import io.godwit.message.Notice;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntConsumer;
import org.bson.BsonWriter;
import org.bson.Document;
import org.bson.RawBsonDocument;

/**
 * What the queue stores: one document with messages that wait for the same stage; the unit of claim and acknowledgement.
 * {@code m} never shifts: an item that has left is marked, and the parcel goes with its last item. This object is the view
 * of whoever holds the parcel; it changes only when a unit of work that changed the stored one is known to be committed: the
 * holder's own, or, once a step of his has failed on it, somebody else's.
 */
public final class Parcel {
  /** The queue of carriers' receipts. */
  public static final String RECEIPTS = "receipt";
  /** The queue of receipts for which no message waited in all their time. */
  public static final String STRANGERS = "stranger";
  public static final String ROUTE = "route";
  /** The queue of messages that their link's carrier has refused for now often enough: another link is to be found for them. */
  public static final String DETOUR = "detour";
  public static final String INBOUND = "inbound";

  final String id;
  final String queue;
  final Lane lane;
  final long rank;
  final long at;
  List<? extends Item> items;
  final BitSet gone = new BitSet();
  int tried;
  int triedBefore;
  long token;
  /** Whether somebody held it when it was read. */
  boolean leased;

  private Parcel(String id, String queue, Lane lane, long rank, long at, List<? extends Item> items) {
    this.id = id;
    this.queue = queue;
    this.lane = lane;
    this.rank = rank;
    this.at = at;
    this.items = items;
  }

  /**
   * A new parcel.
   *
   * @param rank its place within its lane: lower comes first
   * @param at when it is due, milliseconds since 1970; 0 = at once
   */
  public static Parcel of(String id, String queue, Lane lane, long rank, long at, List<? extends Item> items) {
    if (items.isEmpty()) throw new IllegalArgumentException("a parcel without messages for " + queue);
    return new Parcel(id, queue, lane, rank, at, List.copyOf(items));
  }

  /** The queue of messages that wait for the given link. */
  public static String link(String link) {
    return "link." + link;
  }

  /** The queue of messages that wait for receipts from the given link. */
  public static String await(String link) {
    return "await." + link;
  }

  /** The queue of what the account's receivers are to be told; it holds notices. */
  public static String deliver(String account) {
    return "deliver." + account;
  }

  static boolean isBeforeTheCarrier(String queue) {
    return queue.equals(ROUTE) || queue.equals(DETOUR) || queue.startsWith(link(""));
  }

  public static boolean isOfReports(String queue) {
    return queue.equals(RECEIPTS) || queue.equals(STRANGERS);
  }

  public static boolean isOfNotices(String queue) {
    return queue.startsWith("deliver.");
  }

  public String id() {
    return id;
  }

  public String queue() {
    return queue;
  }

  public Lane lane() {
    return lane;
  }

  public long rank() {
    return rank;
  }

  /** How many items it was made with, gone ones included: positions go from 0 to size - 1. */
  public int size() {
    return items.size();
  }

  public boolean isGone(int position) {
    return gone.get(position);
  }

  public boolean isEmpty() {
    return gone.cardinality() == items.size();
  }

  public int left() {
    return items.size() - gone.cardinality();
  }

  public Item item(int position) {
    return items.get(position);
  }

  public Notice notice(int position) {
    return (Notice) items.get(position);
  }

  public Message message(int position) {
    return (Message) items.get(position);
  }

  /** What is still in it, in order. */
  public List<Item> items() {
    List<Item> left = new ArrayList<>(left());
    each(i -> left.add(items.get(i)));
    return left;
  }

  /** The messages that are still in it, in order. */
  public List<Message> messages() {
    List<Message> left = new ArrayList<>(left());
    each(i -> left.add((Message) items.get(i)));
    return left;
  }

  /** The receipts that are still in it, in order. */
  public List<DeliveryReport> reports() {
    List<DeliveryReport> left = new ArrayList<>(left());
    each(i -> left.add((DeliveryReport) items.get(i)));
    return left;
  }

  /** Visits the positions of what is still in it. */
  public void each(IntConsumer visitor) {
    for (int i = gone.nextClearBit(0); i < items.size(); i = gone.nextClearBit(i + 1)) visitor.accept(i);
  }

  boolean holds(String itemId) {
    return position(itemId) >= 0;
  }

  /** Where the item is, or -1 when it is not here or has left. */
  public int position(String itemId) {
    for (int i = gone.nextClearBit(0); i < items.size(); i = gone.nextClearBit(i + 1)) if (items.get(i).id().equals(itemId)) return i;
    return -1;
  }

  /** So many from its front may have been submitted to a carrier; raised before they are. */
  public int tried() {
    return tried;
  }

  /**
   * So many from its front may have been submitted by an earlier holder, who never settled them: what is still here of them
   * is unknown.
   */
  public int triedBefore() {
    return triedBefore;
  }

  public int weight() {
    int weight = 200;
    for (Item item : items) weight += item.weight();
    return weight;
  }

  long validUntil() {
    long earliest = Long.MAX_VALUE;
    for (int i = gone.nextClearBit(0); i < items.size(); i = gone.nextClearBit(i + 1)) earliest = Math.min(earliest, items.get(i).validUntil());
    return earliest;
  }

  /** Writes the fields that do not depend on who holds it. */
  void write(BsonWriter writer) {
    writer.writeString("_id", id);
    writer.writeInt32("v", 1);
    writer.writeString("q", queue);
    writer.writeInt32("lane", lane.number());
    writer.writeInt64("rank", rank);
    writer.writeDateTime("at", at);
    writer.writeDateTime("exp", validUntil());
    writer.writeString("lo", items.stream().map(Item::id).min(String::compareTo).orElseThrow());
    writer.writeString("hi", items.stream().map(Item::id).max(String::compareTo).orElseThrow());
    writer.writeInt32("weight", weight());
    writer.writeStartArray("m");
    for (Item item : items) item.write(writer);
    writer.writeEndArray();
  }

  /** Reads a stored parcel; {@code was} is its watermark before the claim that this read belongs to. */
  static Parcel read(RawBsonDocument stored) {
    return new ParcelReader(stored).read();
  }

  /** @param d all but its items */
  static Parcel read(Document d, List<Item> items, BitSet gone) {
    Parcel parcel = new Parcel(d.getString("_id"), d.getString("q"), Lane.of(d.getInteger("lane")), d.getLong("rank"), d.getDate("at").getTime(), items);
    parcel.gone.or(gone);
    parcel.tried = d.getInteger("tried", 0);
    parcel.triedBefore = d.getInteger("was", 0);
    parcel.token = d.getLong("token");
    parcel.leased = "leased".equals(d.getString("s"));
    return parcel;
  }

  /** What is stored in that queue. */
  static Item item(String queue, Document item) {
    if (isOfReports(queue)) return DeliveryReport.read(item);
    return isOfNotices(queue) ? Notice.read(item) : Message.read(item);
  }

  /** Shows whoever amended it what it has become; after a rewrite, positions are others. */
  void become(List<? extends Item> now, BitSet left, int watermark, long fresh) {
    items = now;
    gone.clear();
    gone.or(left);
    tried = watermark;
    token = fresh;
  }

  /** Shows its holder what somebody else changed; positions are as before. */
  void see(List<? extends Item> changed, BitSet left, long fresh) {
    items = changed;
    gone.or(left);
    token = fresh;
  }

  @Override
  public String toString() {
    return queue + "/" + id + " (" + left() + " of " + size() + ")";
  }
}
