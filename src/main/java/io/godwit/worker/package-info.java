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
 * alone make it a dead letter. Outages never count: a handler that cannot decide now answers Later.
 *
 * <p>To add a feature, implement {@link io.godwit.worker.MessageHandler} in a jar of its own and name it in verticles.json; see
 * {@code examples/}.
 */
package io.godwit.worker;
