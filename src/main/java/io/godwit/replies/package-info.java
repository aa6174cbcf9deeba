/**
 * The way back: the handlers {@code optout} and {@code replypath}, and the stage that understands what handsets send.
 *
 * <p>What concerns one handset lives in one set, its {@link io.godwit.replies.Homes home}, whichever sets its messages live in:
 * <pre>
 * conversations  {_id: handset/message, handset, number, account, message, open, at, until,    which number stands for which message
 *                 look | sent | unsent}
 * mo_parts       {_id: from/to/ref/total, at, parts: {seq: {id, text}}, winner, before}        parts of long messages, until all are there
 * mo_seen        {_id: hash, message, at}                                                      so that a carrier's repeat is known
 * optouts        (control set) {_id: account/number[/sender], …}                               who said STOP; each other set has a copy, which its messages ask
 * </pre>
 * All are written by idempotent upserts keyed by the message, before the unit of work that they belong to: a message that
 * is shown again after a crash finds what it wrote.
 *
 * <h2>A number for a unique reply</h2>
 * A unique index lets a number stand open for one message only, for one handset. A message takes, of its account's pool, a free number, the
 * one taken longest ago; when none is free, the open one taken longest ago is taken over, and its earlier message stays a
 * candidate until its time is over: a reply then answers the latest and names the others.
 * <pre>
 *   taken ─── look: when its message's trail is read next; whenever its age has doubled, at least every half hour
 *     ├─ SENT (or later, or UNKNOWN) ──▶ sent, until = sent + 72 h: what comes after that answers nothing, and the number is free
 *     └─ final without ────────────────▶ unsent, until = its end + 24 h: nothing answers it; the number is free, but rests
 * </pre>
 * {@link io.godwit.replies.Settler} writes both, from the trails: the stages know nothing of paths, and a crash delays what it records
 * but loses nothing. A reply may be faster than that, so that a path whose message's fate is not recorded yet can be answered. A
 * resting number is taken only when no rested one is free, but before an open one is taken over: better a short rest than an ambiguous reply.
 *
 * <h2>An inbound message</h2>
 * parts are joined → repeats are dropped → the path says what it answers, or the number whose it is → STOP and START are obeyed → one unit of
 * work: it leaves its parcel, RECEIVED, and REPLIED for the message it answers if that lives in the same set. (A message of another set is
 * not told: units of work do not cross sets. The RECEIVED event names it, so that reports and webhooks miss nothing.) A part that waits for others
 * waits as a parcel that falls due: the invariant of one parcel a message holds for it, too.
 *
 * <p>While a store does not answer, a message waits; on which anything else fails, three times alone, is a dead letter without an event: it has its first one
 * when it is understood. A retry tries that again; who drops it has it RECEIVED for nobody.
 */
package io.godwit.replies;
