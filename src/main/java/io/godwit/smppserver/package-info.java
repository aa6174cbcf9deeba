/**
 * The customers' SMPP server: a door like {@code submission}, in the words of SMPP 3.4. What REST takes is taken here, by the same
 * {@link io.godwit.intake.Intake}, under the same ids and prices; and what becomes of it comes back as deliver_sm.
 *
 * <pre>
 *   customer ══ Esme ── Door (system_id, password, address, binds) ── Customer (an account's sessions, its throttle, its pump)
 *                 │                                                        ▲ next
 *                 ├─ submit_sm ─▶ SubmitReader ─▶ Submits ─▶ Intake        │
 *                 └─ query_sm, cancel_sm ─▶ Queries ─▶ Finder           Mailbag ◀── "deliver.ACCOUNT" ◀── whoever ends a message
 *                                                                          │ told
 *                                                                        Post: one unit of work for many answers
 * </pre>
 *
 * <h2>What is durable when</h2>
 * A submit is answered after the commit that makes it durable. A notice ({@link io.godwit.message.Notice}: a receipt, or a message from a handset) is put into the
 * queue {@code deliver.ACCOUNT} by the same step as the event that it tells of ({@link io.godwit.queue.Step#end}): settlement of a link, receipts, overdue
 * messages, refusal by a worker, expiry, cancellation, the inbound stage. It leaves that queue when a receiver has answered for it, with a NOTIFIED event. So
 * a notice is told at least once: a crash between the answer and its commit tells it twice. It waits for any receiver or transceiver of the account on any
 * node, or for one that takes it, at most 48 hours; then a receipt is dropped, and a reply becomes a dead letter. The parts of a long reply go to one session; where
 * that ends before all are answered, another one is told the whole of it.
 *
 * <h2>Who may bind</h2>
 * As of SMPP 3.3, 3.4 or 5.0: one of interface_version below 0x34 is sent no optional parameters, but message_payload where it was agreed.
 * Directory entries of kind {@code smpp}, by system_id: {@code {account, password, addresses?, replies?}}; {@code scripts/password} makes the stored form of a
 * password. What was agreed with the account stands in its own entry as {@code smpp: {binds, window, deliverWindow, rate, charset, longReplies, transliterate,
 * replyable, duplicateWindow}} ({@link io.godwit.accounts.SmppTerms}). Binds are counted, and the rate is shared out by those that may submit, over all nodes. Whoever
 * is not welcome any more, by account, password or address, is unbound.
 * <table>
 *   <caption>command_status of a bind</caption>
 *   <tr><td>0x0F INVSYSID</td><td>no such system_id; as late as a wrong password</td></tr>
 *   <tr><td>0x0E INVPASWD</td><td>wrong password: answered late, and the next look from that address (of IPv6: those 64 bits) later</td></tr>
 *   <tr><td>0x05 ALYBND</td><td>the account has as many binds as it may</td></tr>
 *   <tr><td>0x0D BINDFAIL</td><td>address not allowed, account not active, several looks at once from an address that has guessed, more than 100 different ones from any, or the node is
 *   stopping</td></tr>
 * </table>
 *
 * <h2>What is answered to a submit</h2>
 * <table>
 *   <caption>command_status of submit_sm, data_sm and submit_multi, and of query_sm and cancel_sm</caption>
 *   <tr><td>0x00 OK</td><td>durable; the message_id is the one of REST. Of a submit_multi with several destinations it is the batch's</td></tr>
 *   <tr><td>0x0B INVDSTADR, 0x0A INVSRCADR</td><td>no message can be sent there; this cannot be a sender</td></tr>
 *   <tr><td>0x01 INVMSGLEN</td><td>no text, more segments than allowed, or a part that does not fit into one short message behind its header</td></tr>
 *   <tr><td>0x104 INVDCS (SMPP 5.0)</td><td>an alphabet that we do not read: JIS, Korean, pictograms</td></tr>
 *   <tr><td>0x43 INVESMCLASS</td><td>a message type other than the default, or a user data header longer than the message</td></tr>
 *   <tr><td>0xC2 INVPARLEN</td><td>more, or longer, optional parameters of those that are passed on than a message may have ({@link io.godwit.message.Limits#PASSED_TLVS},
 *   {@link io.godwit.message.Limits#PASSED_TLVS_BYTES})</td></tr>
 *   <tr><td>0x61 INVSCHED, 0x62 INVEXPIRY</td><td>no time, past, or later than allowed</td></tr>
 *   <tr><td>0x06 INVPRTFLG, 0x54 INVREPFLAG, 0x63 INVDFTMSGID, 0xC1 OPTPARNOTALLWD</td><td>above 3; replace_if_present; a predefined message; short_message and message_payload</td></tr>
 *   <tr><td>0x33 INVNUMDESTS, 0x34 INVDLNAME</td><td>submit_multi: none or more than 254; distribution lists are unknown</td></tr>
 *   <tr><td>0x58 THROTTLED</td><td>more segments a second than agreed, or more unanswered submits than the window; of query_sm and cancel_sm, more at once than a node takes
 *   of one account or of all ({@link io.godwit.message.Limits#LOOK_UPS_OF_ACCOUNT}, {@link io.godwit.message.Limits#LOOK_UPS},
 *   {@link io.godwit.message.Limits#BATCH_LOOK_UPS_OF_ACCOUNT}, {@link io.godwit.message.Limits#BATCH_LOOK_UPS},
 *   {@link io.godwit.message.Limits#CANCELLATIONS_OF_ACCOUNT}, {@link io.godwit.message.Limits#CANCELLATIONS})</td></tr>
 *   <tr><td>0x45 SUBMITFAIL</td><td>the account, or one above it, has handed in or spent what it may in a day; a text that the alphabet asked for cannot carry</td></tr>
 *   <tr><td>0x14 MSGQFUL, 0x64 RX_T_APPN</td><td>too much waits to be accepted; no store can take it now, or none says whether it repeats another or how the message of a
 *   query_sm or cancel_sm stands: come back. Nothing is stored or changed</td></tr>
 *   <tr><td>0x08 SYSERR</td><td>the node is stopping, or it is not known whether the message was accepted, or taken back</td></tr>
 *   <tr><td>0x13 REPLACEFAIL</td><td>replace_sm: a message cannot be changed; cancel it and submit another</td></tr>
 *   <tr><td>0x67 QUERYFAIL, 0x11 CANCELFAIL, 0x0C INVMSGID</td><td>no such message of this account; too late. QUERYFAIL also where the id is no message's and too many
 *   such are looked for to say whether it is a submit_multi's: ask again</td></tr>
 *   <tr><td>0x00 OK, by the message_id of a submit_multi</td><td>query_sm: ENROUTE while any of its messages is open, else as the first that failed, else as the others, with the
 *   time at which the last one ended. cancel_sm: at least one was taken back, as all are that no carrier may have; else CANCELFAIL</td></tr>
 * </table>
 * {@code data_coding} 0 is the account's charset (GSM 03.38, one septet an octet; Latin-1; ASCII), 1 ASCII, 3 Latin-1, 6 Cyrillic, 7 Hebrew, 8 UCS-2, and the GSM
 * scheme from 0x10 on. UCS-2 stays UCS-2; all else is sent in the cheapest alphabet that carries it. 2, 4 and the 8-bit codings of the GSM scheme are octets: sent as they are,
 * behind the customer's own header if there is one (a WAP push, a vCard to a port), as data_coding 4; wherever a text stands they are in hexadecimal ({@link io.godwit.message.Encoding#BINARY}).
 * Message class 0 is a flash, the other classes are not kept. {@code priority_flag} 2 and 3 are alerts.
 *
 * The {@code qos_time_to_live} of a data_sm is its validity.
 *
 * <p>Optional parameters of vendors go on to the carrier where the operator has named them for account and link ({@link io.godwit.accounts.PassedTlvs}), behind those that
 * are registered there; all others are left out.
 *
 * <p>Where {@code duplicateWindow} (seconds, at most two days) is agreed, a submit with the {@code user_message_reference}, the addresses, the octets, the place
 * in a SAR message, the {@code schedule_delivery_time} and the parameters that are passed on of one that was accepted within it is answered with that one's message_id, whichever node takes
 * it, and nothing is accepted ({@code Repeats}). It costs a read and a commit that is not shared.
 *
 * <p>A part of a long message, by user data header or by SAR TLVs, is a message of its own: its own message_id, price, receipt, and on the air its own header,
 * as whoever cuts his messages himself expects, be it inside a character. Who wants one id and one receipt for a long text sends it whole, in message_payload.
 *
 * <h2>Receipts</h2>
 * {@code registered_delivery} 1 asks for any end, 2 for failures, 3 for successes; intermediate notifications are not sent. The text is that of Appendix B, with
 * the TLVs receipted_message_id and message_state; dates are UTC; {@code err} is the carrier's code where it has three characters, else ours:
 * <table>
 *   <caption>stat and err by status</caption>
 *   <tr><td>DELIVERED</td><td>DELIVRD 000</td></tr>
 *   <tr><td>SENT, over a carrier without receipts</td><td>ACCEPTD 000</td></tr>
 *   <tr><td>TELCO_ERROR</td><td>UNDELIV 108; REJECTD, EXPIRED, DELETED or UNKNOWN where the carrier said so</td></tr>
 *   <tr><td>USER_BLOCKED, OPTED_OUT, NO_ROUTE, NO_CREDIT, REJECTED</td><td>REJECTD 101, 102, 103, 104, 105</td></tr>
 *   <tr><td>EXPIRED, CANCELLED, DEAD, UNKNOWN</td><td>EXPIRED 106, DELETED 107, UNDELIV 109, UNKNOWN 110</td></tr>
 * </table>
 * A deliver_sm answered with RX_P_APPN (0x65) or RX_R_APPN (0x66) is not sent again; after any other error, or no answer in time, it is: after 2 s, doubling to 2 minutes,
 * as long as it waits at all. A session that answers THROTTLED (0x58) or MSGQFUL (0x14) is sent nothing for 1 s, doubling to 30 s until it takes something, and then one at a
 * time, and with each that it takes one more. While all receivers of an account at one instance of the door are left alone, what they were not sent is for those at others.
 *
 * <h2>Transcript</h2>
 * A session of account demo: milliseconds since its beginning, the way (▶ to us), the length, the octets, and below them what they say. The submit_sm_resp comes after the
 * commit; when the deliver_sm_resp has come, NOTIFIED is committed.
 * <pre>
 *      0.000 ▶  33 00000021 00000009 00000000 00000001 64656d6f 00736563 72657400 00340000 00
 *                  bind_transceiver seq 1 system_id demo, password secret, interface_version 0x34
 *     52.706 ◀  26 0000001a 80000009 00000000 00000001 64656d6f 00021000 0134
 *                  bind_transceiver_resp seq 1 status 0x00, system_id demo, TLV sc_interface_version 0x34
 *     53.050 ▶  56 00000038 00000004 00000000 00000002 00050047 6f647769 74000101 34393137 30313233 34353637 00000000 00000100
 *                  00000548 656c6c6f
 *                  submit_sm seq 2 source 5/0 Godwit, dest 1/1 491701234567, data_coding 0, registered_delivery 1,
 *                  short_message Hello
 *     57.309 ◀  43 0000002b 80000004 00000000 00000002 30364832 36424450 39383030 30303030 30343030 30303030 303000
 *                  submit_sm_resp seq 2 status 0x00, message_id 06H26BDP980000000400000000
 *     61.081 ◀ 210 000000d2 00000005 00000000 00000001 00010134 39313730 31323334 35363700 0500476f 64776974 00040000 00000000
 *                  00007b69 643a3036 48323642 44503938 30303030 30303034 30303030 30303030 20737562 3a303031 20646c76 72643a30
 *                  30312073 75626d69 74206461 74653a32 36313132 38313732 3220646f 6e652064 6174653a 32363131 32383137 32322073
 *                  7461743a 44454c49 56524420 6572723a 30303020 74657874 3a48656c 6c6f001e 001b3036 48323642 44503938 30303030
 *                  30303034 30303030 30303030 00042700 0102
 *                  deliver_sm seq 1 esm_class 0x04, source 1/1 491701234567, dest 5/0 Godwit, short_message
 *                  id:06H26BDP980000000400000000 sub:001 dlvrd:001 submit date:2611281722 done date:2611281722 stat:DELIVRD
 *                  err:000 text:Hello, TLV receipted_message_id 06H26BDP980000000400000000, TLV message_state 2
 *     63.474 ▶  17 00000011 80000005 00000000 00000001 00
 *                  deliver_sm_resp seq 1 status 0x00
 *     63.602 ▶  16 00000010 00000006 00000000 00000003
 *                  unbind seq 3
 *     64.290 ◀  16 00000010 80000006 00000000 00000003
 *                  unbind_resp seq 3 status 0x00
 * </pre>
 *
 * Metrics: {@code godwit_smpp_binds_total}, {@code godwit_smpp_submits_total}, {@code godwit_smpp_receipts_total}, {@code godwit_smpp_replies_total} by outcome;
 * {@code godwit_smpp_bound} by type; {@code godwit_smpp_held}: notices taken and not told yet; {@code godwit_smpp_waiting}:
 * parcels of them in the store.
 */
package io.godwit.smppserver;
