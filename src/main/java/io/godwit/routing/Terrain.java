package io.godwit.routing;

import io.godwit.billing.Costs;
import io.godwit.link.LinkConfig;
import io.godwit.link.Order;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The routes and links as they are at one moment.
 *
 * @param links that are configured, by id
 * @param orders what operators want of links; none for those that run
 * @param senders which senders links take
 * @param up whether a link can send now
 */
record Terrain(Routes routes, Map<String, LinkConfig> links, Map<String, Order> orders, Costs.Picture costs, SenderRules senders, Quality quality, Predicate<String> up) { }
