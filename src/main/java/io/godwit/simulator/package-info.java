/**
 * A scriptable SMSC on Godwit's own SMPP session: for trying Godwit out without a carrier, and for its tests and benchmarks.
 *
 * <pre>
 *   submit_sm ─▶ SmscSession ── Answers (delay, error ratios, rate limit, magic numbers) ─▶ submit_sm_resp
 *                    │                                                                     MessageLog, Counters
 *                    └─▶ Outcomes ── TimerWheel ──▶ Mailbox (a system_id's receiving binds, or kept) ─▶ deliver_sm
 *   HTTP control ─▶ Simulator: / (a page of counters) /mo /drop /profile /reset /messages /counters /sessions
 * </pre>
 *
 * <p>{@code scripts/simulator --profile FILE} runs one by itself, without stores; as a component it is {@link io.godwit.simulator.SimulatorVerticle}.
 *
 * <p>Everything of one simulator runs on one event loop. {@link io.godwit.simulator.Profile} says how it behaves and may be
 * changed while it runs.
 *
 * <p>Magic numbers: unless {@code magicNumbers} is false, a destination that ends with one of these behaves the same every time,
 * whatever the profile says. Seven digits, so that counted-up test numbers rarely meet one by accident.
 *
 * <table>
 *   <caption>Suffix of the destination and what happens</caption>
 *   <tr><td>9990001</td><td>receipt UNDELIV, err 001</td></tr>
 *   <tr><td>9990002</td><td>receipt EXPIRED</td></tr>
 *   <tr><td>9990003</td><td>no receipt, ever</td></tr>
 *   <tr><td>9990004</td><td>submit_sm_resp ESME_RINVDSTADR (0x0B): permanent</td></tr>
 *   <tr><td>9990005</td><td>submit_sm_resp ESME_RTHROTTLED (0x58) the first time, then accepted and delivered</td></tr>
 *   <tr><td>9990006</td><td>delivered, and the handset replies YES</td></tr>
 *   <tr><td>9990007</td><td>submit_sm is never answered</td></tr>
 *   <tr><td>9990008</td><td>delivered, and the receipt comes twice</td></tr>
 *   <tr><td>9990009</td><td>receipt REJECTD</td></tr>
 *   <tr><td>9990010</td><td>delivered, and the handset replies STOP</td></tr>
 * </table>
 */
package io.godwit.simulator;
