package io.godwit.billing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.godwit.accounts.Account;
import io.godwit.accounts.AccountTree;
import io.godwit.message.Conversion;
import io.godwit.store.Mongo;
import io.godwit.testing.Await;
import io.godwit.testing.TestNode;
import io.vertx.core.Context;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Date;
import java.util.List;
import org.bson.Document;
import org.bson.types.Binary;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PriceBookTest {
  private static final String GERMANY = "+4930123456";
  private static final String FRANCE = "+33612345678";

  private TestNode node;
  private Context context;
  private Decks decks;
  private PriceBook<PriceList, Rates> book;

  @BeforeEach
  void aCustomerOfAResellerOfTheOperator() {
    node = TestNode.start(1);
    context = node.vertx.getOrCreateContext();
    node.put("account", "operator", new JsonObject());
    node.put("account", "reseller", new JsonObject().put("parent", "operator"));
    node.put("account", "demo", new JsonObject().put("parent", "reseller"));
    node.put("rate", "wholesale", new JsonObject().put("seller", "operator").put("currency", "EUR").put("prices", new JsonObject().put("", 1_000)));
    decks = new Decks(node.sets.control());
    book = Await.on(context, () -> Rates.of(node.node));
  }

  @AfterEach
  void close() {
    node.close();
  }

  private Rates.Price price() {
    return price(node, book, GERMANY);
  }

  private static Rates.Price price(TestNode node, PriceBook<PriceList, Rates> book, String to) {
    List<Account> lineage = AccountTree.of(node.directory.entries("account")).lineage("demo");
    return book.prices().price(lineage, new Rates.Asked(to, null, node.clock.get(), ExchangeRates.of(node.directory.entries("exchange"))));
  }

  @Test
  void aMarkupOnWhatIsPaidInAnotherCurrencyIsTakenOnWhatThatComesTo() {
    node.put("account", "reseller", new JsonObject().put("parent", "operator").put("currency", "USD"));
    node.put("rate", "retail", new JsonObject().put("seller", "reseller").put("currency", "USD").put("markup", new JsonObject().put("percent", 10)));
    assertEquals("there is no exchange rate from EUR to USD", price().missing());
    JsonObject now = new JsonObject().put("rate", 1_083_400);
    JsonObject later = new JsonObject().put("rate", 1_100_500).put("from", java.time.Instant.ofEpochMilli(node.clock.get() + 1_000).toString());
    node.put("exchange", "EUR-USD", new JsonObject().put("rates", new JsonArray().add(later).add(now)));
    assertEquals(new Rates.Price(1_191, "USD", List.of(new Conversion("EUR", "USD", 1_083_400)), null), price());
    node.clock.addAndGet(1_000);
    assertEquals(new Rates.Price(1_211, "USD", List.of(new Conversion("EUR", "USD", 1_100_500)), null), price(), "1,100.5 is 1,101, and 1,211.1 is 1,211");
  }

  @Test
  void whatComesToMoreThanAnySegmentCostsIsNoPrice() {
    node.put("rate", "wholesale", new JsonObject().put("seller", "operator").put("currency", "EUR").put("prices", new JsonObject().put("", Deck.DEAREST)));
    assertEquals(Deck.DEAREST, price().amount());
    node.put("rate", "retail", new JsonObject().put("seller", "reseller").put("currency", "IDR").put("markup", new JsonObject().put("percent", 1_000)));
    node.put("exchange", "EUR-IDR", new JsonObject().put("rates", new JsonArray().add(new JsonObject().put("rate", 1_000_000_000_000L))));
    assertEquals("more than 10000000 IDR a segment are no price", price().missing());
    node.put("rate", "retail", new JsonObject().put("seller", "reseller").put("currency", "EUR").put("markup", new JsonObject().put("percent", 1_000)));
    assertEquals("more than 10000000 EUR a segment are no price", price().missing());
    node.put("rate", "retail", new JsonObject().put("seller", "reseller").put("currency", "EUR").put("prices", new JsonObject().put("", Long.MAX_VALUE)));
    assertEquals("more than 10000000 EUR a segment are no price", price().missing());
  }

  private String upload(String list, String... lines) {
    return Await.on(context, () -> decks.write(context, list, DeckFile.read(String.join("\n", lines)).deck()));
  }

  private void name(String list, String deck) {
    node.put("rate", list, new JsonObject().put("account", "demo").put("currency", "EUR").put("deck", new JsonObject().put("id", deck)));
  }

  private void awaitPrice(long amount) {
    Await.until("a price of " + amount, () -> price() != null && price().amount() == amount);
  }

  @Test
  void whoHasNoListPaysWhatItsSellerPays() {
    assertEquals(new Rates.Price(1_000, "EUR", List.of(), null), price());
  }

  @Test
  void aMarkupFollowsWhatTheSellerPays() {
    node.put("rate", "retail", new JsonObject().put("seller", "reseller").put("currency", "EUR").put("markup", new JsonObject().put("percent", 20).put("add", 7))
      .put("prices", new JsonObject().put("33", 5_000)));
    assertEquals(1_207, price().amount());
    node.put("rate", "wholesale", new JsonObject().put("seller", "operator").put("currency", "EUR").put("prices", new JsonObject().put("49", 2_000)));
    assertEquals(2_407, price().amount());
    node.put("rate", "wholesale", new JsonObject().put("seller", "operator").put("currency", "EUR").put("prices", new JsonObject().put("33", 2_000)));
    assertNull(price(), "a markup on nothing is no price");
  }

  @Test
  void uploadedRowsHoldWhenTheirListNamesThem() {
    String deck = upload("special", "prefix,price", "49,1500");
    assertEquals(1_000, price().amount());
    name("special", deck);
    awaitPrice(1_500);
    name("special", upload("special", "prefix,price", "4930,1400"));
    awaitPrice(1_400);
  }

  @Test
  void aRowOfTheFutureHoldsAtItsMillisecond() {
    long at = node.clock.get() + 60_000;
    name("special", upload("special", "prefix,from,price", "49,,1500", "49," + java.time.Instant.ofEpochMilli(at) + ",1600"));
    awaitPrice(1_500);
    node.clock.set(at - 1);
    assertEquals(1_500, price().amount());
    node.clock.set(at);
    assertEquals(1_600, price().amount());
  }

  @Test
  void theEarlierPricesStayWhileRowsAreMissingOrListsContradict() {
    name("special", upload("special", "prefix,price", "49,1500"));
    awaitPrice(1_500);
    name("special", "nowhere");
    assertEquals(1_500, price().amount());
    name("special", upload("special", "prefix,price", "49,1700"));
    awaitPrice(1_700);
    node.put("rate", "another", new JsonObject().put("account", "demo").put("currency", "EUR").put("prices", new JsonObject().put("", 1)));
    assertEquals(1_700, price().amount());
  }

  private static JsonObject rows(String id) {
    return new JsonObject().put("id", id);
  }

  /** Rows that nobody can read. */
  private String unreadable(String list) {
    String deck = upload(list, "prefix,price", "49,1");
    Document spoilt = new Document("csv", new Binary(new byte[] {1}));
    Await.on(context, () -> Mongo.first(context, node.sets.control().db().getCollection(Decks.COLLECTION).updateOne(new Document("deck", deck), new Document("$set", spoilt))));
    return deck;
  }

  @Test
  void rowsThatNobodyCanReadHoldUpNoOtherPricesAndTheirListKeepsThoseBefore() {
    String good = upload("special", "prefix,price", "49,1500");
    name("special", good);
    awaitPrice(1_500);
    JsonArray earlier = new JsonArray().add(rows(unreadable("special"))).add(rows(good));
    JsonObject special = new JsonObject().put("account", "demo").put("currency", "EUR").put("deck", rows(unreadable("special"))).put("earlier", earlier);
    node.put("rate", "special", special);
    node.put("rate", "wholesale", new JsonObject().put("seller", "operator").put("currency", "EUR").put("deck", rows(upload("wholesale", "prefix,price", "33,2000"))));
    Await.until("the other list is taken over", () -> price(node, book, FRANCE) != null && price(node, book, FRANCE).amount() == 2_000);
    assertEquals(1_500, price().amount());
    try (TestNode another = node.another()) {
      PriceBook<PriceList, Rates> late = Await.on(another.vertx.getOrCreateContext(), () -> Rates.of(another.node));
      assertEquals(2_000, price(another, late, FRANCE).amount());
      assertEquals(1_500, price(another, late, GERMANY).amount(), "as before, for who begins later, too");
    }
    name("special", upload("special", "prefix,price", "49,1600"));
    awaitPrice(1_600);
  }

  @Test
  void aMergeThatComesToWhatCannotBeReadAgainIsRefused() {
    PriceUploads uploads = new PriceUploads(node.sets.control(), PriceUploads.RATES, 3);
    JsonObject list = new JsonObject().put("account", "demo").put("currency", "EUR");
    JsonObject full = Await.on(context, () -> uploads.upload(context, "special", list, "prefix,price\n49,1\n33,2\n44,3\n", false)).entry();
    assertEquals(3, Await.on(context, () -> uploads.upload(context, "special", full, "prefix,price\n49,7\n", true)).entry().getJsonObject("deck").getInteger("rows"));
    assertEquals("with the rows that stay it has 4; a list has at most 3", refused(uploads, full, "1,7"));
    assertEquals("a row that stays has a price of 10000000000001; the highest is 10000000000000 micro-units",
      refused(uploads, list.copy().put("prices", new JsonObject().put("49", Deck.DEAREST + 1)), "1,7"));
  }

  private String refused(PriceUploads uploads, JsonObject before, String row) {
    PriceUploads.Uploaded uploaded = Await.on(context, () -> uploads.upload(context, "special", before, "prefix,price\n" + row, true));
    assertNull(uploaded.entry());
    assertEquals(0, uploaded.wrong().get(0).line());
    return uploaded.wrong().get(0).what();
  }

  @Test
  void rowsOfManyPartsAreReadWhole() {
    StringBuilder file = new StringBuilder("prefix,price\n");
    for (int i = 0; i < 500_000; i++) file.append("49").append(1_000_000 + i).append(',').append(i).append('\n');
    String deck = Await.on(context, () -> decks.write(context, "long", DeckFile.read(file.toString()).deck()));
    long parts = Await.on(context, () -> Mongo.first(context, node.sets.control().db().getCollection(Decks.COLLECTION).countDocuments(new Document("deck", deck))));
    assertEquals(3, parts);
    Deck read = Await.on(context, () -> decks.read(context, deck));
    assertEquals(500_000, read.rows());
    assertEquals(499_999, read.price("+4914999990", null, 0));
  }

  @Test
  void rowsThatNobodyNamesAreRemovedWhenTheyAreOld() {
    String used = upload("special", "prefix,price", "49,1");
    String dropped = upload("special", "prefix,price", "49,2");
    String fresh = upload("special", "prefix,price", "49,3");
    Await.on(context, () -> Mongo.first(context, node.sets.control().db().getCollection(Decks.COLLECTION).updateMany(new Document("deck", new Document("$ne", fresh)),
      new Document("$set", new Document("at", new Date(node.clock.get() - 7_200_000))))));
    Await.on(context, () -> decks.tidy(context, "special", List.of(used)));
    List<Document> left = Await.on(context, () -> Mongo.all(context, node.sets.control().db().getCollection(Decks.COLLECTION).find()));
    assertEquals(List.of(used, fresh), left.stream().map(d -> d.getString("deck")).sorted().toList(), dropped + " is gone");
  }
}
