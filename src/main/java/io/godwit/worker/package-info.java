/**
 * The loop of every stage, and the worker that takes accepted messages through its handlers to their links.
 *
 * <pre>
 *   queue ──claim, or handed over in memory──▶ Stage ──▶ Decider ──▶ Step ──▶ commit ──▶ next queues
 *                                                │
 *                         Handlers: MessageHandler after MessageHandler, in their configured order
 * </pre>
 *
 * <p>{@link io.godwit.worker.Stage}: while a commit is in flight, what arrives collects; then all of it is decided and
 * committed at once. A decider that fails sees smaller and smaller batches until the bad message stands alone; three failures
 * alone make it a dead letter (what becomes of it then: {@code ops}). Outages never count: a handler that cannot decide now answers Later, and one that fails
 * since a MongoDB set does not answer is shown the same messages again until it does.
 *
 * <p>A stage that is not behind takes messages from a door of its own process before they are stored ({@code Fresh}): accepted and routed in one
 * unit of work. Whatever stands in the way of that, a slow handler or a refused commit, sends them the usual way through the queue.
 *
 * <p>Fairness is by account, as the shared design says ({@code Lines}, {@link io.godwit.queue.Ranks}): a reseller weighs as much as all accounts below him that send at the time, so who spreads a
 * campaign over many has more turns. By reseller his thousand customers would have the turns of one; what bounds him is {@code segmentsPerSecond} of his own account, which holds for all below it.
 *
 * <p>To add a feature, implement {@link io.godwit.worker.MessageHandler} in a jar of its own and name it in verticles.json; see
 * {@code examples/}.
 */
package io.godwit.worker;
