package io.godwit.message;

import org.bson.Document;

/**
 * What is known of a message's carriage from the choice of its link on, for reports and for the carrier's invoice. It decides nothing.
 *
 * @param network MCC and MNC of the recipient's network (ITU-T E.212), five or six digits; null when unknown
 * @param cost what the link charges for all segments of the message, in micro-units; 0 when unknown
 * @param currency of the cost; null when that is unknown
 */
public record Carriage(String network, long cost, String currency) {

  /** Of what only the network is known; null when not even that is. */
  public static Carriage over(String network) {
    return network == null ? null : new Carriage(network, 0, null);
  }

  /** Nothing when nothing is known. */
  static void write(Fields fields, Carriage carriage) {
    if (carriage == null) return;
    fields.opt("network", carriage.network);
    if (carriage.currency != null) fields.put("cost", carriage.cost).put("costCurrency", carriage.currency);
  }

  /** Null when nothing is said, as by earlier releases. */
  static Carriage read(Document d) {
    String network = d.getString("network");
    String currency = d.getString("costCurrency");
    return network == null && currency == null ? null : new Carriage(network, currency == null ? 0 : d.getLong("cost"), currency);
  }
}
