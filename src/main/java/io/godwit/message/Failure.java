package io.godwit.message;

import org.bson.BsonWriter;
import org.bson.Document;

/**
 * One entry of the dictionary in which every refusal and failure is told.
 *
 * @param code stable, upper case, for programs
 * @param temporary whether another try could succeed
 * @param carrierCode what the carrier called it; null when it was not the carrier
 * @param text for people
 */
public record Failure(String code, boolean temporary, String carrierCode, String text) {
  static final String DEAD = "dead";

  public static Failure of(String code, String text) {
    return new Failure(code, false, null, text);
  }

  /** As all but the operator are told: what an exception of ours says may be anything. */
  public Failure forCustomers() {
    return DEAD.equals(code) ? of(DEAD, "it could not be handled; the operator knows why") : this;
  }

  void write(BsonWriter writer, String name) {
    Fields fields = Fields.open(writer, name).put("code", code);
    writer.writeBoolean("temporary", temporary);
    fields.opt("carrierCode", carrierCode).opt("text", text).close();
  }

  static Failure read(Document from, String name) {
    Document d = from.get(name, Document.class);
    return d == null ? null : new Failure(d.getString("code"), d.getBoolean("temporary", false), d.getString("carrierCode"), d.getString("text"));
  }
}
