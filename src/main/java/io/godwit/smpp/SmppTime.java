package io.godwit.smpp;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The times of SMPP 3.4 §7.1.1: {@code YYMMDDhhmmsstnnp} with p '+' or '-' is absolute, with 'R' relative to now. */
public final class SmppTime {
  /** Not given: the field is empty. */
  public static final long NONE = 0;
  /** Given, and no time. */
  public static final long WRONG = -1;

  private static final Pattern TIME = Pattern.compile("(\\d\\d)(\\d\\d)(\\d\\d)(\\d\\d)(\\d\\d)(\\d\\d)(\\d)(\\d\\d)([-+R])");
  private static final DateTimeFormatter ABSOLUTE = DateTimeFormatter.ofPattern("yyMMddHHmmss").withZone(ZoneOffset.UTC);

  private SmppTime() {
  }

  /** @return milliseconds since 1970, {@link #NONE} or {@link #WRONG} */
  public static long parse(String text, long now) {
    if (text == null || text.isEmpty()) return NONE;
    Matcher time = TIME.matcher(text);
    if (!time.matches()) return WRONG;
    int[] n = new int[8];
    for (int i = 0; i < n.length; i++) n[i] = Integer.parseInt(time.group(i + 1));
    try {
      return time.group(9).equals("R") ? relative(n, now) : absolute(n, time.group(9).equals("-") ? -1 : 1);
    } catch (DateTimeException e) {
      return WRONG;
    }
  }

  private static long absolute(int[] n, int sign) {
    if (n[7] > 48) return WRONG;
    ZoneOffset zone = ZoneOffset.ofTotalSeconds(sign * n[7] * 15 * 60);
    return LocalDateTime.of(2000 + n[0], n[1], n[2], n[3], n[4], n[5]).toInstant(zone).toEpochMilli() + n[6] * 100L;
  }

  private static long relative(int[] n, long now) {
    return LocalDateTime.ofInstant(Instant.ofEpochMilli(now), ZoneOffset.UTC).plusYears(n[0]).plusMonths(n[1]).plusDays(n[2]).plusHours(n[3])
      .plusMinutes(n[4]).plusSeconds(n[5]).toInstant(ZoneOffset.UTC).toEpochMilli();
  }

  /** The absolute form, UTC. */
  public static String absolute(long millis) {
    return ABSOLUTE.format(Instant.ofEpochMilli(millis)) + "000+";
  }
}
