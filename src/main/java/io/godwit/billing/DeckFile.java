package io.godwit.billing;

import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * A price list as a file, see {@link CsvFile}: a header that names the columns {@code prefix} or {@code mccmnc} (or both, one filled in each row), {@code price}
 * (whole micro-units a segment) and, if wanted, {@code from} (ISO 8601 with offset; empty = always). Pure functions; a million rows take about a second:
 * not on an event loop.
 */
final class DeckFile {
  /** Errors that are told at once; what is wrong with a file is often wrong with each of its rows. */
  static final int MOST_ERRORS = 100;
  static final int MOST_ROWS = 2_000_000;
  private static final Set<String> COLUMNS = new TreeSet<>(Set.of("prefix", "mccmnc", "from", "price"));

  private final int most;
  private final int mostMoments;
  private final Deck.Builder rows = new Deck.Builder();
  private final List<WrongRow> wrong = new ArrayList<>();
  /** Of each row. */
  private int[] lines = new int[16];
  private long line = 1;

  private DeckFile(int most, int mostMoments) {
    this.most = most;
    this.mostMoments = mostMoments;
  }

  /** Either a list or what is wrong with it. */
  record Parsed(Deck deck, List<WrongRow> wrong) { }

  static Parsed read(String csv) {
    return read(csv, MOST_ROWS);
  }

  /** @param most rows */
  static Parsed read(String csv, int most) {
    return read(csv, new DeckFile(most, Deck.MOST_MOMENTS));
  }

  /** One that was taken once, by an earlier release perhaps: it stays in force. */
  static Parsed stored(String csv) {
    return read(csv, new DeckFile(MOST_ROWS, Integer.MAX_VALUE));
  }

  private static Parsed read(String csv, DeckFile file) {
    try (CSVParser parser = CsvFile.open(csv, false)) {
      file.columns(parser.getHeaderMap());
      if (file.wrong.isEmpty()) for (CSVRecord row : parser) {
        file.line = parser.getCurrentLineNumber();
        file.add(row);
        if (file.wrong.size() >= MOST_ERRORS || file.rows.size() > file.most) break;
      }
    } catch (CSVException e) {
      file.wrong(null, e.getMessage());
    } catch (IOException | RuntimeException e) {
      file.wrong(null, "is no CSV: " + e.getMessage());
    }
    return file.built();
  }

  private Parsed built() {
    if (rows.size() > most) wrong(null, "a list has at most " + most + " rows");
    if (!wrong.isEmpty()) return new Parsed(null, wrong);
    try {
      return new Parsed(rows.build(mostMoments), List.of());
    } catch (Deck.Unfit e) {
      String more = e instanceof Deck.Twice twice ? ": the first is in line " + lines[twice.first()] : "";
      return new Parsed(null, List.of(new WrongRow(lines[e.row()], e.isNetwork() ? "mccmnc" : "prefix", e.getMessage() + more)));
    }
  }

  private void columns(Map<String, Integer> header) {
    for (String column : header.keySet()) if (!COLUMNS.contains(column)) wrong(column, "is no column of a price list; those are " + COLUMNS);
    if (!header.containsKey("price")) wrong("price", "is missing");
    if (!header.containsKey("prefix") && !header.containsKey("mccmnc")) wrong("prefix", "is missing, and so is mccmnc");
  }

  private void add(CSVRecord row) {
    if (!row.isConsistent()) {
      wrong(null, "has " + row.size() + " values");
      return;
    }
    int before = wrong.size();
    long key = key(cell(row, "prefix"), cell(row, "mccmnc"));
    long from = from(cell(row, "from"));
    long price = price(cell(row, "price"));
    if (wrong.size() > before) return;
    if (rows.size() == lines.length) lines = Arrays.copyOf(lines, 2 * lines.length);
    lines[rows.size()] = (int) line;
    rows.add(key, from, price);
  }

  private static String cell(CSVRecord row, String column) {
    return row.isMapped(column) ? row.get(column) : "";
  }

  private long key(String prefix, String network) {
    if (!prefix.isEmpty() && !network.isEmpty()) return wrong("mccmnc", "either a prefix or a network");
    String column = network.isEmpty() ? "prefix" : "mccmnc";
    try {
      return network.isEmpty() ? Deck.prefix(prefix) : Deck.network(network);
    } catch (IllegalArgumentException e) {
      return wrong(column, e.getMessage());
    }
  }

  private long from(String from) {
    if (from.isEmpty()) return 0;
    try {
      return OffsetDateTime.parse(from).toInstant().toEpochMilli();
    } catch (DateTimeException | ArithmeticException e) {
      return wrong("from", "'" + from + "' is no time like 2026-12-01T00:00:00Z");
    }
  }

  private long price(String price) {
    long amount = price.matches("\\d{1,18}") ? Long.parseLong(price) : -1;
    return amount >= 0 && amount <= Deck.DEAREST ? amount : wrong("price", "'" + price + "' is not in 0.." + Deck.DEAREST + " micro-units");
  }

  private long wrong(String column, String what) {
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
