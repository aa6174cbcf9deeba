/**
 * Communication with carriers' SMSCs, and what becomes of a message after it was submitted.
 *
 * <pre>
 *   "link.ID" ──▶ Outbox ──▶ Link (pump: window, rate, budget) ──submit_sm──▶ carrier
 *                   ▲                                                            │ submit_sm_resp
 *                   └── Settlement: SENT, FAILED, RETRIED, UNKNOWN ◀─ Submission ┘
 *                                │ SENT
 *                                ▼                                     deliver_sm
 *                           "await.ID" ◀─────── Meeting, in memory ◀── Inbox ◀─┘ (answered after its commit)
 *                             │     ▲                                    │ not known here
 *      no receipt in its time │     └─ Meeting ◀─ Receipts ◀─ "receipt" ◀┘
 *                             ▼
 *                          Overdue: UNKNOWN
 * </pre>
 *
 * <p>A receipt never waits for being understood: it is stored, answered, and met with its message by {@code Receipts}. The short way is for what
 * this process has sent itself: {@code Awaiting} remembers the await parcels that the outbox put, the inbox settles receipts with them in the
 * very unit of work that makes the receipts durable, and a token that somebody else has renewed makes it fail and go the long way. It closes no
 * failure case and saves a unit of work, a parcel and a read for each message; what a carrier may find slow is bounded by the size of a batch.
 *
 * <p>What may be sent twice is bounded. A message is submitted only where its parcel's {@code tried}, stored before, covers it,
 * and only while the process's heartbeat is fresh. At most {@code unsettledMax} messages a bind are covered and not settled. Who
 * takes over a parcel treats what is covered and still there as unknown: sent again after a while, or UNKNOWN, as the account
 * says; what is not covered was certainly not sent.
 *
 * <p>Binds are seats: one document a bind in the control set, held by a living process. {@link io.godwit.link.LinkVerticle} takes free seats;
 * {@link io.godwit.link.AwaitVerticle} runs the stages behind the carrier.
 */
package io.godwit.link;
