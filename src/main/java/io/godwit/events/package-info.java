/**
 * What happened to every message: the audit trail, and the source of reports and books.
 *
 * <p>An {@link io.godwit.message.Event} is an immutable fact about one message. Stages do not write events by themselves: they
 * put them into their step, and {@link io.godwit.events.EventStream} adds them to its unit of work, so that a fact is stored
 * if and only if what follows from it is.
 *
 * <pre>
 *   collection events_20261123          one a UTC day, by the day of writing
 *     page {_id, ts, at, by, k, e}      up to 200 events, inserted once, never changed
 *            |   |   |   |   |  +-- the events: {id, n, type, at, …}
 *            |   |   |   |   +----- the distinct milliseconds of their messages' ids: the index that finds a trail
 *            |   |   |   +--------- the incarnation that wrote it
 *            |   |   +------------- its clock
 *            |   +----------------- MongoDB's, for readers that follow the stream; pages may become visible out of its order
 *            +--------------------- the same on every attempt: a page is never stored twice
 * </pre>
 *
 * <p>A message's life in events, each of which makes the status that users see; what the arrows end in on the right is final:
 *
 * <pre>
 *   ACCEPTED or SCHEDULED --&gt; ROUTED ------&gt; SENT --&gt; DELIVERED, UNDELIVERABLE    as the receipts say
 *            |               |     ^          |            (a link without receipts: SENT is the end)
 *            |               v     |          +-----&gt; UNKNOWN                   no receipt in its time
 *            |              RETRIED, again and again, or ROUTED anew over another link (instead: the first)
 *            |                     |
 *            |                     +----------------&gt; FAILED                    the carrier, or the link, said no for good: also at the first try
 *            |                     +----------------&gt; UNKNOWN                   the answer was lost, and may not be or was in vain asked for again
 *            +--------------------------------------&gt; REFUSED                   by a handler: blocked, opted out, no route, no credit
 *            anywhere before SENT ------------------&gt; EXPIRED, CANCELLED        but what may have been sent: UNKNOWN
 *            anywhere ------------------------------&gt; DEAD                      it could not be handled; REVIVED by an operator, it goes on
 *   RECEIVED                                          a message from a handset: at once the end
 * </pre>
 *
 * <p>{@code n} counts the events of a message's main chain from 1: it is the order, a gap is a loss, a repeat a double commit.
 * Side events (n = 0) stand beside the chain. {@link io.godwit.events.Trail} reads the events of one message back,
 * {@link io.godwit.events.MessageState} folds them into what a user is shown. {@link io.godwit.events.Sendings} finds a message by its carrier's name for it, slowly.
 *
 * <p><b>Old days</b> are taken away by {@link io.godwit.events.Archive}:
 *
 * <pre>
 *   collection --- write, fsync, read back, compare ---&gt; files under names of their own
 *        |     --- what still waits ------------------&gt; carried   (counts only when the day is archived)
 *        |                                              files under their real names, the manifest last
 *        |     --- document in "archive" -------------&gt; from here on the day is its files
 *        +---- ten minutes later: dropped, with the files at hand and nothing written since
 * </pre>
 *
 * It may die between any two of these. Whoever reads asks {@link io.godwit.events.ArchivedDays}, never whether a collection is there; a
 * snapshot sees the step from one to the other at one moment. Days are archived without a gap from the oldest on. What an archived day did to
 * accounts is summed up in its manifest, so that the books can be checked without reading it.
 *
 * <p>Reading order: {@link io.godwit.events.EventStream}, {@link io.godwit.events.Trail}, {@link io.godwit.events.MessageState}, {@link io.godwit.events.Archive}.
 *
 * <p>What is authoritative: the pages, in collections and files. Parcels say where a message waits, not what became of it; the reporting database is a
 * copy that can be rebuilt from here.
 */
package io.godwit.events;
