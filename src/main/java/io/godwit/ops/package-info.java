/**
 * What operators see and check: how a process is ({@link io.godwit.ops.OpsVerticle}), and whether the books are right
 * ({@link io.godwit.ops.Audit}): every message in exactly one place, every event there once, every price paid once.
 */
package io.godwit.ops;
