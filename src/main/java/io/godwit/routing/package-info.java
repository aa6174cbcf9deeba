/**
 * Where a message goes: the handlers {@code blocks}, {@code velocity}, {@code senders} and {@code routing} of the worker, and what they know.
 *
 * <p>Everything here is read from the directory (kinds {@code account}, {@code block}, {@code route}, {@code link}, {@code cost}, {@code network}), from what links say of themselves on
 * the event bus, and from what is known of whose numbers are ({@link io.godwit.numbering}); nothing is written, so that a batch is decided without leaving the event loop. Only velocity limits
 * are counted in the control set, a slice at a time ({@link io.godwit.accounts.Slices}).
 * <pre>
 * block   {prefix | number, account?}                  no messages to it; for the account and all below it, or for everyone
 * route   {match: {prefix?, country?, network?, account?, sender?, tag?, time?, senderPattern?, textPattern?},
 *          links: [{link, priority?, weight?}], priority?, strategy?: priority | leastCost, minDelivery?, then?, override?, note?}
 * senderrule  {country?, account?, link?, kinds?: [numeric, shortCode, alphanumeric], senders?: […], substitute?, blocked?: […], blockedPatterns?: […], note?}
 * velocity    {limit, prefix?, account?, windowSeconds?, unit?: messages | segments, count?: together | each, action?: refuse | alarm, note?}
 * cost    {currency, prices? | rows that were uploaded}          under the link's id: what its carrier takes, micro-units a segment
 * </pre>
 *
 * <h2>What a sender may be</h2>
 * Any that is of one of the {@code kinds} or among the {@code senders} of the rule for the message ({@link io.godwit.routing.SenderRules}: the nearest account's, then the country's own); any
 * at all where there is no such rule. Else the message gets the {@code substitute}, or is refused (REJECTED, {@code sender-not-allowed}). {@code blocked} senders and {@code blockedPatterns},
 * capitals or not, of all rules for the message are refused ({@code sender-blocked}): who calls himself a bank is not helped with another name. A number of the account's pool on which a reply
 * is to come back stays. Rules with a {@code link} say what that link takes, as it is registered with its carrier: a link that does not take the sender is passed over.
 *
 * <h2>Velocity limits</h2>
 * So many messages or segments may go to a prefix in a window ({@link io.godwit.routing.VelocityHandler}), from an account with all below it or from everyone, together or each account by
 * itself. What goes beyond is refused (REJECTED, {@code velocity-limit}, without a word of how much may go) or only raises the alarm: an alert (VELOCITY) of the account that is counted, or
 * else of the operator, once a window, and {@code godwit_velocity_alarms_total}; what the limit is the alert tells the operator alone. Pumping fraud shows like this: many messages to dear
 * numbers in a short time.
 *
 * <h2>Which routes are for a message</h2>
 * Those of which every condition fits. {@code prefix}, {@code country} (ISO 3166-1), {@code network} (MCC and MNC), {@code account} (the sending one or one above it), {@code sender} and {@code tag}
 * take one value or a list, of which one must fit. {@code time} is {@code {days?: ["MON", …], from?: "22:00", to?: "06:00", zone: "Europe/Berlin"}}: a window that passes midnight belongs to the
 * day on which it began. {@code senderPattern} and {@code textPattern} are regular expressions of RE2, found anywhere, and bounded: 200 characters and steps, and fifty routes with one
 * for texts, which is looked at last: it takes some 0.1 µs a character.
 *
 * <h2>Which one is taken</h2>
 * The first that has a link which is configured and can carry the message, in this order ({@link io.godwit.routing.Candidate}):
 * <ol>
 * <li>those with {@code override}, which must name an account, and among these the one of the nearest account: the message's own before those above it;
 * <li>the lowest {@code priority} (100 where none is said);
 * <li>the longest prefix; <li>more conditions; <li>the nearest account; <li>the lower id.
 * </ol>
 *
 * <h2>Which of its links</h2>
 * {@link io.godwit.routing.Choice} narrows them down, step by step:
 * <ol>
 * <li>those that are configured, take the message's sender (sender rules of a link), and do not need more segments than were priced ({@link io.godwit.message.TextForm#carries});
 * <li>those that are up and open by {@link io.godwit.link.Order}. With none, the links of the route that {@code then} names are taken in their place, whatever that is for, and so on, eight
 *     routes at most; with none in the whole chain all of step 1, and the message waits there or is re-routed by the rescue, over {@link io.godwit.routing.Detour}: a link that is down is no
 *     reason to refuse. So is a message that its link's carrier has refused for now {@code failoverTries} times;
 * <li>with {@code minDelivery} (percent), those that deliver so much to the recipient's country, or of which that is not known ({@link io.godwit.routing.Quality}); all if there is none;
 * <li>with {@code leastCost}, the cheapest of those whose cost is known; in the currency of the first of them: costs in different ones are not compared (the API refuses a route that
 *     would). All, if none is known;
 * <li>those with the lowest {@code priority}; among these by {@code weight} and by the message's id, so that the same message gets the same link.
 * </ol>
 * {@code POST /v1/routes/explain} tells what a choice looked at ({@link io.godwit.routing.Explanation}): there is no other algorithm for it.
 *
 * <h2>Speed</h2>
 * {@link io.godwit.routing.Routes} finds routes by account, network or else country, and prefix; what has none of these is looked at for each message. Thousands of routes that tell messages
 * apart by senders or tags alone would be slow.
 */
package io.godwit.routing;
