/**
 * The reports: a projection of all events into PostgreSQL, and what is read from there. Derived and disposable: nothing here decides
 * what happens to a message, {@link io.godwit.reporting.RebuildReports} starts from nothing, and sending does not notice when it stands.
 *
 * <pre>
 *   MongoDB, a set                                        PostgreSQL, one for all sets
 *   events_20261123 ─┐ look   ids above the mark          message        a row a message, partitioned by day
 *   events_20261124 ─┴▶ fetch  those not applied          applied_page   ids of the pages above the mark
 *                       fold   a row a message      ────▶ projector      set: epoch, holder, beat, mark
 *                       write  one transaction            projected_day  pages applied of each collection
 *                                                         billed         legs billed, by account, day, country and network
 *                                                         carried        what links took, by link, day and network
 *                                                         volume, volume_by_day, country   for people who live in SQL
 * </pre>
 *
 * <b>Each page once.</b> Pages have no order to follow: mongod fills {@code ts} when a page is inserted, and its transaction may commit
 * seconds later than one with a higher {@code ts}. So {@link io.godwit.reporting.Projection} looks again and again at everything from a
 * mark on that stays 15 s behind ({@link io.godwit.reporting.Mark} has the rule and its reasons), and leaves out the pages that it knows to
 * be applied. These ids and the mark are written in the same transaction as the rows: whenever it dies, it finds in PostgreSQL what
 * really took effect. {@code applied_page}'s primary key makes a second time impossible even where memory and table should differ.
 *
 * <p><b>One projector a set.</b> Every transaction first updates {@code projector} where the epoch is still its own. Whoever starts raises
 * the epoch; an older one's transactions then match no row and fail, and it watches until the holder has left or stands still
 * ({@link io.godwit.reporting.Contest}). After any failure, a lost answer to a commit too, the same process reads mark and ids again
 * under its epoch and goes on.
 *
 * <p><b>Any order.</b> A message's events come in any order over pages and batches. Its row is made of groups of columns, each with the
 * number of the event that gave it; the higher number wins, in memory and in the upsert ({@link io.godwit.reporting.MessageRow},
 * {@link io.godwit.reporting.MessageTable}). A late page with lower numbers adds what it has and spoils nothing. Row and
 * {@link io.godwit.events.MessageState} must change together; a test compares them over random histories. Side events make no rows: a
 * reply is a message of its own with {@code in_reply_to}; REDACTED blanks the text, whatever comes after.
 *
 * <p><b>Sums.</b> {@code billed} and {@code carried} are added to, and each event is met once. What a SENT event does not say itself, a sum cannot have exactly: that is why
 * it has the segments and the carriage. {@code carried} is what {@link io.godwit.reporting.InvoiceCheck} compares with a carrier's invoice.
 *
 * <p><b>Not mistakes:</b> an event that this release cannot read is counted and left out, so that a newer node does not stop the reports
 * of an older one. {@code message} has no index on {@code status}: every change of it would then touch every index, while the lists that
 * filter by it walk an account's or a day's messages anyway. Reporting starts without PostgreSQL and waits.
 */
package io.godwit.reporting;
