package io.godwit.billing;

import io.godwit.node.Node;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What carriers take, link by link: one for the whole process. Thread-safe; answers from memory. */
public final class Costs {
  /** The kind of the directory's entries that say it; under the link's id. */
  public static final String KIND = CostList.KIND;
  /** Of a cost that is not known. */
  public static final long NONE = Deck.NONE;

  private final PriceBook<CostList, Picture> book;

  private record Opening(Future<Costs> costs) { }

  private Costs(PriceBook<CostList, Picture> book) {
    this.book = book;
  }

  /** The process's own; completes when there are costs. */
  public static Future<Costs> of(Node node) {
    return node.directory().once(Opening.class, () -> new Opening(PriceBook.open(node, KIND, CostList::from, Picture::new).map(Costs::new))).costs;
  }

  /** Completes when what the lists of this moment say is in force in this process, or what later ones say. */
  public static Future<Void> inForce(Node node) {
    return of(node).compose(costs -> costs.book.inForce());
  }

  /** By the lists of this moment. */
  public Picture now() {
    return book.prices();
  }

  /** The currency that an entry names; null when it names none. */
  public static String currency(JsonObject entry) {
    return entry != null && entry.getValue("currency") instanceof String currency ? currency : null;
  }

  /** The costs of one moment; immutable. */
  public static final class Picture {
    private final Map<String, Listed> listed = new HashMap<>();

    private record Listed(String currency, Deck deck) { }

    private Picture(List<CostList> lists, Map<String, Deck> decks) {
      for (CostList list : lists) listed.put(list.id(), new Listed(list.currency(), list.rows(decks)));
    }

    /** Of short lists alone: directory entries without uploaded rows. */
    public static Picture of(Map<String, JsonObject> entries) {
      return new Picture(entries.entrySet().stream().map(entry -> CostList.from(entry.getKey(), entry.getValue())).toList(), Map.of());
    }

    /**
     * @param network MCC and MNC of the recipient; null when unknown
     * @param now milliseconds since 1970
     * @return micro-units a segment; {@link #NONE} when the link's list has no price for it, or there is none
     */
    public long perSegment(String link, String to, String network, long now) {
      Listed list = listed.get(link);
      return list == null ? NONE : list.deck.price(to, network, now);
    }

    /** Null when there is no list of that link. */
    public String currency(String link) {
      Listed list = listed.get(link);
      return list == null ? null : list.currency;
    }
  }
}
