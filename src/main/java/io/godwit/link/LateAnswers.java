package io.godwit.link;

import io.godwit.message.Event;
import io.godwit.message.Item;
import io.godwit.message.Message;
import io.godwit.message.Segment;
import io.godwit.queue.LeaseLost;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Slot;
import io.godwit.queue.Soon;
import io.godwit.queue.Step;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Messages in doubt that one link of this process has put back into its queue, and answers of the carrier that came after all, before the next try: what was accepted
 * whole is SENT then, and of a longer message only what was not accepted is submitted again.
 *
 * <p>Nothing is leased: parcels are changed as they were put. One that was claimed meanwhile is not changed, and its messages are submitted again, as they would be without
 * the answer; so is what was forgotten, the oldest first. An answer that comes too late for that, or when its message has ended as UNKNOWN, changes nothing: it is told in the
 * trail ({@link Event.Taken}), by which the receipts that follow it are known. Confined to the link's context.
 */
final class LateAnswers {
  private static final Logger log = LoggerFactory.getLogger(LateAnswers.class);
  private static final int MOST = 1_000;
  private static final long REST_MS = 500;
  private static final long WARN_EVERY_NS = TimeUnit.MINUTES.toNanos(1);

  private final Context context;
  private final MessageQueue queue;
  private final String link;
  private final Settlement settlement;
  private final Awaiting awaiting;
  private final Soon soon;
  /** Where each message waits, by its id. */
  private final Map<String, Parcel> waiting = new LinkedHashMap<>() {
    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Parcel> eldest) {
      return size() > MOST;
    }
  };
  private List<Submission> answered = new ArrayList<>();
  /** Too late for anything else. */
  private List<Event> telling = new ArrayList<>();
  /** Opened for the first answer that is late: most links never have one. */
  private Slot slot;
  private Future<Void> committing = Future.succeededFuture();
  private boolean resting;
  private boolean ended;
  /** How many were told nowhere, and when that was last in the log. */
  private long left;
  private long warned;

  LateAnswers(Context context, MessageQueue queue, String link, Settlement settlement, Awaiting awaiting) {
    this.context = context;
    this.queue = queue;
    this.link = link;
    this.settlement = settlement;
    this.awaiting = awaiting;
    this.soon = new Soon(context, this::commit);
  }

  /** After the commit of a settlement: remembers what that put back, and takes the answers that came while it was under way. */
  void add(List<Parcel> put, List<Submission> settled) {
    settled.forEach(Submission::committed);
    for (Parcel parcel : put) {
      if (!parcel.queue().equals(Parcel.link(link)) || queue.holds(parcel)) continue;
      for (Message message : parcel.messages()) if (message.resent()) waiting.put(message.id(), parcel);
    }
    settled.stream().filter(Submission::isLate).forEach(this::take);
  }

  /** A segment of it was accepted. Does nothing while its settlement is still to come. */
  void take(Submission submission) {
    if (waiting.containsKey(submission.message.id())) {
      answered.add(submission);
      awaiting.expect(submission);
    } else if (submission.isCommitted()) {
      tell(submission);
    }
    soon.ask();
  }

  private void tell(Submission submission) {
    List<String> names = submission.untold();
    if (names.isEmpty()) return;
    if (telling.size() >= MOST) {
      tooMany();
      return;
    }
    submission.told(names);
    telling.add(new Event.Taken(submission.message.id(), queue.now(), link, names, true));
  }

  private void tooMany() {
    long now = System.nanoTime();
    if (left++ > 0 && now - warned < WARN_EVERY_NS) return;
    warned = now;
    log.warn("link {}: {} late answers until now are told in no trail, since too many wait to be stored", link, left);
  }

  /** What is to follow, and what the answers of each were until then. */
  private record Batch(List<Submission> answered, List<List<String>> names, List<Event> telling) {
    void told() {
      for (int i = 0; i < answered.size(); i++) answered.get(i).told(names.get(i));
    }
  }

  private void commit() {
    if (answered.isEmpty() && telling.isEmpty() || resting || ended || !committing.isComplete()) return;
    answered.stream().filter(submission -> position(submission) < 0 && submission.isCommitted()).forEach(this::tell); // forgotten since it was answered
    Batch batch = new Batch(answered, answered.stream().map(submission -> position(submission) < 0 ? List.<String>of() : submission.untold()).toList(), telling);
    answered = new ArrayList<>();
    telling = new ArrayList<>();
    Step step = step(batch.answered);
    batch.telling.forEach(step::event);
    if (slot == null) slot = queue.openSlot("late-" + link);
    committing = slot.commit(step).transform(done -> {
      settled(done, batch, step);
      return Future.succeededFuture();
    });
  }

  /** In the parcel in which its message waits; -1 when it does not, or was forgotten. */
  private int position(Submission submission) {
    Parcel parcel = waiting.get(submission.message.id());
    return parcel == null ? -1 : parcel.position(submission.message.id());
  }

  private Step step(List<Submission> batch) {
    Step step = new Step();
    List<Message> sent = new ArrayList<>();
    told(batch).forEach((parcel, messages) -> {
      Set<Integer> leaving = new HashSet<>();
      Map<Integer, Item> changed = new HashMap<>();
      messages.forEach((position, message) -> {
        if (isAccepted(message)) leaving.add(position);
        else changed.put(position, message);
      });
      leaving.forEach(position -> sent.add(messages.get(position)));
      step.amend(parcel, leaving, changed);
    });
    settlement.sent(step, sent);
    return step;
  }

  /** What is known now of each message, by its parcel and position. */
  private Map<Parcel, Map<Integer, Message>> told(List<Submission> batch) {
    Map<Parcel, Map<Integer, Message>> told = new LinkedHashMap<>();
    for (Submission submission : batch) {
      int position = position(submission);
      if (position < 0) continue;
      Parcel parcel = waiting.get(submission.message.id());
      Map<Integer, Message> there = told.computeIfAbsent(parcel, p -> new HashMap<>());
      Message before = there.getOrDefault(position, parcel.message(position));
      there.put(position, before.withParts(accepted(before.parts(), submission.parts())));
    }
    return told;
  }

  /** The segments with what was accepted by either; as before if the text was cut otherwise meanwhile. */
  private static List<Segment> accepted(List<Segment> before, List<Segment> said) {
    if (before.isEmpty()) return said;
    List<Segment> both = new ArrayList<>(before);
    for (int i = 0; i < both.size() && before.size() == said.size(); i++) if (both.get(i).carrierIds().isEmpty()) both.set(i, said.get(i));
    return both;
  }

  private static boolean isAccepted(Message message) {
    return message.parts().stream().noneMatch(part -> part.carrierIds().isEmpty());
  }

  /** What somebody else has claimed or changed meanwhile is his; all else is tried again. */
  private void settled(AsyncResult<Void> done, Batch batch, Step step) {
    if (done.succeeded()) awaiting.add(step.puts());
    batch.answered.forEach(awaiting::expectNoMore);
    if (done.succeeded()) {
      batch.told();
      batch.answered.forEach(this::forgetIfSent);
    } else {
      log.warn("link {}: {} late answers did not take effect: {}", link, batch.answered.size(), done.cause().toString());
      telling.addAll(0, batch.telling);
      if (done.cause() instanceof LeaseLost lost) waiting.values().removeAll(lost.parcels());
      else rest();
      batch.answered.forEach(this::take);
    }
    soon.ask();
  }

  private void forgetIfSent(Submission submission) {
    waiting.computeIfPresent(submission.message.id(), (id, parcel) -> parcel.position(id) < 0 ? null : parcel);
  }

  private void rest() {
    resting = true;
    context.owner().setTimer(REST_MS, t -> {
      resting = false;
      commit();
    });
  }

  /** The link has no bind any more, and does not open again: no more answers will come. */
  Future<Void> end() {
    return committing.transform(done -> last()).transform(done -> last()).transform(done -> {
      ended = true;
      return slot == null ? Future.succeededFuture() : slot.close();
    });
  }

  /** What came during a commit, and what that put back. */
  private Future<Void> last() {
    resting = false;
    commit();
    return committing;
  }
}
