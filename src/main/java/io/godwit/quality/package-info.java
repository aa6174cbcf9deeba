/**
 * How much of what each link takes is delivered, by country: what routing's quality floor asks, and {@code GET /v1/quality} shows.
 *
 * <pre>
 *   a step that ends messages is committed ──Endings──▶ Tally (this process, buckets of five minutes)
 *                                                         │ every five seconds, what changed
 *                                                         ▼
 *   control set, collection quality: {_id: BUCKET/PROCESS, at, written, c: [{link, country, delivered, ended}]}
 *                                                         │ every five seconds, what was written since
 *                                                         ▼
 *                               Qualities, in every process: sums over the last two hours
 * </pre>
 *
 * <p>It is measured from the events, where they are committed: the step that appends DELIVERED, UNDELIVERABLE, FAILED or UNKNOWN counts once, in the process that
 * committed it, whichever stage it was (a link's inbox, its settlement, the await stage, the rescue). So it needs neither the reporting database nor a read of
 * the stream, and works however many sets there are. Other ends say nothing about a link: what was refused, expired or was taken back never went out, and
 * on a link without receipts SENT is the end. UNKNOWN counts as not delivered.
 *
 * <p>A document holds the whole count of its process and bucket, so that writing it again adds nothing. Who dies loses what he counted since he last wrote; a
 * process that starts reads what all have measured in the window. While the control set is down counts collect, and rates stay until they are too old.
 *
 * <p>Fewer than {@value io.godwit.quality.Qualities#FEWEST} ends in the window are unknown. So a link that a floor keeps out is tried again when
 * two hours have passed.
 */
package io.godwit.quality;
