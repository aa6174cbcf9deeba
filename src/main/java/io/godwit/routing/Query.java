package io.godwit.routing;

import io.godwit.accounts.Account;
import io.godwit.message.Message;
import java.util.List;

/**
 * What routes are asked about.
 *
 * @param lineage of the message's account, from itself up
 * @param network of the recipient, MCC and MNC; null when unknown
 * @param now milliseconds since 1970
 */
record Query(Message message, List<Account> lineage, String network, long now) { }
