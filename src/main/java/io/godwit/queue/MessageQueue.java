package io.godwit.queue;

import io.godwit.message.Lane;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;

/**
 * The durable queue of one set: parcels wait in named queues until a stage has taken them, decided, and committed what
 * follows. From ACCEPTED until its final status, a message is in exactly one parcel and not marked as gone there.
 *
 * <p>Every implementation passes the same contract suite. Futures complete on the caller's context.
 */
public interface MessageQueue {
  /** The number of the replica set. */
  int set();

  /** Milliseconds since 1970, by the queue's clock. */
  long now();

  /** A new id for a message, a receipt or a parcel. */
  String newId();

  /** Whether this process's life in the set was confirmed a moment ago. */
  boolean isTrusted();

  /** Whether the parcel, as far as this process knows, is still leased to it. */
  boolean holds(Parcel parcel);

  /** Whether the holder of the parcel may act outside on it: it is not known to be lost, and was confirmed a moment ago. */
  boolean isTrusted(Parcel parcel);

  /**
   * Opens a sequence of steps on the caller's context, with an allotment of its own.
   *
   * @param kind what it is for: up to its first dash the name under which its units of work are counted; any number of slots may be of one kind
   */
  Slot openSlot(String kind);

  /** From now on the stage is offered, handed and woken for what is put into its queue. */
  void attach(Consumer consumer);

  void detach(Consumer consumer);

  /** From now on it is told how messages end by steps of this process. */
  void follow(Endings endings);

  /**
   * Lets a stage of this process commit the step together with what follows from the parcels that it puts, if one takes them all.
   *
   * @return null when none does; a failed Future when that took no effect
   */
  Future<Void> absorb(Step step);

  /**
   * Leases ready parcels, in order of lane and rank.
   *
   * @param last the last lane to look into: {@link Lane#ALERT} leaves the bulk where it is
   * @param most at most so many parcels
   * @param tryable so many from each one's front may then be submitted to a carrier; 0 for stages that submit nothing
   */
  Future<List<Parcel>> claim(String queue, Lane last, int most, int tryable);

  /** The same in all lanes. */
  default Future<List<Parcel>> claim(String queue, int most, int tryable) {
    return claim(queue, Lane.BULK, most, tryable);
  }

  /**
   * Leases ready parcels, of any stage before the carrier or of notices, in which an item's validity has ended: what nobody else would
   * take while its link is down, or its customer away.
   */
  Future<List<Parcel>> claimExpired(int most);

  /**
   * Ready parcels of one lane as they are stored, in order of rank; not leased.
   *
   * @param from the lowest rank to look at
   * @param except ids of parcels to pass over, as those of that rank that were seen already
   */
  Future<List<Parcel>> waiting(Context context, String queue, Lane lane, long from, Collection<String> except, int most);

  /**
   * How far behind the clock the front of a link's lane was at the last poll, milliseconds: whoever comes now would wait so much too long if his
   * rank were the clock's. 0 while nothing waits there.
   */
  long lag(String queue, Lane lane);

  /**
   * Returns held parcels to their queues at once, for a stage that stops.
   *
   * @param submitted whether what is unsettled below their watermark may have been submitted by us; what an earlier holder
   *     may have submitted stays unknown in any case
   */
  Future<Void> giveBack(Collection<Parcel> parcels, boolean submitted);

  /** Parcels that hold a segment with one of these keys (see {@link io.godwit.message.Segment}), as they are stored; not leased. */
  Future<List<Parcel>> awaiting(Context context, Collection<Long> keys);

  /** The parcel in which the message is, as it is stored; null when it is in none. Not leased. */
  Future<Parcel> holding(Context context, String messageId);

  /**
   * Parcels before the carrier that hold messages of a batch, as they are stored, in order of their own ids; not leased.
   *
   * @param after id of the last parcel that was seen; "" from the first on
   */
  Future<List<Parcel>> ofBatch(Context context, String batch, String after, int most);

  /** What follows the prefix in the names of the queues in which something was ready at the last poll: of {@code link.}, links. Empty before the first. */
  List<String> ready(String prefix);

  /** How many parcels a queue holds, by state, and since when the oldest ready one waits. */
  Future<List<Depth>> depths(Context context);

  /**
   * How full one queue is.
   *
   * @param oldest id of the lowest ready parcel, which tells its age; null when none is ready
   */
  record Depth(String queue, String state, long parcels, long messages, String oldest) { }

  /** Stops polling and sweeping, and returns whatever is leased to this process. */
  Future<Void> close();
}
