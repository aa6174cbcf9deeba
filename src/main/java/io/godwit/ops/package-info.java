/**
 * What operators see and check: how a process is ({@link io.godwit.ops.OpsVerticle}), and whether the books are right
 * ({@link io.godwit.ops.Audit}): every message in exactly one place, every event there once, every price paid once, every account's money
 * accounted for; and what others know says the same: the reporting database, customers' ids, carriers' ids.
 * {@link io.godwit.ops.AuditVerticle} asks this every hour, and {@link io.godwit.ops.ArchiveVerticle} takes old days to files; for both, one process at a
 * time has the {@link io.godwit.store.Duty}.
 */
package io.godwit.ops;
