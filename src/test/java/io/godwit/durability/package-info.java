/**
 * What must hold when something dies, with everything real: gateways as processes of their own ({@link io.godwit.testing.GodwitProcess}), a
 * replica set of three, a carrier that outlives them ({@link io.godwit.testing.Site}), and load that goes on whatever happens
 * ({@link io.godwit.testing.Load}). In the end the books are audited, and the carrier's log is held against them: nothing lost, every copy
 * explained by an event, nothing paid twice.
 */
package io.godwit.durability;
