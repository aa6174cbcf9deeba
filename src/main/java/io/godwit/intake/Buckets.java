package io.godwit.intake;

import io.godwit.message.Limits;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * In which set an idempotency key lives: a key belongs to one of {@value #COUNT} buckets, and a table in the directory (kind {@value #KIND}, id
 * {@value #ID}: {@code {homes: [set, …], moved: {bucket: {from, at}}}}) says where each of these is. A bucket that moves is at its old home until
 * shortly before {@code at} and at its new one from shortly after; in between its requests come back later, so that clocks and
 * caches may differ by seconds. What was answered at the old home is looked for there as long as an answer is kept, and what is still under way there is fenced off
 * ({@link KeptAnswers}).
 */
public final class Buckets {
  public static final String KIND = "buckets";
  public static final String ID = "idempotency";
  static final int COUNT = 1_024;
  /** Between announcing a move and its time: every process has read of it by then. */
  public static final long NOTICE = 60_000;
  /** Before and after the time of a move nobody takes the bucket's requests. */
  public static final long QUIET = 10_000;

  private final int[] homes;
  private final Map<Integer, Move> moves;

  private record Move(int from, long at) { }

  private Buckets(int[] homes, Map<Integer, Move> moves) {
    this.homes = homes;
    this.moves = moves;
  }

  /** Without a table all are in the control set. */
  public static Buckets of(Map<String, JsonObject> entries) {
    JsonObject table = entries.getOrDefault(ID, new JsonObject());
    JsonArray stored = table.getJsonArray("homes");
    int[] homes = new int[COUNT];
    for (int i = 0; stored != null && i < COUNT; i++) homes[i] = stored.getInteger(i);
    Map<Integer, Move> moves = new HashMap<>();
    for (var moved : table.getJsonObject("moved", new JsonObject())) {
      JsonObject move = (JsonObject) moved.getValue();
      moves.put(Integer.parseInt(moved.getKey()), new Move(move.getInteger("from"), move.getLong("at")));
    }
    return new Buckets(homes, moves);
  }

  /** The table of a system that begins with so many sets. */
  public static JsonObject even(int sets) {
    JsonArray homes = new JsonArray();
    for (int i = 0; i < COUNT; i++) homes.add(i % sets);
    return new JsonObject().put("homes", homes);
  }

  /** @param hash hexadecimal, of the key */
  public static int of(String hash) {
    return Integer.parseInt(hash.substring(0, 4), 16) % COUNT;
  }

  /** The number of the set that takes the bucket's requests; -1 while it moves. */
  public int home(int bucket, long now) {
    Move move = moves.get(bucket);
    if (move == null || now > move.at + QUIET) return homes[bucket];
    return now < move.at - QUIET ? move.from : -1;
  }

  /** The number of the set where earlier answers may be; -1 when there is none but its home. */
  int earlier(int bucket, long now) {
    Move move = moves.get(bucket);
    return move != null && move.from != homes[bucket] && now > move.at && now < move.at + QUIET + Limits.IDEMPOTENCY ? move.from : -1;
  }

  /** When the bucket came to its home, milliseconds since 1970; 0 = long ago, or nothing is known of that. */
  long moved(int bucket, long now) {
    Move move = moves.get(bucket);
    return move != null && now > move.at ? move.at : 0;
  }

  /** How many buckets the set has, once all moves are done. */
  public int count(int set) {
    return (int) Arrays.stream(homes).filter(home -> home == set).count();
  }

  /**
   * The table after as few buckets have moved as give these sets the same number of them, and others none. One that moved lately stays.
   *
   * @param now milliseconds since 1970; the moves take place after {@link #NOTICE}
   */
  public JsonObject spread(SortedSet<Integer> sets, long now) {
    int[] after = homes.clone();
    Map<Integer, Move> left = new HashMap<>(moves);
    left.values().removeIf(move -> now > move.at + 2 * QUIET + Limits.IDEMPOTENCY);
    Map<Integer, Integer> counts = new TreeMap<>();
    for (int set : sets) counts.put(set, count(set));
    int least = COUNT / sets.size();
    for (int bucket = 0; bucket < COUNT; bucket++) {
      int from = after[bucket];
      int to = counts.entrySet().stream().min(Map.Entry.comparingByValue()).orElseThrow().getKey();
      boolean leaves = !counts.containsKey(from);
      if (left.containsKey(bucket) || !leaves && (counts.get(from) <= least || counts.get(to) >= least)) continue;
      after[bucket] = to;
      counts.computeIfPresent(from, (set, count) -> count - 1);
      counts.merge(to, 1, Integer::sum);
      left.put(bucket, new Move(from, now + NOTICE));
    }
    return json(after, left);
  }

  private static JsonObject json(int[] homes, Map<Integer, Move> moves) {
    JsonArray stored = new JsonArray();
    for (int home : homes) stored.add(home);
    JsonObject moved = new JsonObject();
    moves.forEach((bucket, move) -> moved.put(String.valueOf(bucket), new JsonObject().put("from", move.from).put("at", move.at)));
    return new JsonObject().put("homes", stored).put("moved", moved);
  }
}
