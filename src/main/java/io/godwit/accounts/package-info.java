/**
 * Who uses Godwit, and everything that is configured while it runs.
 *
 * <p>{@link io.godwit.accounts.Directory} caches the whole of it in every process; rooms read it through typed views and know
 * nothing of how it is stored. Accounts form a tree: operator, resellers, customers.
 */
package io.godwit.accounts;
