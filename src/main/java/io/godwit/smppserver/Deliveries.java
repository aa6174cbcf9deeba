package io.godwit.smppserver;

import com.cloudhopper.smpp.pdu.DeliverSm;
import com.cloudhopper.smpp.type.Address;
import io.godwit.accounts.SmppTerms;
import io.godwit.accounts.SmppTerms.LongReplies;
import io.godwit.message.Concat;
import io.godwit.message.Encoding;
import io.godwit.message.Message;
import io.godwit.message.Notice;
import io.godwit.message.SmppOrigin;
import io.godwit.message.Text;
import io.godwit.smpp.AddressPlan;
import io.godwit.smpp.Pdus;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

/** What a customer is told, as deliver_sm: receipts as SMPP 3.4 Appendix B has them, and messages from handsets in his alphabet. */
final class Deliveries {
  private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("yyMMddHHmm").withZone(ZoneOffset.UTC);
  private static final byte DEFAULT_ALPHABET = 0;
  /** What is longer goes with message_payload in any case. */
  private static final int MOST_PARTS = 20;
  private static final int LAST_ASCII = 0x7F;

  private Deliveries() {
  }

  /** One deliver_sm, or several for a long message from a handset. */
  static List<DeliverSm> of(Notice notice, SmppTerms terms) {
    return notice.isReceived() ? received(notice.message(), terms) : List.of(receipt(notice));
  }

  private static DeliverSm receipt(Notice notice) {
    Message m = notice.message();
    SmppOrigin how = m.origin().smpp();
    States.State state = States.of(notice.status(), notice.error());
    String id = how.shared() ? m.origin().batch() : m.id();
    long done = notice.doneAt() > 0 ? notice.doneAt() : notice.at();
    String text = "id:" + id + " sub:001 dlvrd:" + (state == States.State.DELIVERED ? "001" : "000") + " submit date:" + date(m.acceptedAt())
      + " done date:" + date(done) + " stat:" + state.word() + " err:" + States.err(notice.status(), notice.error()) + " text:" + (m.text() == null ? "" : m.text());
    return Pdus.receipt(address(how.destination()), address(how.source()), id, state.receipt(), text);
  }

  private static String date(long millis) {
    return DATE.format(Instant.ofEpochMilli(millis));
  }

  private static Address address(SmppOrigin.Party party) {
    return new Address((byte) party.ton(), (byte) party.npi(), party.address());
  }

  private static List<DeliverSm> received(Message m, SmppTerms terms) {
    Address from = AddressPlan.DEFAULT.address(m.from());
    Address to = AddressPlan.DEFAULT.address(m.to());
    Encoding encoding = encoding(m.text(), terms);
    byte dataCoding = encoding == Encoding.UCS2 ? (byte) Encoding.UCS2.dataCoding() : DEFAULT_ALPHABET;
    Concat concat = terms.longReplies() == LongReplies.SAR ? Concat.SAR : Concat.UDH8;
    boolean whole = terms.longReplies() == LongReplies.PAYLOAD || Text.measure(m.text(), encoding, concat).segments() > MOST_PARTS;
    if (whole) return List.of(Pdus.deliver(from, to, Text.encode(m.text(), encoding), dataCoding, false));
    int ref = m.id().hashCode() & 0xFF;
    List<byte[]> segments = Text.segments(m.text(), encoding, concat, ref);
    List<DeliverSm> parts = new ArrayList<>(segments.size());
    for (int i = 0; i < segments.size(); i++) {
      DeliverSm part = Pdus.deliver(from, to, segments.get(i), dataCoding, segments.size() > 1 && concat == Concat.UDH8);
      if (segments.size() > 1 && concat == Concat.SAR) Pdus.setSar(part, ref, segments.size(), i + 1);
      parts.add(part);
    }
    return parts;
  }

  /** The octets of ASCII are those of Latin-1, where the text has no others. */
  private static Encoding encoding(String text, SmppTerms terms) {
    Encoding wanted = terms.charset() == SmppTerms.Charset.GSM7 ? Encoding.GSM7 : Encoding.LATIN1;
    boolean fits = terms.charset() == SmppTerms.Charset.ASCII ? text.chars().allMatch(c -> c <= LAST_ASCII) : Text.firstMissing(text, wanted) < 0;
    return fits ? wanted : Encoding.UCS2;
  }
}
