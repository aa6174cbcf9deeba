/**
 * The replica sets: how Godwit connects to one, lives in it, and changes it.
 *
 * <p>{@link io.godwit.store.MongoSet} is one set with the settings that make an acknowledged write survive (majority, journal).
 * {@link io.godwit.store.Sets} are all of them; the first is the control set. Nothing ever spans two sets in one transaction.
 *
 * <p><b>A change</b> is a {@link io.godwit.store.UnitOfWork}, run by a {@link io.godwit.store.CommitSlot}:
 *
 * <pre>
 *   begin -&gt; inserts -&gt; updates and deletes, each must hit -&gt; commit --------------------------&gt; done
 *     ^        |               |            |                  |  ^  unknown: ask again   |
 *     |        |               | passing    | too few hits     |  +----------------------+
 *     |        | duplicate id  | trouble    v                  | known to be aborted
 *     |        | (2nd attempt) |          Fenced: no effect    |
 *     +--------+---------------+-------------------------------+
 *              majority write first: seen again after it, an earlier attempt did commit = done
 * </pre>
 *
 * All attempts write the same documents under the same ids, so that a second effect is impossible; a unit that inserts nothing
 * signs a mark of its slot instead, which says the same. Nobody is answered before
 * the outcome is known. One slot runs one unit at a time; different slots write different documents, or they abort each other.
 * What may be too much for one transaction has a bound on the attempts that take too long, after which it is given up.
 *
 * <pre>
 *   begin a life --&gt; alive: beats every 2 s, and is watched ------ clean stop: marks itself dead --------&gt; dead: what it holds is free
 *        ^             |                                                                                 ^
 *        |             +-- its counter stands still over five looks: buried by another, who ends its transactions
 *        |                                                                       |
 *        +---------------- its next beat matches nothing: it drops all it holds -+   (if it still runs)
 * </pre>
 *
 * <p><b>A life</b> is an {@link io.godwit.store.Incarnation}: a number, and a document there whose counter it beats. Everybody
 * watches everybody: a counter that stands still over five looks, each a beat after the other, is buried by an update that
 * still matches it, and its slots' transactions are ended. Wall clocks decide nothing. While one of its event loops stands still ({@code Loops}) a process
 * does not beat: others take over what waits there. A process that finds itself buried
 * begins a new life under a new number and tells those who hold things there ({@link io.godwit.store.MongoSet#onRebirth}).
 * What is authoritative is the document, not what the process believes; between death and its discovery the process is held
 * in check by {@link io.godwit.store.Incarnation#isTrusted}: no acknowledged beat, no effect outside.
 *
 * <p><b>Whether new work goes there</b> is another question ({@code Pulse}), asked at once and not after an election:
 *
 * <pre>
 *           an answer fails as a primary's that is gone; a beat takes longer than a second
 *   good ------------------------------------------------------------------------------------&gt; in doubt: unkeyed submissions go to other sets
 *     ^                                                                                           |      |  no beat is acknowledged for five seconds
 *     +---- a beat that was asked for after the doubt is acknowledged ----------------------------+      v
 *                                                                        not trusted: nothing is claimed, or sent of what is held
 * </pre>
 *
 * A set that is drained ({@link io.godwit.store.Sets#drain}) takes nothing new, either, and what is in it goes on.
 *
 * <p>{@link io.godwit.store.Mongo} turns the driver's publishers into futures on the caller's context, {@link io.godwit.store.Deadline} bounds them,
 * {@link io.godwit.store.Snapshot} reads a set as it was at one moment, {@link io.godwit.store.Duty} says who does what one process does for all.
 *
 * <p>Reading order: {@link io.godwit.store.MongoSet}, {@link io.godwit.store.UnitOfWork}, {@link io.godwit.store.CommitSlot}, {@link io.godwit.store.Incarnation}, {@code Pulse},
 * {@link io.godwit.store.Sets}.
 */
package io.godwit.store;
