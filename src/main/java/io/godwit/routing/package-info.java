/**
 * Where a message goes: the handlers {@code blocks} and {@code routing} of the worker, and what they know.
 *
 * <p>Everything here is read from the directory (kinds {@code account}, {@code block}, {@code route}, {@code link}) and from what
 * links say of themselves on the event bus; nothing is written, so that a batch is decided without leaving the event loop.
 * <pre>
 * block   {prefix | number, account?}                  no messages to it; for the account and all below it, or for everyone
 * route   {match: {prefix?, country?, account?, sender?, tag?}, links: [{link, priority?, weight?}], priority?}
 * </pre>
 * One route is chosen: the lowest {@code priority} (100 where none is said), among equals the longest prefix, then the one with
 * more conditions, then the lower id. Within it the first link by {@code priority} that is up; among equals by {@code weight}. When
 * none of its links is up, and open by {@link io.godwit.link.Order}, the first one is taken, and the message waits there or is re-routed by the rescue, over {@link io.godwit.routing.Detour}: a link
 * that is down is no reason to refuse. So is a message that its link's carrier has refused for now {@code failoverTries} times. A link that would need more segments for a message than were priced
 * ({@link io.godwit.message.TextForm#carries}) does not count for it, as if it were not in the route.
 */
package io.godwit.routing;
