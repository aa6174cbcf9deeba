package io.godwit.billing;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * A price list as a file (RFC 4180): a header that names the columns {@code prefix} or {@code mccmnc} (or both, one filled in each row), {@code price}
 * (whole micro-units a segment) and, if wanted, {@code from} (ISO 8601 with offset; empty = always). Pure functions; a million rows take about a second:
 * not on an event loop.
 */
final class DeckFile {
  /** Errors that are told at once; what is wrong with a file is often wrong with each of its rows. */
  static final int MOST_ERRORS = 100;
  static final int MOST_ROWS = 2_000_000;
  /** A price above is a mistake: a thousand units of a currency for a segment. */
  private static final long DEAREST = 1_000_000_000;
  private static final Set<String> COLUMNS = new TreeSet<>(Set.of("prefix", "mccmnc", "from", "price"));
  private static final CSVFormat FORMAT = CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).setTrim(true).setIgnoreEmptyLines(true)
    .setAllowMissingColumnNames(false).get();

  private DeckFile() {
  }

  /** Either a list or what is wrong with it. */
  record Parsed(Deck deck, List<WrongRow> wrong) { }

  static Parsed read(String csv) {
    List<WrongRow> wrong = new ArrayList<>();
    Deck.Builder rows = new Deck.Builder();
    try (Reader reader = new StringReader(csv); CSVParser parser = FORMAT.parse(reader)) {
      columns(parser.getHeaderMap(), wrong);
      if (wrong.isEmpty()) for (CSVRecord row : parser) {
        add(row, rows, wrong);
        if (wrong.size() >= MOST_ERRORS || rows.size() > MOST_ROWS) break;
      }
    } catch (CSVException e) {
      wrong.add(new WrongRow(1, null, e.getMessage()));
    } catch (IOException | RuntimeException e) {
      wrong.add(new WrongRow(1, null, "is no CSV: " + e.getMessage()));
    }
    if (rows.size() > MOST_ROWS) wrong.add(new WrongRow(MOST_ROWS + 2L, null, "a list has at most " + MOST_ROWS + " rows"));
    return built(rows, wrong);
  }

  private static Parsed built(Deck.Builder rows, List<WrongRow> wrong) {
    if (!wrong.isEmpty()) return new Parsed(null, wrong);
    try {
      return new Parsed(rows.build(), List.of());
    } catch (IllegalArgumentException e) {
      return new Parsed(null, List.of(new WrongRow(0, null, e.getMessage())));
    }
  }

  private static void columns(Map<String, Integer> header, List<WrongRow> wrong) {
    for (String column : header.keySet()) if (!COLUMNS.contains(column)) wrong.add(new WrongRow(1, column, "is no column of a price list; those are " + COLUMNS));
    if (!header.containsKey("price")) wrong.add(new WrongRow(1, "price", "is missing"));
    if (!header.containsKey("prefix") && !header.containsKey("mccmnc")) wrong.add(new WrongRow(1, "prefix", "is missing, and so is mccmnc"));
  }

  private static void add(CSVRecord row, Deck.Builder rows, List<WrongRow> wrong) {
    long line = row.getRecordNumber() + 1;
    if (!row.isConsistent()) {
      wrong.add(new WrongRow(line, null, "has " + row.size() + " values"));
      return;
    }
    int before = wrong.size();
    long key = key(cell(row, "prefix"), cell(row, "mccmnc"), line, wrong);
    long from = from(cell(row, "from"), line, wrong);
    long price = price(cell(row, "price"), line, wrong);
    if (wrong.size() == before) rows.add(key, from, price);
  }

  private static String cell(CSVRecord row, String column) {
    return row.isMapped(column) ? row.get(column) : "";
  }

  private static long key(String prefix, String network, long line, List<WrongRow> wrong) {
    if (!prefix.isEmpty() && !network.isEmpty()) return wrong(wrong, line, "mccmnc", "either a prefix or a network");
    String column = network.isEmpty() ? "prefix" : "mccmnc";
    try {
      return network.isEmpty() ? Deck.prefix(prefix) : Deck.network(network);
    } catch (IllegalArgumentException e) {
      return wrong(wrong, line, column, e.getMessage());
    }
  }

  private static long from(String from, long line, List<WrongRow> wrong) {
    if (from.isEmpty()) return 0;
    try {
      return OffsetDateTime.parse(from).toInstant().toEpochMilli();
    } catch (DateTimeException | ArithmeticException e) {
      return wrong(wrong, line, "from", "'" + from + "' is no time like 2026-12-01T00:00:00Z");
    }
  }

  private static long price(String price, long line, List<WrongRow> wrong) {
    long amount = price.matches("\\d{1,10}") ? Long.parseLong(price) : -1;
    return amount >= 0 && amount <= DEAREST ? amount : wrong(wrong, line, "price", "'" + price + "' is not in 0.." + DEAREST + " micro-units");
  }

  private static long wrong(List<WrongRow> wrong, long line, String column, String what) {
    wrong.add(new WrongRow(line, column, what));
    return 0;
  }

  /** The same rows, in the order in which they came. */
  static String write(Deck deck) {
    StringBuilder csv = new StringBuilder("prefix,mccmnc,from,price\r\n");
    deck.each((key, since, amount) -> {
      if (key > 0) csv.append(Deck.text(key)).append(',');
      else csv.append(',').append(Deck.text(key));
      csv.append(',');
      if (since != 0) csv.append(Instant.ofEpochMilli(since));
      csv.append(',').append(amount).append("\r\n");
    });
    return csv.toString();
  }
}
