/**
 * Communication with carriers' SMSCs, and what becomes of a message after it was submitted.
 *
 * <pre>
 *   "link.ID" ──▶ Outbox ──▶ Link (pump: window, rate, budget) ──submit_sm──▶ carrier
 *                   ▲                                                            │ submit_sm_resp
 *                   └── Settlement: SENT, FAILED, RETRIED, UNKNOWN ◀─ Submission ┘
 *                                │ SENT
 *                                ▼                                     deliver_sm
 *                           "await.ID" ◀── Receipts ◀── "receipt" ◀── Inbox ◀──┘ (answered after its commit)
 *                                │ no receipt in its time
 *                                ▼
 *                             Overdue: UNKNOWN
 * </pre>
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
