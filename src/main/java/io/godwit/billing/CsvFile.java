package io.godwit.billing;

import java.io.IOException;
import java.io.StringReader;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;

/**
 * A table as people's programs write it: CSV (RFC 4180) with a header, its values apart by commas, semicolons or tabs, perhaps behind a byte order mark; empty lines are passed over.
 */
public final class CsvFile {
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private CsvFile() {
  }

  /**
   * A parser behind the header; while a row is visited its {@code getCurrentLineNumber} is that of the row's last line in the file.
   *
   * @param unnamed whether columns may have no name
   */
  public static CSVParser open(String csv, boolean unnamed) throws IOException {
    // the parser counts a line when it ends
    String text = (csv.startsWith(BYTE_ORDER_MARK) ? csv.substring(1) : csv) + "\n";
    return CSVFormat.RFC4180.builder().setDelimiter(delimiter(text)).setHeader().setSkipHeaderRecord(true).setTrim(true).setIgnoreEmptyLines(true)
      .setAllowMissingColumnNames(unnamed).get().parse(new StringReader(text));
  }

  /** The one that is found most often in the header. */
  private static char delimiter(String csv) {
    String header = csv.lines().filter(line -> !line.isEmpty()).findFirst().orElse("");
    char best = ',';
    for (char one : new char[] {';', '\t'}) if (count(header, one) > count(header, best)) best = one;
    return best;
  }

  private static long count(String text, char c) {
    return text.chars().filter(one -> one == c).count();
  }
}
