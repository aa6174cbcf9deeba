package io.godwit.routing;

import io.godwit.accounts.Form;
import io.vertx.core.json.JsonObject;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.ZoneId;
import java.time.zone.ZoneRules;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Hours of days of the week by the clocks of a zone, summer time included. One that ends at or before its beginning passes midnight, and belongs to the day on which it began.
 *
 * @param from minute of the day at which it begins
 * @param to minute of the day at which it is over, up to 1,440
 */
record TimeWindow(Set<DayOfWeek> days, int from, int to, ZoneRules zone) {
  private static final Set<String> FIELDS = Set.of("days", "from", "to", "zone");
  private static final int DAY = 1_440;
  private static final String TIME = "([01]\\d|2[0-3]):[0-5]\\d|24:00";

  /** Null where nothing is said. */
  static TimeWindow read(Form match) {
    if (!match.has("time") || !(match.json().getValue("time") instanceof JsonObject)) return match.has("time") ? match.invalid("time", "must be an object", null) : null;
    Form form = match.object("time").only(FIELDS);
    return new TimeWindow(days(form), minute(form, "from", 0), minute(form, "to", DAY), zone(form));
  }

  private static Set<DayOfWeek> days(Form form) {
    List<String> named = form.oneOrMore("days", 7, 9);
    if (named.isEmpty()) return EnumSet.allOf(DayOfWeek.class);
    Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
    for (String name : named) {
      DayOfWeek day = day(name);
      if (day == null) form.invalid("days", "must be some of MON, TUE, WED, THU, FRI, SAT and SUN", null);
      else days.add(day);
    }
    return days;
  }

  private static DayOfWeek day(String name) {
    for (DayOfWeek day : DayOfWeek.values()) if (day.name().substring(0, 3).equals(name)) return day;
    return null;
  }

  private static int minute(Form form, String field, int otherwise) {
    String time = form.text(field, 5);
    if (time == null) return otherwise;
    if (!time.matches(TIME)) return form.invalid(field, "must be a time of the day like 08:30", otherwise);
    return Integer.parseInt(time.substring(0, 2)) * 60 + Integer.parseInt(time.substring(3));
  }

  private static ZoneRules zone(Form form) {
    String zone = form.required("zone", 64);
    try {
      return ZoneId.of(zone == null ? "UTC" : zone).getRules();
    } catch (DateTimeException e) {
      return form.invalid("zone", "must be a zone like Europe/Berlin", null);
    }
  }

  /** @param now milliseconds since 1970 */
  boolean contains(long now) {
    long local = Math.floorDiv(now, 1_000L) + zone.getOffset(Instant.ofEpochMilli(now)).getTotalSeconds();
    long day = Math.floorDiv(local, 86_400L);
    int minute = (int) (Math.floorMod(local, 86_400L) / 60);
    if (from < to) return minute >= from && minute < to && isOn(day);
    return minute >= from && isOn(day) || minute < to && isOn(day - 1);
  }

  /** @param day since 1970, which began with a Thursday */
  private boolean isOn(long day) {
    return days.contains(DayOfWeek.of((int) Math.floorMod(day + 3, 7L) + 1));
  }
}
