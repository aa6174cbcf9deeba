package io.godwit.link;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.pdu.SubmitSm;
import io.godwit.smpp.AddressPlan;
import io.godwit.smpp.AddressPlan.TonNpi;
import io.godwit.smpp.Pdus;
import java.time.Duration;

/**
 * What a link's carrier wants around the text.
 *
 * @param serviceType "" for the carrier's default
 * @param registered {@code registered_delivery} of each submit_sm (SMPP 3.4 §5.2.17)
 * @param validity whether the carrier is told for how long it shall try
 */
record Envelope(AddressPlan addresses, String serviceType, byte registered, boolean validity, Tlvs tlvs) {
  private static final int MOST_SHORT_CODE_DIGITS = 15;
  private static final int SERVICE_TYPE_CHARS = 5;
  private static final int FIVE_BITS = 0x1F;

  /** Reads {@code addresses}, {@code serviceType}, {@code registeredDelivery}, {@code validity} and {@code tlvs}. */
  static Envelope from(LinkEntry entry, boolean receipts) {
    int asked = receipts ? SmppConstants.REGISTERED_DELIVERY_SMSC_RECEIPT_REQUESTED : 0;
    return new Envelope(addresses(entry.object("addresses")), entry.text("serviceType", "", SERVICE_TYPE_CHARS),
      (byte) entry.number("registeredDelivery", asked, 0, FIVE_BITS), entry.flag("validity", true), Tlvs.from(entry.object("tlvs")));
  }

  private static AddressPlan addresses(LinkEntry entry) {
    AddressPlan usual = AddressPlan.DEFAULT;
    TonNpi international = tonNpi(entry, "international", usual.international());
    AddressPlan plan = new AddressPlan(international, tonNpi(entry, "recipient", international), tonNpi(entry, "alphanumeric", usual.alphanumeric()),
      tonNpi(entry, "shortCode", usual.shortCode()), entry.number("shortCodeDigits", usual.shortCodeDigits(), 0, MOST_SHORT_CODE_DIGITS), entry.flag("plus", usual.plus()));
    entry.refuseOthers();
    return plan;
  }

  private static TonNpi tonNpi(LinkEntry entry, String key, TonNpi otherwise) {
    String text = entry.text(key, otherwise.toString(), 10);
    TonNpi read = TonNpi.of(text);
    return read != null ? read : entry.invalid(key, "must be a type of number and numbering plan such as 1/1, not '" + text + "'", otherwise);
  }

  /** @param left of the message's validity */
  SubmitSm around(String from, String to, byte[] text, int dataCoding, boolean hasHeader, Duration left) {
    SubmitSm pdu = Pdus.submit(addresses.address(from), addresses.recipient(to), text, (byte) dataCoding, hasHeader, registered);
    pdu.setServiceType(serviceType);
    if (validity) Pdus.setValidity(pdu, left);
    tlvs.addTo(pdu);
    return pdu;
  }
}
