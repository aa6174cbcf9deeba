/**
 * What runs on any worker so that nothing is forgotten: messages whose validity ends while their link is down (EXPIRED, or UNKNOWN if they may have been sent), messages that were never tried
 * of a link that has been down, or throttled, for its {@code failoverAfter}, or is not configured any more, messages that a
 * carrier has refused for now too often, and the allotments of dead processes. The queue's own upkeep (leases of the dead, what is due) is the room
 * {@code queue}'s.
 *
 * <p>A message that was refused for now {@code failoverTries} times, the last time for its own sake and not by throttling, and of which the carrier has no segment, is put by its
 * link into the queue {@link io.godwit.queue.Parcel#DETOUR}. {@code Refusals} takes it from there to another link of its route, with a new price and a second ROUTED
 * event, or back for the next try. Its tries go on counting, so that two carriers that both refuse it are asked with growing pauses.
 */
package io.godwit.rescue;
