package io.godwit.link;

import org.bson.Document;

/**
 * How one process's part of a link stands, as it writes it into its seats.
 *
 * @param up whether it sends
 * @param state see {@link Link.State}
 * @param trouble what an operator should know; null when all is well
 * @param bound sessions
 * @param inFlight submit_sm that wait for their answers
 * @param perSecond segments that were submitted in the last second
 */
record Told(boolean up, Link.State state, String trouble, int bound, int inFlight, int perSecond) {
  /** Of a part that is not open yet. */
  static final Told NOTHING = new Told(false, Link.State.DOWN, "is not bound yet", 0, 0, 0);

  Document toDocument() {
    return new Document("state", state.name()).append("trouble", trouble).append("bound", bound).append("inFlight", inFlight).append("perSecond", perSecond);
  }

  /** Of a seat; one that says nothing, as an earlier release leaves it, is taken for one that is up. */
  static Told of(Document seat) {
    Document told = seat.get("told", Document.class);
    boolean up = seat.getBoolean("up", true);
    if (told == null) return new Told(up, up ? Link.State.UP : Link.State.DOWN, null, 0, 0, 0);
    return new Told(up, Link.State.valueOf(told.getString("state")), told.getString("trouble"), told.getInteger("bound"), told.getInteger("inFlight"),
      told.getInteger("perSecond"));
  }
}
