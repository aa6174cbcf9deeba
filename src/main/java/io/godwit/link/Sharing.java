package io.godwit.link;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.bson.Document;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How this process keeps to its share of the seats of each link: which it takes, which it leaves to others, and that none stays empty because the one that should take it
 * does not, or cannot bind it. Confined to the context of the {@link LinkVerticle}.
 */
final class Sharing {
  private static final Logger log = LoggerFactory.getLogger(Sharing.class);
  /** A seat that was free for so long is anybody's. */
  private static final long NEGLECTED = TimeUnit.SECONDS.toNanos(10);
  /** Who took such a one gives none back for so long: nobody else wants them. */
  private static final long REST = TimeUnit.MINUTES.toNanos(10);
  /** When what could not be bound here is tried again though others are bound. */
  private static final long UNFIT = TimeUnit.HOURS.toNanos(1);

  private final LongSupplier nanos;
  private final long vain;
  private final Map<String, Unfit> unfit = new HashMap<>();
  /** Since when there has been no session of a link here while another process had one. */
  private final Map<String, Long> vainSince = new HashMap<>();
  /** Since when nobody has had a session of a link that this process has tried to bind, though another could try. */
  private final Map<String, Long> turnSince = new HashMap<>();
  /** Since when no other process has had a session of a link that is unfit here. */
  private final Map<String, Long> aloneSince = new HashMap<>();
  /** By link, and number of the seat. */
  private final Map<String, Map<Integer, Long>> freeSince = new HashMap<>();
  private final Map<String, Long> restsSince = new HashMap<>();

  /**
   * A link that cannot be bound here: a carrier may not know this machine's address.
   *
   * @param lasts when it is tried again though others are bound, nanoseconds
   */
  private record Unfit(LinkConfig config, boolean forGood, long since, long lasts) { }

  /**
   * @param nanos the monotonic clock
   * @param pauses of the binds
   */
  Sharing(LongSupplier nanos, Pauses pauses) {
    this.nanos = nanos;
    this.vain = TimeUnit.MILLISECONDS.toNanos(pauses.vain());
  }

  /** Ids of the links that are not for this process while another is fit. */
  Set<String> unfit() {
    return Set.copyOf(unfit.keySet());
  }

  /** Before each look. What a carrier has refused for good is asked again, as a bind is, when the link is configured otherwise, or was stopped. */
  void review(Map<String, LinkConfig> wanted) {
    for (Map<String, ?> measured : List.of(freeSince, vainSince, turnSince, aloneSince)) measured.keySet().retainAll(wanted.keySet());
    restsSince.keySet().retainAll(wanted.keySet());
    unfit.entrySet().removeIf(one -> {
      LinkConfig now = wanted.get(one.getKey());
      Unfit was = one.getValue();
      return now == null || !now.hasSameBinds(was.config) || !was.forGood && nanos.getAsLong() - was.since >= was.lasts;
    });
  }

  /** A look failed: how the seats have stood since the one before is not known, and whatever is measured from look to look begins anew. */
  void missed(Throwable failure) {
    log.warn("cannot look for seats: {}", failure.toString());
    for (Map<String, ?> measured : List.of(freeSince, vainSince, turnSince, aloneSince)) measured.clear();
  }

  /** The link's binds here end, and what was measured of them with them. */
  void closed(String id) {
    vainSince.remove(id);
    turnSince.remove(id);
  }

  /** Whether that has been so, at each look since, for longer than a bind pauses and tries. */
  private boolean lasts(Map<String, Long> since, String id, boolean isSo) {
    if (!isSo) {
      since.remove(id);
      return false;
    }
    long now = nanos.getAsLong();
    return now - since.computeIfAbsent(id, first -> now) >= vain;
  }

  /** The free seats that this process takes. */
  List<Document> takes(Shares found) {
    String id = found.link().id();
    boolean isAlone = lasts(aloneSince, id, unfit.containsKey(id) && !found.isBoundElsewhere());
    if (isAlone) unfit.computeIfPresent(id, (same, was) -> was.forGood ? was : null);
    List<Document> takes = new ArrayList<>(found.due());
    List<Document> neglected = neglected(found);
    neglected.removeAll(takes);
    if (neglected.isEmpty()) return takes;
    log.warn("link {}: takes {} more binds than its share: nobody else does", id, neglected.size());
    restsSince.put(id, nanos.getAsLong());
    takes.addAll(neglected);
    return takes;
  }

  private List<Document> neglected(Shares found) {
    long now = nanos.getAsLong();
    Map<Integer, Long> before = freeSince.getOrDefault(found.link().id(), Map.of());
    Map<Integer, Long> since = new HashMap<>();
    List<Document> neglected = new ArrayList<>();
    for (Document seat : found.free()) {
      int number = seat.getInteger("number");
      since.put(number, before.getOrDefault(number, now));
      if (now - since.get(number) >= NEGLECTED) neglected.add(seat);
    }
    freeSince.put(found.link().id(), since);
    return neglected;
  }

  /** What the look means for the binds of the link that are open here: one a time goes to another process that lacks it, all if they are in vain here. */
  void judge(Binds binds, Shares found) {
    String id = found.link().id();
    boolean isInVain = isInVain(binds, found);
    boolean isOthersTurn = lasts(turnSince, id, isDownWhileAnotherIsIdle(binds, found));
    if (binds.bound() > 0) unfit.remove(id);
    if (binds.isLeaving() || found.mine().isEmpty()) return;
    if (isInVain) leaveToTheBound(binds, found);
    else if (isOthersTurn) letAnotherTry(binds, found);
    else if (found.isToGive() && !rests(id)) leaveOne(binds, found);
  }

  /** An outage of the carrier is over when another is bound: each has the time to bind, too, from then on. */
  private boolean isInVain(Binds binds, Shares found) {
    boolean othersAreBound = binds.isUnbound() && !found.mine().isEmpty() && found.isBoundElsewhere();
    return lasts(vainSince, found.link().id(), othersAreBound) || othersAreBound && binds.isRefused();
  }

  /** Not what the carrier has refused for good: the others would be, too, and it locks whoever goes on asking. */
  private static boolean isDownWhileAnotherIsIdle(Binds binds, Shares found) {
    return binds.isUnbound() && binds.refused() == 0 && !found.mine().isEmpty() && !found.isBoundElsewhere() && found.isAnotherIdle();
  }

  private boolean rests(String id) {
    Long since = restsSince.get(id);
    return since != null && nanos.getAsLong() - since < REST;
  }

  private void leaveToTheBound(Binds binds, Shares found) {
    log.error("link {}: this process cannot bind it while another does, and leaves it to others: {}", found.link().id(), binds.trouble());
    leaveAll(binds, found, UNFIT);
  }

  private void letAnotherTry(Binds binds, Shares found) {
    log.warn("link {}: nobody has bound it for a while, and another process tries: {}", found.link().id(), binds.trouble());
    leaveAll(binds, found, vain);
  }

  private void leaveAll(Binds binds, Shares found, long lasts) {
    unfit.put(found.link().id(), new Unfit(found.link(), binds.refused() > 0, nanos.getAsLong(), lasts));
    found.mine().forEach(binds::leave);
  }

  /** One that is not bound if there is any. */
  private static void leaveOne(Binds binds, Shares found) {
    List<Integer> mine = found.mine();
    int number = mine.stream().filter(some -> !binds.isBound(some)).findFirst().orElse(mine.get(mine.size() - 1));
    log.info("link {}: bind {} goes to another process: each has its share", found.link().id(), number);
    binds.leave(number);
  }
}
