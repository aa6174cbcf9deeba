package io.godwit.billing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.accounts.Form;
import io.godwit.message.Limits;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DeckTest {
  private static Deck read(String... lines) {
    DeckFile.Parsed parsed = DeckFile.read(String.join("\r\n", lines));
    assertEquals(List.of(), parsed.wrong());
    return parsed.deck();
  }

  private static List<WrongRow> wrong(String... lines) {
    DeckFile.Parsed parsed = DeckFile.read(String.join("\n", lines));
    assertNull(parsed.deck());
    return parsed.wrong();
  }

  @Test
  void theLongestPrefixOfTheNumberCounts() {
    Deck deck = read("prefix,price", "49,70", "+4915,80", ",100");
    assertEquals(80, deck.price("+4915112345678", null, 0));
    assertEquals(70, deck.price("+4930123456", null, 0));
    assertEquals(100, deck.price("+33612345678", null, 0));
    assertEquals(Deck.NONE, read("prefix,price", "49,70").price("+33612345678", null, 0));
    assertEquals(Deck.NONE, Deck.EMPTY.price("+33612345678", null, 0));
  }

  @Test
  void zerosCountInAPrefix() {
    Deck deck = read("prefix,price", "1,10", "100,20", "10,30");
    assertEquals(20, deck.price("+1005550100", null, 0));
    assertEquals(30, deck.price("+1015550100", null, 0));
    assertEquals(10, deck.price("+1", null, 0));
  }

  /** Whoever falls from one moment to the one before would be looked for through all that are there. */
  @Test
  void onePrefixHasAThousandMomentsAtMostInWhateverOrder() {
    List<String> falling = new ArrayList<>(List.of("prefix,from,price", "33,,1"));
    for (int i = 0; i <= Deck.MOST_MOMENTS; i++) falling.add("49," + Instant.ofEpochSecond(2_000_000_000L - i) + ",70");
    List<WrongRow> wrong = wrong(falling.toArray(String[]::new));
    assertEquals(1, wrong.size());
    assertEquals(falling.size(), wrong.get(0).line());
    assertTrue(wrong.get(0).what().contains("more than 1000 prices for '49'"), wrong.toString());
    List<String> rising = new ArrayList<>(falling.subList(2, falling.size()));
    Collections.reverse(rising);
    rising.add(0, "prefix,from,price");
    assertEquals(1_002, wrong(rising.toArray(String[]::new)).get(0).line());
    assertEquals(1_002, DeckFile.stored(String.join("\n", falling)).deck().rows(), "what was taken once stays in force");
    Deck whole = read(falling.subList(0, falling.size() - 1).toArray(String[]::new));
    assertThrows(Deck.Unfit.class, () -> read("prefix,from,price", "49,2020-01-01T00:00:00Z,70").over(whole));
  }

  @Test
  void aNetworkIsMorePreciseThanAPrefix() {
    Deck deck = read("prefix,mccmnc,price", "4915,,80", ",26201,60", ",310260,9");
    assertEquals(60, deck.price("+4915112345678", "26201", 0));
    assertEquals(80, deck.price("+4915112345678", "26202", 0));
    assertEquals(9, deck.price("+12025550100", "310260", 0));
  }

  @Test
  void aPriceHoldsFromItsMillisecondOnAndAShorterPrefixUntilThen() {
    Deck deck = read("prefix,from,price", "49,2026-12-01T00:00:00Z,71", "49,,70", "49,2026-12-01T01:00:00.500+01:00,72", "4915,2026-12-01T00:00:00Z,90");
    long december = 1_796_083_200_000L;
    assertEquals(70, deck.price("+4915112345678", null, december - 1));
    assertEquals(90, deck.price("+4915112345678", null, december));
    assertEquals(71, deck.price("+4930123456", null, december));
    assertEquals(71, deck.price("+4930123456", null, december + 499));
    assertEquals(72, deck.price("+4930123456", null, december + 500));
  }

  @Test
  void aFileIsWrittenAsItWasRead() {
    String file = "prefix,mccmnc,from,price\r\n49,,,70\r\n,26201,2026-12-01T00:00:00Z,60\r\n,,,100\r\n0049,,2026-12-01T00:00:00.500Z,7\r\n";
    assertEquals(file, DeckFile.write(read(file)));
  }

  @Test
  void everyWrongRowIsNamedByLineAndColumn() {
    assertEquals(List.of(new WrongRow(2, "price", "'free' is not in 0..10000000000000 micro-units"),
        new WrongRow(3, "prefix", "'4x' are not digits"),
        new WrongRow(4, "from", "'tomorrow' is no time like 2026-12-01T00:00:00Z"),
        new WrongRow(5, null, "has 2 values"),
        new WrongRow(6, "prefix", "'4912345678901234' has more than 15 digits")),
      wrong("prefix,from,price", "49,,free", "4x,,70", "49,tomorrow,70", "49,70", "4912345678901234,,7"));
    assertEquals(List.of(new WrongRow(2, "mccmnc", "either a prefix or a network"), new WrongRow(3, "mccmnc", "'262' is no MCC and MNC: five or six digits")),
      wrong("prefix,mccmnc,price", "49,26201,7", ",262,7"));
  }

  @Test
  void linesCountAsAnEditorCountsThem() {
    assertEquals(List.of(new WrongRow(4, "price", "'free' is not in 0..10000000000000 micro-units"), new WrongRow(7, "prefix", "'x' are not digits")),
      wrong("", "prefix,price", "", "49,free", "33,1", "", "x,1"));
    assertEquals(List.of(3L, 5L), DeckFile.read("prefix,price\r\n\r\nx,1\r\n\r\ny,1").wrong().stream().map(WrongRow::line).toList());
  }

  @Test
  void spreadsheetsWriteSemicolonsTabsAndAByteOrderMark() {
    assertEquals(70, read("\uFEFFprefix;price", "49;70").price("+4930123456", null, 0));
    assertEquals(70, read("\uFEFFprefix,price", "49,70").price("+4930123456", null, 0));
    assertEquals(60, read("prefix\tmccmnc\tprice", "\t26201\t60").price("+4930123456", "26201", 0));
  }

  @Test
  void aSegmentMayCostThousandsOfACurrencyOfSmallUnits() {
    assertEquals(25_000_000_000L, read("prefix,price", "84,25000000000").price("+84912345678", null, 0));
    assertEquals(Deck.DEAREST, read("prefix,price", "84,10000000000000").price("+84912345678", null, 0));
    for (String tooMuch : List.of("10000000000001", "99999999999999999999", "-1")) assertEquals("price", wrong("prefix,price", "84," + tooMuch).get(0).column());
    assertTrue(Math.multiplyExact(Deck.DEAREST, (long) Limits.SEGMENTS * Limits.BATCH_MESSAGES) <= Long.MAX_VALUE / 2, "a batch at the dearest price fits into a long");
  }

  @Test
  void aFileWithoutItsColumnsIsRefused() {
    assertEquals("price", wrong("prefix,cost", "49,7").get(1).column());
    assertEquals("cost", wrong("prefix,cost", "49,7").get(0).column());
    assertEquals("prefix", wrong("price", "7").get(0).column());
    assertEquals(1, wrong("").get(0).line());
  }

  @Test
  void oneMomentHasOnePrice() {
    assertEquals(List.of(new WrongRow(5, "prefix", "a second price for '49' from the same moment on: the first is in line 2")), wrong("prefix,price", "49,70", "", "33,1", "+49,71", "33,2"));
    assertEquals(List.of(new WrongRow(4, "mccmnc", "a second price for '26201' from the same moment on: the first is in line 2")),
      wrong("prefix,mccmnc,from,price", ",26201,2026-12-01T00:00:00Z,1", ",26201,,1", ",26201,2026-12-01T01:00:00+01:00,2"));
  }

  @Test
  void noMoreErrorsAreToldThanAnybodyReads() {
    assertEquals(DeckFile.MOST_ERRORS, wrong(("prefix,price\n" + "x,7\n".repeat(1_000)).split("\n")).size());
  }

  @Test
  void manyRandomRowsAreFoundAsAMapWouldFindThem() {
    Random random = new Random(7);
    Map<String, Long> rows = new HashMap<>();
    for (int i = 0; i < 20_000; i++) rows.put(Long.toString(1 + random.nextLong(999_999_999_999L)).substring(0, 1 + random.nextInt(1)) + random.nextInt(100_000), (long) i);
    StringBuilder file = new StringBuilder("prefix,price\n");
    rows.forEach((prefix, price) -> file.append(prefix).append(',').append(price).append('\n'));
    Deck deck = read(file.toString());
    for (int i = 0; i < 20_000; i++) {
      String number = Long.toString(1_000_000_000L + random.nextLong(99_000_000_000L));
      long expected = Deck.NONE;
      for (int length = number.length(); length >= 0 && expected == Deck.NONE; length--) expected = rows.getOrDefault(number.substring(0, length), Deck.NONE);
      assertEquals(expected, deck.price("+" + number, null, 0), number);
    }
  }

  @Test
  void aMarkupIsAddedToTheSellersOwnPrice() {
    assertEquals(11_750, markup(new JsonObject().put("percent", 12.5).put("add", 500)).on(10_000));
    assertEquals(2, markup(new JsonObject().put("percent", 50)).on(1), "half a micro-unit is rounded up");
    assertEquals(Deck.DEAREST, markup(new JsonObject().put("add", Deck.DEAREST)).on(0));
    for (JsonObject bad : List.of(new JsonObject().put("percent", -1), new JsonObject().put("percent", 0.001), new JsonObject().put("percent", "10"), new JsonObject().put("add", 1.5),
      new JsonObject().put("procent", 10))) {
      Form form = Form.of(bad);
      Markup.read(form);
      assertEquals(List.of("/" + bad.fieldNames().iterator().next()), form.wrongs().stream().map(Form.Wrong::path).toList());
    }
  }

  private static Markup markup(JsonObject body) {
    Form form = Form.of(body);
    Markup markup = Markup.read(form);
    assertEquals(List.of(), form.wrongs());
    return markup;
  }
}
