/**
 * The durable queue: where messages wait between two stages, in one replica set.
 *
 * <p>What waits is a {@link io.godwit.queue.Parcel}: one document with 1..N messages that wait for the same stage. A stage is
 * handed parcels or claims them, decides, and says everything that follows as one {@link io.godwit.queue.Step}; its
 * {@link io.godwit.queue.Slot} makes all of the step true at once or none of it. From ACCEPTED until its final status, a
 * message is in exactly one parcel and not marked as gone there.
 *
 * <p>A parcel as it lies in the collection {@code parcels}, of which a carrier's link has submitted the first message:
 *
 * <pre>
 *   {_id: …, q: "link.sim",         the queue, which names the stage: route, detour (waits for another link), link.ID, await.ID, receipt, stranger, inbound, deliver.ACCOUNT
 *    s: "leased", by: 7, token: 9,  its state, who holds it (an incarnation's number), and this version of it
 *    lane: 1, rank: …,              0 for alerts before 1 for the rest; within a lane the lowest rank is taken first ({@link io.godwit.queue.Ranks})
 *    at: …, exp: …,                 when it is due; when the validity of the first of its messages ends
 *    lo: …, hi: …, weight: …,       the lowest and the highest id in it; about how many bytes it had when it was put
 *    tried: 2,                      so many from the front may have been submitted to a carrier by now
 *    m: [{id: …, d: true, …},       has left: it is marked, and the others keep their positions
 *        {id: …, to: …, text: …}, …]}
 * </pre>
 *
 * <pre>
 *                     put, not due                 put, handed over in memory
 *                          |                                   |
 *                          v         put                       v
 *                     +---------+     |  +---------+  claim +---------+  settle: marks messages,
 *                     |  later  |     +->|  ready  |-------&gt;| leased  |--+ renews the token
 *                     +---------+  due   +---------+        +---------+&lt;-+
 *                       |  ^   |--------&gt;  |  ^               | | |
 *                 amend |  |               |  +---------------+ | | give back; holder dead; lease unknown to its holder
 *                       |  +---------------|--------------------+ | give back until a time
 *                       v                  v amend                v finish, or settle the last message
 *                  (the last message leaves: the document is deleted)
 * </pre>
 *
 * The same as a list. A write that matches nothing has no effect; one in a step takes the whole step with it.
 *
 * <pre>
 *   from           to        when                                    by whom                     what its write must match
 *   (new)          ready     put, due                                a step                      nothing: its id is new
 *   (new)          later     put, not due                            a step                      the same
 *   (new)          leased    put, handed over in memory              a step, to its own process  the same
 *   later          ready     its time has come                       any process's poll          s, at
 *   ready          leased    claim                                   a stage                     _id, s
 *   leased         leased    settle: some leave, the rest stays      its holder, in a step       _id, token
 *   leased         ready     give back                               its holder                  _id, token
 *   leased         later     give back until a time                  its holder, in a step       _id, token
 *   leased         leased    taken back after others amended it      its holder                  _id, s, by
 *   leased         ready     its holder is dead                      any process's sweep         s, by
 *   leased         ready     its process stops                       itself                      s, by
 *   leased         ready     its holder does not know it [1]         its holder's own sweep      _id, token
 *   any            the same  amend: a receipt, a cancellation        anybody, in a step          _id, token
 *   leased         (gone)    finish; settle the last message         its holder, in a step       _id, token
 *   any            (gone)    amend away the last message             anybody, in a step          _id, token
 *   [1] in two sweeps running: the answer to its claim or hand-over was lost
 * </pre>
 *
 * <p><b>What is authoritative.</b> The document, and in it {@code token}: it names one version of the parcel. Every change in a step, and
 * every give back, matches the token under which the parcel was read, and so does whoever returns what he does not know; a claim, the sweep
 * of what the dead held, and a holder who takes back what others amended match the state and the holder instead, and each gives it a new
 * token. So of two who knew the same version one fails, without any effect ({@link io.godwit.queue.LeaseLost}), and reads again. Objects in memory, wake-ups
 * on the event bus and clocks are hints.
 *
 * <p><b>Who may change what.</b>
 * <ul>
 * <li>The holder, in a step: finish, settle, give back until a time; beside steps: give back at once ({@link io.godwit.queue.MessageQueue#giveBack}).
 *     Positions never shift under him: what has left is marked ({@code m.i.d}), and he alone moves the watermark {@code tried}, below which messages may have been submitted.
 * <li>Anybody, in a step: amend a parcel as he read it (receipts, cancellation). A holder learns of it by failing, sees what
 *     was changed, and goes on.
 * <li>Anybody, beside steps: lease what is ready ({@code Claims}; durably only where something may be submitted under the lease); make ready what is due, free what the dead hold, return
 *     what is leased to himself under a token that he does not know ({@code Rescue}). These updates give up when a transaction
 *     holds them up, so that an abandoned one never stalls the living.
 * </ul>
 *
 * <p><b>Who holds.</b> A lease names an incarnation (see {@link io.godwit.store.Incarnation}) and a token. {@code Holdings}
 * knows the tokens of this process's parcels, from before the write that gives them out until after the one that ends them.
 * When the process was found dead, all of them are forgotten, and what was on its way is not delivered.
 *
 * <p><b>Short ways.</b> A step may put a parcel as leased to a stage of its own process that has room ({@link io.godwit.queue.Consumer}): it is stored once, and delivered in
 * memory when the step has committed, so that no claim is needed. And a stage may decide on what a step is about to put before anything is stored
 * ({@link io.godwit.queue.MessageQueue#absorb}): accepting and routing are one unit of work then.
 *
 * <p><b>Dead letters.</b> What no stage can settle leaves its parcel for the set's {@code dead_letters} in the unit of work that gives it up, and goes back into
 * its queue, or nowhere, in one that an operator asks for ({@link io.godwit.queue.DeadLetters}). They are no part of the queue: nothing claims or counts them as waiting.
 *
 * <p><b>Endings.</b> Whoever measures how messages end ({@link io.godwit.queue.Endings}) is told by the slot that committed it, once, in that process's memory.
 *
 * <p>Reading order: {@link io.godwit.queue.MessageQueue}, {@link io.godwit.queue.Step}, {@code MongoSlot} with {@code Draft},
 * {@code Claims}, {@code Rescue}. {@link io.godwit.queue.MemoryQueue} keeps the same promises without MongoDB, for tests;
 * {@code MessageQueueContract} in the tests says what they are.
 */
package io.godwit.queue;
