package io.godwit.smpp;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The dates of receipts: yyMMddHHmm (SMPP 3.4 Appendix B), and with seconds, with the century, with both; ISO 8601; SMPP's own
 * absolute time with tenths and quarter hours (§7.1.1); each with or without a zone.
 */
final class ReceiptDate {
  /** No date, or none that we can read. */
  static final long NONE = -1;

  private static final String ZONE = "\\s*(Z|UTC|GMT|[+-]\\d\\d(?::?\\d\\d)?)?";
  private static final Pattern DIGITS = Pattern.compile("(\\d{10}|\\d{12}|\\d{14})" + ZONE);
  private static final Pattern ISO = Pattern.compile(
    "(\\d{4})[-/.](\\d\\d)[-/.](\\d\\d)[T ](\\d\\d):(\\d\\d)(?::(\\d\\d)(?:[.,]\\d{1,9})?)?" + ZONE);
  private static final Pattern SMPP = Pattern.compile("(\\d{12})\\d(\\d\\d)([+-])");

  private ReceiptDate() {
  }

  /** Wall-clock milliseconds, or {@link #NONE}; {@code zone} is used for a date that names none. */
  static long parse(String date, ZoneId zone) {
    if (date == null || date.length() < 10 || date.length() > 40) {
      return NONE;
    }
    try {
      return read(date, zone);
    } catch (DateTimeException e) {
      return NONE;
    }
  }

  private static long read(String date, ZoneId zone) {
    Matcher digits = DIGITS.matcher(date);
    if (digits.matches()) {
      return millis(ofDigits(digits.group(1)), zone(digits.group(2), zone));
    }
    Matcher iso = ISO.matcher(date);
    if (iso.matches()) {
      return millis(ofFields(iso), zone(iso.group(7), zone));
    }
    Matcher smpp = SMPP.matcher(date);
    if (smpp.matches()) {
      int quarters = Integer.parseInt(smpp.group(2)) * (smpp.group(3).equals("-") ? -1 : 1);
      return millis(ofDigits(smpp.group(1)), ZoneOffset.ofTotalSeconds(quarters * 15 * 60));
    }
    return NONE;
  }

  /** Ten digits have no seconds and no century, fourteen have both; twelve that begin with 20 have the century if that fits. */
  private static LocalDateTime ofDigits(String d) {
    boolean century = d.length() == 14 || d.length() == 12 && d.startsWith("20") && isMonthAndDay(d.substring(4, 8));
    int month = century ? 4 : 2;
    int year = century ? Integer.parseInt(d.substring(0, 4)) : 2000 + two(d, 0);
    boolean seconds = d.length() - month == 10;
    return LocalDateTime.of(year, two(d, month), two(d, month + 2), two(d, month + 4), two(d, month + 6),
      seconds ? two(d, month + 8) : 0);
  }

  private static boolean isMonthAndDay(String monthAndDay) {
    int month = two(monthAndDay, 0);
    int day = two(monthAndDay, 2);
    return month >= 1 && month <= 12 && day >= 1 && day <= 31;
  }

  private static LocalDateTime ofFields(Matcher iso) {
    String seconds = iso.group(6);
    return LocalDateTime.of(Integer.parseInt(iso.group(1)), Integer.parseInt(iso.group(2)), Integer.parseInt(iso.group(3)),
      Integer.parseInt(iso.group(4)), Integer.parseInt(iso.group(5)), seconds == null ? 0 : Integer.parseInt(seconds));
  }

  private static int two(String digits, int at) {
    return Integer.parseInt(digits.substring(at, at + 2));
  }

  private static ZoneId zone(String suffix, ZoneId otherwise) {
    if (suffix == null) {
      return otherwise;
    }
    return Character.isLetter(suffix.charAt(0)) ? ZoneOffset.UTC : ZoneOffset.of(suffix);
  }

  private static long millis(LocalDateTime time, ZoneId zone) {
    return time.atZone(zone).toInstant().toEpochMilli();
  }
}
