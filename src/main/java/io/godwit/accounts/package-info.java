/**
 * Who uses Godwit, and everything that is configured while it runs.
 *
 * <p>{@link io.godwit.accounts.Directory} caches the whole of it in every process; rooms read it through typed views and know
 * nothing of how it is stored. Accounts form a tree: operator, resellers, customers.
 *
 * <p>What is changed by API is written with its record in one transaction ({@link io.godwit.accounts.Changes}), on the condition that nobody changed
 * anything since it was judged; by these records every process knows which entries to read again ({@code Readings}).
 * What commands and starts write has no record ({@code Unrecorded}), and makes every process read the whole.
 * Of {@link io.godwit.accounts.AccountLimits} the intake takes care, of blocked accounts all doors and the worker.
 *
 * <p>What is limited over all nodes is counted by {@link io.godwit.accounts.Slices}, and what somebody is to be warned of is an {@link io.godwit.accounts.Alerts alert}.
 */
package io.godwit.accounts;
