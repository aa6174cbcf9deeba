package io.godwit.message;

import java.util.List;
import org.bson.BsonWriter;
import org.bson.Document;

/**
 * What the customer said about a message beyond its text: nothing here decides how it travels.
 *
 * @param integrationId the customer's name for the system that sends, for reports; null when not given
 * @param clientRef the customer's own reference; null when not given
 * @param batch the id of the batch that it came in; null for a single message
 * @param scheduledAt when it is to be sent, milliseconds since 1970; 0 = at once
 * @param replyable whether a reply is to be matched to this very message
 * @param flash whether the handset is to show it at once and keep nothing (message class 0, 3GPP TS 23.038 §4)
 * @param smpp what a receipt over SMPP needs; null when there is nothing to remember
 */
public record Origin(String integrationId, String clientRef, List<String> tags, String callbackUrl, String batch,
                     long scheduledAt, boolean replyable, boolean flash, SmppOrigin smpp) {
  public static final Origin NONE = new Origin(null, null, List.of(), null, null, 0, false);

  /** Of a message that did not come over SMPP, and is no flash. */
  public Origin(String integrationId, String clientRef, List<String> tags, String callbackUrl, String batch, long scheduledAt, boolean replyable) {
    this(integrationId, clientRef, tags, callbackUrl, batch, scheduledAt, replyable, false, null);
  }

  public Origin withBatch(String id) {
    return new Origin(integrationId, clientRef, tags, callbackUrl, id, scheduledAt, replyable, flash, smpp);
  }

  public Origin withScheduledAt(long millis) {
    return new Origin(integrationId, clientRef, tags, callbackUrl, batch, millis, replyable, flash, smpp);
  }

  public Origin withFlash(boolean shown) {
    return new Origin(integrationId, clientRef, tags, callbackUrl, batch, scheduledAt, replyable, shown, smpp);
  }

  public Origin withSmpp(SmppOrigin how) {
    return new Origin(integrationId, clientRef, tags, callbackUrl, batch, scheduledAt, replyable, flash, how);
  }

  /** What matters of it when the message has been sent. */
  Origin sent() {
    return smpp == null || smpp.tlvs().isEmpty() ? this : withSmpp(smpp.withoutTlvs());
  }

  void write(BsonWriter writer, String name) {
    if (equals(NONE)) return;
    Fields fields = Fields.open(writer, name).opt("integrationId", integrationId).opt("clientRef", clientRef).opt("tags", tags)
      .opt("callbackUrl", callbackUrl).opt("batch", batch).optDate("scheduledAt", scheduledAt).opt("replyable", replyable).opt("flash", flash);
    if (smpp != null) smpp.write(writer, "smpp");
    fields.close();
  }

  static Origin read(Document from, String name) {
    Document d = from.get(name, Document.class);
    if (d == null) return NONE;
    return new Origin(d.getString("integrationId"), d.getString("clientRef"), d.getList("tags", String.class, List.of()),
      d.getString("callbackUrl"), d.getString("batch"), Message.millis(d, "scheduledAt"), d.getBoolean("replyable", false),
      d.getBoolean("flash", false), SmppOrigin.read(d, "smpp"));
  }
}
