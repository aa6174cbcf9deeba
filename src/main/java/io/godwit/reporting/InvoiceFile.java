package io.godwit.reporting;

import io.godwit.billing.CsvFile;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * A carrier's invoice as a file: CSV with commas, semicolons or tabs and a header, one row a day and network. What columns are called differs from carrier to carrier:
 * case, spaces and punctuation of their names do not matter, and each has some names. Rows of the same day and network add up. Pure functions; not on an event loop.
 */
final class InvoiceFile {
  /** Errors that are told at once. */
  private static final int MOST_ERRORS = 100;
  static final int MOST_ROWS = 50_000;
  private static final int MICROS = 6;
  /** Fifty thousand rows of the largest amount still fit into a sum. */
  private static final int AMOUNT_DIGITS = 8;
  private static final int SEGMENT_DIGITS = 12;

  /** What a row has; each with the names of its column. */
  private enum Column {
    DAY("day", "date", "trafficday", "trafficdate"),
    NETWORK("mccmnc", "network", "networkcode", "plmn"),
    MCC("mcc"),
    MNC("mnc"),
    SEGMENTS("segments", "parts", "smsparts", "quantity", "count", "volume"),
    AMOUNT("amount", "cost", "total", "totalcost", "charge"),
    CURRENCY("currency", "ccy");

    private final List<String> names;

    Column(String... names) {
      this.names = List.of(names);
    }
  }

