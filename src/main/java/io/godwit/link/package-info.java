/**
 * Communication with carriers' SMSCs, and what becomes of a message after it was submitted.
 *
 * <pre>
 *   "link.ID" ──▶ Outbox ──▶ Link (pump: window, rate, budget) ──submit_sm──▶ carrier
 *                   ▲                                                            │ submit_sm_resp
 *                   └── Settlement: SENT, FAILED, RETRIED, UNKNOWN ◀─ Submission ┘
 *                                │ SENT
 *                                ▼                          data_sm or deliver_sm
 *                           "await.ID" ◀─────── Meeting, in memory ◀── Inbox ◀─┘ (answered after its commit)
 *                             │     ▲                                    │ not known here
 *      no receipt in its time │     └─ Meeting ◀─ Receipts ◀─ "receipt" ◀┘
 *                             ▼                      │ found nothing for five minutes
 *                          Overdue: UNKNOWN          └▶ "stranger" ─▶ Strangers: LATE_RECEIPT, or a dead letter
 * </pre>
 *
 * <p>A receipt never waits for being understood: it is stored, answered, and met with its message by {@code Receipts}. The short way is for what
 * this process has sent itself: {@code Awaiting} remembers the await parcels that the outbox put, the inbox settles receipts with them in the
 * very unit of work that makes the receipts durable, and a token that somebody else has renewed makes it fail and go the long way. It closes no
 * failure case and saves a unit of work, a parcel and a read for each message; what a carrier may find slow is bounded by the size of a batch.
 *
 * <p>A receipt for a message that has ended is late: a side event, and nothing else. Where the process that ended it sees it again it knows so from memory
 * ({@code Carriers}); elsewhere, or after a restart, {@code Strangers} reads it out of the events, without haste. An index of carriers' names would tell at once, and
 * cost an entry a message; so late receipts that come to strangers are noted after five minutes. The search has 20 seconds at a time, from the latest pages
 * back; what it does not reach, or what comes while it rests, ends as a dead letter of the queue {@code receipt}.
 *
 * <p>What may be sent twice is bounded. A message is submitted only where its parcel's {@code tried}, stored before, covers it,
 * and only while the process's heartbeat is fresh. At most {@code unsettledMax} messages a bind are covered and not settled. Who
 * takes over a parcel treats what is covered and still there as unknown: sent again after a while, or UNKNOWN, as the account
 * says; what is not covered was certainly not sent. The same holds for what was not answered in its time. An answer that comes after all, before the next try,
 * settles it without a copy ({@code LateAnswers}); one that comes later is told in the trail, as TAKEN, and changes nothing. So is, of a long message that ends without
 * being sent as a whole, what the carrier took of it: receipts for either are late ones. What may have been sent and cannot be tried again, since its validity ends first
 * or it cannot be written any more, is UNKNOWN, and billed. Where the carrier refuses the next try for good, that tells of the first, too: FAILED.
 *
 * <p>FAILED and EXPIRED is what was surely not sent as a whole. It costs nothing, unless the carrier took a part of it ({@code Unsent}): that is on the air, and
 * billed as if all of it had been sent, at the whole price, unless all buyers of its chain pay for what is delivered or get back what failed. Over a link without receipts SENT is billed to
 * everybody, and so is that.
 *
 * <p>Binds are seats: one document a bind in the control set, held by a living process. {@link io.godwit.link.LinkVerticle} takes free seats;
 * {@link io.godwit.link.AwaitVerticle} runs the stages behind the carrier.
 *
 * <p>Seats are spread ({@code Shares}, {@code Sharing}): each process that runs this room says so in its incarnation's document, and has as many seats of a link as any other,
 * give or take one. While one lacks a seat, the one with most gives one back, no more before that is bound there: nothing more is submitted over it, and when the last
 * answer has come it unbinds; whoever lacks one takes it at his next look. No seat stays empty for the sake of that. Who has had no session of a link for a minute
 * while another has one, or was refused for good then (a carrier may not know the address of a second machine), leaves its seats to others and is not counted for an hour, or until
 * the link is configured otherwise or stopped, unless no other has been bound for a minute. Where nobody is for so long, and a process holds no seat of the link, those that do, and
 * were not refused for good, leave theirs and are not counted for a minute: each has its turn. A seat that nobody takes for ten seconds is anybody's, and who took it keeps it for ten minutes.
 *
 * <p>What an operator configures of a link is a {@link io.godwit.link.LinkConfig}; the README has the table. A message's segments are fixed, and priced,
 * at intake, as GSM 7 bit or UCS-2 behind 8-bit headers. How they are written is the link's ({@link io.godwit.message.TextForm}): the first of its default
 * alphabet, Latin-1 if it wants that, and UCS-2 that has all characters and needs no more segments. A link for which there is none is not eligible:
 * routing passes over it, and refuses the message as {@code segments-exceeded} when its route has no other; where the link was changed after routing,
 * the message FAILS there with the same code.
 *
 * <p>A refusal for now leaves the message to be tried again after a pause, that doubles; each {@code failoverTries} times another link of its route is asked for it first (the room
 * {@code rescue}). A bind that the carrier refuses for good (system_id, password, system_type) is not tried again until the link is configured otherwise, or stopped and
 * started: carriers lock whoever goes on asking. One that is refused for now, or lost, is bound again after a pause ({@code Pauses}): half a second, doubling to half a
 * minute, each spread by half of it either way; the first again once a bind has lived for half a minute.
 *
 * <p>What an operator wants of a link ({@link io.godwit.link.Order}) is an entry of its own beside that:
 * <pre>
 *   order   bound  submits  new messages          what waits
 *   run     yes    yes      yes                   is sent
 *   drain   yes    yes      over other links [1]  is sent
 *   pause   yes    no       over other links [1]  is given back, waits, and goes over others after failoverAfter
 *   stop    no     no       over other links [1]  is given back, waits, and goes over others after failoverAfter
 *   [1] while one of the route sends; else they come here, and are sent (drain) or wait
 * </pre>
 * Every process hears of a change within half a second. What needs no other bind (rate, window, texts, errors, times, …) holds from the next message on.
 * For anything else, and for {@code stop}, a link retires: it submits no more, gives back what it has not submitted, waits for every answer as long as
 * for any, commits, and only then unbinds; so nothing is lost, and nothing is sent twice. While a link is not bound no receipts come; carriers keep them.
 */
package io.godwit.link;
