/**
 * The one path in for messages, whichever door they came through; a room of its own because doors may not use each other.
 *
 * <p>A {@link io.godwit.intake.Submission} is screened ({@link io.godwit.intake.Screening}: numbering plan, text, times) into a
 * {@link io.godwit.intake.Draft} or a {@link io.godwit.intake.Refusal}. {@link io.godwit.intake.Intake} takes drafts, picks a set and gives
 * them to one of its lines ({@code Line}): while a line's commit is in flight what arrives collects, and goes out at once when it
 * returns, packed ({@code Packing}) into parcels for the queue {@code route} that are fair to small senders ({@code Ranks}). An
 * {@link io.godwit.intake.Outcome} tells of acceptance only when the unit of work is on a majority. As long as a carrier surely has nothing of it,
 * a {@code Cancellation} can take a message back. What comes again under a key of the customer's is answered as before ({@link io.godwit.intake.KeptAnswers}),
 * also when the key has moved to another set meanwhile ({@link io.godwit.intake.Buckets}).
 */
package io.godwit.intake;
