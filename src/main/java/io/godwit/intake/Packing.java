package io.godwit.intake;

import io.godwit.message.Event;
import io.godwit.message.Lane;
import io.godwit.message.Limits;
import io.godwit.message.Message;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Ranks;
import io.godwit.queue.Step;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

/**
 * Packs accepted messages into parcels for the queue {@code route}: by lane, by the time when they are due, and large senders apart, so that
 * nobody's few wait behind somebody's many. Event loop only.
 */
final class Packing {
  private final MessageQueue queue;
  private final ToIntFunction<String> share;
  private final Map<Lane, Ranks> ranks = new EnumMap<>(Lane.class);

  /** What may share parcels; {@code owner} is "" for what small senders have in common. */
  private record Group(Lane lane, long due, String owner) { }

  /** @param share an account's weight, at least 1 */
  Packing(MessageQueue queue, ToIntFunction<String> share) {
    this.queue = queue;
    this.share = share;
    for (Lane lane : Lane.values()) ranks.put(lane, new Ranks());
  }

  /** Adds the first event of each message, and the parcels that hold them all. */
  void into(Step step, List<Message> messages) {
    long now = queue.now();
    for (Message m : messages) step.event(m.origin().scheduledAt() > 0 ? new Event.Scheduled(m, now) : new Event.Accepted(m, now));
    grouped(messages, now).forEach((group, members) -> {
      int before = 0;
      for (List<Message> content : sliced(members)) {
        step.put(Parcel.of(queue.newId(), Parcel.ROUTE, group.lane, rank(group, content, before, now), group.due, content));
        before += content.size();
      }
    });
  }

  private Map<Group, List<Message>> grouped(List<Message> messages, long now) {
    Map<String, Integer> counts = new HashMap<>();
    for (Message m : messages) counts.merge(m.account(), 1, Integer::sum);
    Map<Group, List<Message>> groups = new LinkedHashMap<>();
    for (Message m : messages) {
      boolean large = counts.get(m.account()) > Limits.SHARED_MESSAGES || ranks.get(m.lane()).ahead(m.account(), now) > Limits.SHARED_MESSAGES;
      groups.computeIfAbsent(new Group(m.lane(), m.origin().scheduledAt(), large ? m.account() : ""), g -> new ArrayList<>()).add(m);
    }
    return groups;
  }

  private static List<List<Message>> sliced(List<Message> messages) {
    List<List<Message>> slices = new ArrayList<>();
    List<Message> slice = new ArrayList<>();
    int weight = 0;
    for (Message m : messages) {
      if (slice.size() == Limits.PARCEL_MESSAGES || !slice.isEmpty() && weight + m.weight() > Limits.PARCEL_BYTES) {
        slices.add(slice);
        slice = new ArrayList<>();
        weight = 0;
      }
      slice.add(m);
      weight += m.weight();
    }
    slices.add(slice);
    return slices;
  }

  /** What is due later keeps its place relative to that time, and weighs nothing until then. */
  private long rank(Group group, List<Message> content, int before, long now) {
    if (group.due > 0) return group.due + before;
    Map<String, Integer> counts = new HashMap<>();
    for (Message m : content) counts.merge(m.account(), 1, Integer::sum);
    long rank = now;
    for (var of : counts.entrySet()) {
      rank = Math.max(rank, ranks.get(group.lane).next(of.getKey(), of.getValue(), share.applyAsInt(of.getKey()), now));
    }
    return rank;
  }
}
