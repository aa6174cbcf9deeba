/**
 * Godwit, a wholesale SMS gateway cluster: the map.
 *
 * <p>A message's way, room by room. Between rooms there are only parcels in the durable queue and events in the stream; what
 * one stage decides about its parcels it commits as one step, all or nothing.
 *
 * <pre>
 *   customers                                                                                    carriers
 *      │ POST /v1/messages                                                                          ▲ submit_sm
 *      ▼                                                                                            │
 *  submission,
 *  smppserver ─▶ intake ──"route"──▶ worker: replies · routing · billing ──"link.ID"──▶ link ───────┤
 *                                                                                        │          │ deliver_sm
 *                                  replies (inbound) ◀──"inbound"── link (inbox) ◀───────┼──────────┘
 *                                                     "await.ID" + "receipt" ──▶ link (await stage): DELIVERED, …
 *  reporting ◀── every page of events, once ── PostgreSQL
 * </pre>
 *
 * <table>
 *   <caption>The rooms</caption>
 *   <tr><td>{@link io.godwit.message}</td><td>what travels: Message, DeliveryReport, MessageId, Event (the audit trail's language), Status, Text, NumberPlan, Limits</td></tr>
 *   <tr><td>{@link io.godwit.store}</td><td>one replica set: MongoSet, Sets, UnitOfWork, CommitSlot, Incarnation (the heartbeat)</td></tr>
 *   <tr><td>{@link io.godwit.events}</td><td>the append-only stream: pages in day collections, the trail of a message, its state as the fold of it</td></tr>
 *   <tr><td>{@link io.godwit.queue}</td><td>the durable queue: MessageQueue, Parcel, Step; in MongoDB and in memory</td></tr>
 *   <tr><td>{@link io.godwit.accounts}</td><td>the directory (accounts, keys, routes, links, rates, numbers: cached, live) and the account tree</td></tr>
 *   <tr><td>{@link io.godwit.node}</td><td>what the verticles of one process share, and conf/godwit.json</td></tr>
 *   <tr><td>{@link io.godwit.numbering}</td><td>whose a number is: networks by prefix, ported numbers</td></tr>
 *   <tr><td>{@link io.godwit.http}</td><td>what HTTP doors share: callers, problems, routes that other rooms bring</td></tr>
 *   <tr><td>{@link io.godwit.intake}</td><td>the one path in: check, number plan, encoding, segments, id, commit</td></tr>
 *   <tr><td>{@link io.godwit.submission}</td><td>the HTTP door</td></tr>
 *   <tr><td>{@link io.godwit.smppserver}</td><td>the SMPP door: customers' binds and submits, receipts and replies to them</td></tr>
 *   <tr><td>{@link io.godwit.management}</td><td>accounts, keys, logins, prices, links, routes, credit and papers by API, for operators and resellers</td></tr>
 *   <tr><td>{@link io.godwit.worker}</td><td>Stage (the loop of every stage), MessageHandler (the plug), the chain of handlers</td></tr>
 *   <tr><td>{@link io.godwit.routing} {@link io.godwit.billing} {@link io.godwit.replies}</td><td>handlers and what they know</td></tr>
 *   <tr><td>{@link io.godwit.smpp}</td><td>the protocol, both sides: session, window, receipts, carriers' ids</td></tr>
 *   <tr><td>{@link io.godwit.link}</td><td>carriers' SMSCs: binds by seats, the pump, settlement; receipts meet their messages</td></tr>
 *   <tr><td>{@link io.godwit.quality}</td><td>how much of what each link takes is delivered, measured where it ends</td></tr>
 *   <tr><td>{@link io.godwit.rescue}</td><td>what nobody else would do: expiry of waiting messages, money that the dead left</td></tr>
 *   <tr><td>{@link io.godwit.reporting}</td><td>the projection into PostgreSQL, reports, lists</td></tr>
 *   <tr><td>{@link io.godwit.ops}</td><td>health, metrics, the audit of the books, dead letters</td></tr>
 *   <tr><td>{@link io.godwit.simulator}</td><td>a scriptable SMSC</td></tr>
 * </table>
 *
 * <p>Arrows: everything may use {@code message}; doors and stages use {@code queue}, {@code events}, {@code store}; handlers
 * implement {@link io.godwit.worker.MessageHandler}; nobody uses a door; no cycles. A test holds them.
 *
 * <p>Here: {@link io.godwit.Godwit} (main), Deployment (verticles.json), Launch (one process from its first store to its last
 * verticle).
 */
package io.godwit;
