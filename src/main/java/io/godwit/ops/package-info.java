/**
 * What operators see and check: how a process is ({@link io.godwit.ops.OpsVerticle}), and whether the books are right
 * ({@link io.godwit.ops.Audit}): every message in exactly one place, every event there once, every price paid once, every account's money
 * accounted for; and what others know says the same: the reporting database, customers' ids, carriers' ids.
 *
 * <p>And where they put right what no stage could settle: {@link io.godwit.ops.DeadLetterRoutes}. A handler's own exception splits its parcel until the bad message
 * stands alone, and after three failures alone it is DEAD: nothing is reserved for it any more, and its dead letter keeps it with the reason. An operator
 * <ul>
 * <li><b>retries</b> it: the letter goes, and the same message gets its event {@link io.godwit.message.Event.Revived} and waits again in the queue where it died. One
 *     from {@code route} goes through all handlers, is priced anew, and ends EXPIRED if its validity is over; one that only waited for its receipts waits on;
 *     a receipt looks for its message once more in every set, and is a dead letter again when it finds none; a message from a handset, which has no trail yet, is
 *     looked at once more; what a customer's receiver refused is told once more;
 * <li>or <b>drops</b> it: the letter goes, the message stays DEAD (one from a handset is RECEIVED for nobody), and its trail ({@link io.godwit.message.Event.Dropped}) or, for a receipt, the log says
 *     who did it and why.
 * </ul>
 * Either is one unit of work that deletes the letter, so of two who decide at the same time one is told that there is no such letter any more.
 *
 * <p>{@link io.godwit.ops.AuditVerticle} asks this every hour, and {@link io.godwit.ops.ArchiveVerticle} takes old days to files; for both, one process at a
 * time has the {@link io.godwit.store.Duty}.
 */
package io.godwit.ops;
