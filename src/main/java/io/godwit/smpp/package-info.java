/**
 * The SMPP protocol, both sides of it, of version 3.4 and for peers of 3.3 and 5.0, without blocking and without knowing what Godwit uses it for.
 *
 * <pre>
 *   NetSocket ── PduChannel (frames, coalesced writes) ── PduCodec (Cloudhopper's PDUs) ── SmppSession ── SessionHandler (yours)
 *                                                               Requests, SubmitWindow ──┘ └── SessionClock (one timer)
 * </pre>
 *
 * <p>{@link io.godwit.smpp.SmppClient} binds to an SMSC, {@link io.godwit.smpp.SmppServer} accepts ESMEs; both give a
 * {@link io.godwit.smpp.SmppSession}. Its states:
 *
 * <pre>
 *   OPEN ── bind answered with 0 ──▶ BOUND ── unbind(), or the peer's unbind ──▶ UNBINDING ── drained, or its time over ──▶ CLOSED
 *     └── refused, timed out ──────────┴── disconnected, garbage, not alive, close() ─────────────────────────────────────▶ ┘
 * </pre>
 *
 * <p>An unbind of the peer is answered when all that he asked is, and on a client when all that we asked is, too: a carrier that unbinds, as for its upkeep, answers the
 * window first, and what it does not answer in that time is in doubt.
 *
 * <p>Cloudhopper's own sessions block on a full window and on every write, have no maximum PDU length and forget requests in
 * flight at close; ours on a NetSocket carry ten times as much. Its PDU classes and transcoder are good and stay.
 *
 * <p>{@link io.godwit.smpp.Receipt}, {@link io.godwit.smpp.CarrierId} and {@link io.godwit.smpp.Part} read what carriers send,
 * leniently: what cannot be understood is kept as it is, and nothing throws.
 */
package io.godwit.smpp;
