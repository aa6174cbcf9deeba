package io.godwit.queue;

import io.godwit.message.Event;
import io.godwit.message.Item;
import io.godwit.message.Lane;
import io.godwit.message.Limits;
import io.godwit.message.Message;
import io.godwit.message.Notice;
import io.godwit.store.UnitOfWork;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Everything that follows from the parcels that a stage took, said in the queue's words; {@link Slot#commit} makes all of it
 * true at once or none of it. A value: building it changes nothing.
 */
public final class Step {
  final Set<Parcel> finished = new HashSet<>();
  final Map<Parcel, Settlement> settled = new LinkedHashMap<>();
  final Map<Parcel, Amendment> amended = new LinkedHashMap<>();
  final Map<Parcel, Long> returned = new LinkedHashMap<>();
  final List<Parcel> puts = new ArrayList<>();
  final List<Event> events = new ArrayList<>();
  /** Not in parcels yet; see {@link #pack}. */
  final List<Notice> notices = new ArrayList<>();
  final List<Endings.Ending> endings = new ArrayList<>();
  final List<DeadLetter> dead = new ArrayList<>();
  final Map<String, Long> money = new HashMap<>();
  final List<Consumer<UnitOfWork>> extras = new ArrayList<>();

  /** What leaves a held parcel, and how far its holder may have submitted. */
  record Settlement(Set<Integer> positions, int tried) { }

  /** What leaves a parcel that nobody holds, and what is changed in it. */
  record Amendment(Set<Integer> positions, Map<Integer, Item> changed) { }

  /** The held parcel leaves whole. */
  public Step finish(Parcel parcel) {
    finished.add(parcel);
    return this;
  }

  /** The items at these positions leave the held parcel; the rest stays leased to us, and may be submitted up to {@code tried}. */
  public Step settle(Parcel parcel, Set<Integer> positions, int tried) {
    settled.put(parcel, new Settlement(positions, tried));
    return this;
  }

  /**
   * The items at these positions leave a parcel that we do not hold, as it was put or read by {@link MessageQueue#awaiting}; others are replaced. It
   * gets a new token, so that whoever holds it by now reads it again. This view of it shows the outcome and may be amended once more, unless it
   * was leased when it was read.
   */
  public Step amend(Parcel parcel, Set<Integer> positions, Map<Integer, Item> changed) {
    amended.put(parcel, new Amendment(positions, changed));
    return this;
  }

  /**
   * The held parcel goes back to its queue as it is; we have submitted nothing of it.
   *
   * @param at when it is due again, milliseconds since 1970; 0 = at once
   */
  public Step giveBack(Parcel parcel, long at) {
    returned.put(parcel, at);
    return this;
  }

  public Step put(Parcel parcel) {
    puts.add(parcel);
    return this;
  }

  public Step event(Event event) {
    events.add(event);
    return this;
  }

  /** The last event of a message, and with it the notice to its sender, if he wants one: told by the same commit, or not at all. */
  public Step end(Message message, Event last) {
    Notice notice = Notice.ofEnd(message, last);
    if (notice != null) tell(notice);
    endings.add(new Endings.Ending(message, last));
    return event(last);
  }

  /** A customer is to be told, whoever of his receivers is bound where. */
  public Step tell(Notice notice) {
    notices.add(notice);
    return this;
  }

  /** Puts the notices into parcels, by account; called by the slot that commits the step. What was packed stays packed. */
  void pack(MessageQueue queue) {
    if (notices.isEmpty()) return;
    Map<String, List<Notice>> byAccount = new LinkedHashMap<>();
    for (Notice notice : notices) byAccount.computeIfAbsent(notice.message().account(), a -> new ArrayList<>()).add(notice);
    notices.clear();
    byAccount.forEach((account, theirs) -> {
      for (int from = 0; from < theirs.size(); from += Limits.NOTICE_PARCEL) {
        List<Notice> some = theirs.subList(from, Math.min(theirs.size(), from + Limits.NOTICE_PARCEL));
        put(Parcel.of(queue.newId(), Parcel.deliver(account), Lane.BULK, queue.now(), 0, some));
      }
    });
  }

  /** Keeps what no stage could settle; that it leaves its parcel is said apart. */
  public Step deadLetter(Item item, String queue, String why, long at) {
    dead.add(new DeadLetter(item, queue, why, at));
    return this;
  }

  /** Changes the slot's allotment: positive is released into it, negative is reserved from it. Micro-units. */
  public Step money(String account, long amount) {
    if (amount != 0) money.merge(account, amount, Long::sum);
    return this;
  }

  /** Further writes of the same transaction, on documents that no other slot writes. */
  public Step also(Consumer<UnitOfWork> writes) {
    extras.add(writes);
    return this;
  }

  /**
   * What these steps and, after them, this one say, as one: this one was decided about the parcels that they put, before these were ever stored.
   *
   * @throws IllegalStateException if it does not finish each of them
   */
  public Step after(List<Step> firsts) {
    Step all = new Step();
    firsts.forEach(all::add);
    Set<Parcel> fresh = new HashSet<>(all.puts);
    all.puts.clear();
    if (!finished.containsAll(fresh)) throw new IllegalStateException("not all of " + fresh + " are finished");
    all.add(this);
    all.finished.removeAll(fresh);
    return all;
  }

  private void add(Step other) {
    finished.addAll(other.finished);
    settled.putAll(other.settled);
    amended.putAll(other.amended);
    returned.putAll(other.returned);
    puts.addAll(other.puts);
    events.addAll(other.events);
    notices.addAll(other.notices);
    endings.addAll(other.endings);
    dead.addAll(other.dead);
    other.money.forEach(this::money);
    extras.addAll(other.extras);
  }

  /** The parcels that this step takes to be leased to us. */
  Set<Parcel> held() {
    Set<Parcel> held = new HashSet<>(finished);
    held.addAll(settled.keySet());
    held.addAll(returned.keySet());
    return held;
  }

  public boolean isEmpty() {
    return finished.isEmpty() && settled.isEmpty() && amended.isEmpty() && returned.isEmpty() && puts.isEmpty() && events.isEmpty()
      && dead.isEmpty() && money.isEmpty() && extras.isEmpty();
  }

  /** About how many messages it is about. */
  int messages() {
    int told = (int) events.stream().map(Event::id).distinct().count();
    return Math.max(told, puts.stream().mapToInt(Parcel::size).sum());
  }

  public List<Event> events() {
    return events;
  }

  public List<Parcel> puts() {
    return puts;
  }

  /** Changes of money that this step makes, by account: for the books that the slot keeps in memory. */
  public Map<String, Long> money() {
    return money;
  }
}