  /** What an invoice says of a day and a network; {@code network}: empty when it does not know. */
  record Key(LocalDate day, String network) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int byDay = day.compareTo(other.day);
      return byDay != 0 ? byDay : network.compareTo(other.network);
    }
  }

  /** @param micros millionths of the invoice's currency */
  record Charge(long segments, long micros) {
    Charge plus(Charge other) {
      return new Charge(Math.addExact(segments, other.segments), Math.addExact(micros, other.micros));
    }
  }

  /**
   * What is wrong with a row.
   *
   * @param line of the file, from 1
   * @param column as the file calls it; null for the whole line
   */
  record Wrong(long line, String column, String what) { }

  /**
   * What was read.
   *
   * @param currency null when the file says none
   * @param wrong when there is anything in it, the rest means nothing
   */
  record Parsed(TreeMap<Key, Charge> charges, String currency, List<Wrong> wrong) { }

  private final Map<Column, String> columns = new EnumMap<>(Column.class);
  private final TreeMap<Key, Charge> charges = new TreeMap<>();
  private final List<Wrong> wrong = new ArrayList<>();
  private String currency;

  private InvoiceFile() {
  }

  static Parsed read(String csv) {
    InvoiceFile file = new InvoiceFile();
    try (CSVParser parser = CsvFile.open(csv, true)) {
      file.header(parser.getHeaderNames());
      if (file.wrong.isEmpty()) for (CSVRecord row : parser) {
        if (row.getRecordNumber() > MOST_ROWS) file.wrong(parser.getCurrentLineNumber(), null, "an invoice has at most " + MOST_ROWS + " rows");
        else file.row(row, parser.getCurrentLineNumber());
        if (file.wrong.size() >= MOST_ERRORS || row.getRecordNumber() > MOST_ROWS) break;
      }
    } catch (IOException | RuntimeException e) {
      file.wrong(1, null, "is no CSV: " + e.getMessage());
    }
    if (file.wrong.isEmpty() && file.charges.isEmpty()) file.wrong(1, null, "has no rows");
    return new Parsed(file.charges, file.currency, file.wrong);
  }

  /** Columns of other names are not read: invoices say more than is compared. */
  private void header(List<String> names) {
    for (String name : names) {
      String plain = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "");
      for (Column column : Column.values()) {
        if (!column.names.contains(plain)) continue;
        String other = columns.putIfAbsent(column, name);
        if (other != null) wrong(1, name, "means the same as column '" + other + "'");
      }
    }
    boolean split = columns.containsKey(Column.MCC) && columns.containsKey(Column.MNC);
    for (Column needed : List.of(Column.DAY, Column.NETWORK, Column.SEGMENTS, Column.AMOUNT)) {
      if (!columns.containsKey(needed) && !(needed == Column.NETWORK && split)) wrong(1, needed.names.get(0), "is missing: a column of one of the names " + needed.names);
    }
  }

  private void row(CSVRecord row, long line) {
    if (!row.isConsistent()) {
      wrong(line, null, "has " + row.size() + " values");
      return;
    }
    int before = wrong.size();
    LocalDate day = day(row, line);
    String network = network(row, line);
    Charge charge = new Charge(segments(row, line), amount(row, line));
    currency(row, line);
    if (wrong.size() == before) charges.merge(new Key(day, network), charge, Charge::plus);
  }

  private String cell(CSVRecord row, Column column) {
    return columns.containsKey(column) ? row.get(columns.get(column)) : "";
  }

  private LocalDate day(CSVRecord row, long line) {
    String day = cell(row, Column.DAY);
    try {
      return day.length() == 8 ? LocalDate.parse(day, DateTimeFormatter.BASIC_ISO_DATE) : LocalDate.parse(day);
    } catch (DateTimeException e) {
      return bad(line, Column.DAY, "'" + day + "' is no day like 2026-11-30 or 20261130");
    }
  }

  /** Five or six digits, however they are separated; a mobile network code of one digit gets its zero. */
  private String network(CSVRecord row, long line) {
    if (columns.containsKey(Column.NETWORK)) {
      String network = cell(row, Column.NETWORK);
      String digits = network.replaceAll("[ /_-]", "");
      return digits.matches("(\\d{5,6})?") ? digits : bad(line, Column.NETWORK, "'" + network + "' is no MCC and MNC like 26201");
    }
    String mcc = cell(row, Column.MCC);
    String mnc = cell(row, Column.MNC);
    if (mcc.isEmpty() && mnc.isEmpty()) return "";
    if (!mcc.matches("\\d{3}")) return bad(line, Column.MCC, "'" + mcc + "' is no mobile country code of three digits");
    return mnc.matches("\\d{1,3}") ? mcc + (mnc.length() == 1 ? "0" : "") + mnc : bad(line, Column.MNC, "'" + mnc + "' is no mobile network code");
  }

  private long segments(CSVRecord row, long line) {
    String segments = cell(row, Column.SEGMENTS);
    if (segments.matches("\\d{1," + SEGMENT_DIGITS + "}")) return Long.parseLong(segments);
    bad(line, Column.SEGMENTS, "'" + segments + "' is no whole number");
    return 0;
  }

  /** Decimal, in units of the currency; a seventh digit behind the point is rounded. Credit notes are negative. */
  private long amount(CSVRecord row, long line) {
    String amount = cell(row, Column.AMOUNT);
    if (amount.matches("-?\\d{1," + AMOUNT_DIGITS + "}(\\.\\d{1,12})?")) return new BigDecimal(amount).setScale(MICROS, RoundingMode.HALF_UP).movePointRight(MICROS).longValueExact();
    bad(line, Column.AMOUNT, "'" + amount + "' is no amount like 1234.56, without separators between thousands");
    return 0;
  }

  private void currency(CSVRecord row, long line) {
    String said = cell(row, Column.CURRENCY).toUpperCase(Locale.ROOT);
    if (said.isEmpty()) return;
    if (!said.matches("[A-Z]{3}")) bad(line, Column.CURRENCY, "'" + said + "' is no currency like EUR");
    else if (currency != null && !currency.equals(said)) bad(line, Column.CURRENCY, "is " + said + " in an invoice in " + currency);
    else currency = said;
  }

  private <T> T bad(long line, Column column, String what) {
    wrong(line, columns.get(column), what);
    return null;
  }

  private void wrong(long line, String column, String what) {
    wrong.add(new Wrong(line, column, what));
  }
}
