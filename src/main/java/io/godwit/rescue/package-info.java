/**
 * What runs on any worker so that nothing is forgotten: messages whose validity ends while their link is down, messages that were never tried
 * of a link that has been down, or throttled, for its {@code failoverAfter}, messages that a
 * carrier has refused for now too often, and the allotments of dead processes. The queue's own upkeep
 * (leases of the dead, what is due) is the room {@code queue}'s.
 */
package io.godwit.rescue;
