package io.godwit.billing;

/** An entry of the directory that has prices: short ones stand in it, long ones were uploaded ({@link Decks}) and are named by it. */
interface Listing {
  String id();

  /** Of the uploaded rows; null when they stand in the entry. */
  String deckId();

  /** Of its prices. */
  String currency();

  /** The entry's own rows. */
  Deck prices();

  /** Either of the two; fails when the uploaded ones are not among these. */
  default Deck rows(java.util.Map<String, Deck> uploaded) {
    Deck deck = deckId() == null ? prices() : uploaded.get(deckId());
    if (deck == null) throw new IllegalArgumentException(id() + ": its rows " + deckId() + " are not here");
    return deck;
  }
}
