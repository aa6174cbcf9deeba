package io.godwit.billing;

import io.godwit.store.Mongo;
import java.util.Objects;
import org.bson.Document;
import org.bson.RawBsonDocument;

/**
 * One document of the ledger, which never changes: a top-up {@code {_id: key, account, amount, currency, at, by, note, attempt}}, or a transfer between two
 * accounts with {@code from} and {@code to} instead of {@code account}.
 *
 * @param key chosen by the client, unique among all entries of its kind
 * @param from null for a top-up, whose money comes from outside
 * @param amount micro-units, more than 0
 * @param at milliseconds since 1970; 0 while it is not stored
 * @param by who did it, for the books
 * @param note null when nothing was said
 */
public record CreditEntry(String key, String from, String to, long amount, String currency, long at, String by, String note) {
  static final String TOP_UPS = "topups";
  static final String TRANSFERS = "transfers";

  public boolean isTopUp() {
    return from == null;
  }

  String collection() {
    return isTopUp() ? TOP_UPS : TRANSFERS;
  }

  /** What it does to that account's credit. */
  public long effectOn(String account) {
    return (account.equals(to) ? amount : 0) - (account.equals(from) ? amount : 0);
  }

  /** Whether both do the same, whoever asked for it. */
  boolean isSameAs(CreditEntry other) {
    return Objects.equals(from, other.from) && to.equals(other.to) && amount == other.amount && currency.equals(other.currency)
      && Objects.equals(note, other.note);
  }

  /** @param attempt tells which of several askers made it */
  RawBsonDocument document(long now, String attempt) {
    return Mongo.encode(256, writer -> {
      writer.writeString("_id", key);
      if (!isTopUp()) writer.writeString("from", from);
      writer.writeString(isTopUp() ? "account" : "to", to);
      writer.writeInt64("amount", amount);
      writer.writeString("currency", currency);
      writer.writeDateTime("at", now);
      writer.writeString("by", by);
      if (note != null) writer.writeString("note", note);
      writer.writeString("attempt", attempt);
    });
  }

  static CreditEntry of(Document d) {
    String account = d.getString("account");
    return new CreditEntry(d.getString("_id"), account == null ? d.getString("from") : null, account == null ? d.getString("to") : account, d.getLong("amount"),
      d.getString("currency"), d.getDate("at") == null ? 0 : d.getDate("at").getTime(), d.getString("by"), d.getString("note"));
  }
}
