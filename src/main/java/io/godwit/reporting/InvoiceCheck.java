package io.godwit.reporting;

import io.godwit.reporting.InvoiceFile.Charge;
import io.godwit.reporting.InvoiceFile.Key;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * A carrier's invoice beside what its link took, by day and network. Differences are theirs less ours: what is above zero was charged too much.
 *
 * @param until everything that was sent before that moment is counted
 */
record InvoiceCheck(String link, String currency, LocalDate from, LocalDate to, Tolerance tolerance, List<Row> rows, Instant until) {

  /** What is said of a day and network. */
  enum Verdict { MATCH, SEGMENTS_DIFFER, COST_DIFFERS, COST_UNKNOWN, MISSING_HERE, MISSING_THERE }

  /**
   * What is no difference: so many percent of the larger number and, for amounts, a hundredth of the currency's unit, since carriers round each row.
   *
   * @param percent from 0 to 100
   */
  record Tolerance(BigDecimal percent) {
    private static final long ROUNDING = 10_000;

    private boolean covers(long ours, long theirs, long besides) {
      BigDecimal allowed = percent.movePointLeft(2).multiply(BigDecimal.valueOf(Math.max(Math.abs(ours), Math.abs(theirs)))).add(BigDecimal.valueOf(besides));
      return BigDecimal.valueOf(theirs).subtract(BigDecimal.valueOf(ours)).abs().compareTo(allowed) <= 0;
    }
  }

  /**
   * What the link took on a day into a network.
   *
   * @param micros of the invoice's currency
   * @param unpriced segments that are not in {@code micros}: at no known cost, or at one in another currency
   */
  record Count(long segments, long micros, long unpriced) {
    Count plus(Count other) {
      return new Count(Math.addExact(segments, other.segments), Math.addExact(micros, other.micros), Math.addExact(unpriced, other.unpriced));
    }
  }

  /** @param ours, theirs null where that side has nothing */
  record Row(Key key, Count ours, Charge theirs, Verdict verdict) { }

  static InvoiceCheck of(String link, String currency, LocalDate from, LocalDate to, Tolerance tolerance, Map<Key, Count> ours, Map<Key, Charge> theirs, Instant until) {
    TreeSet<Key> keys = new TreeSet<>(ours.keySet());
    keys.addAll(theirs.keySet());
    List<Row> rows = new ArrayList<>(keys.size());
    for (Key key : keys) rows.add(new Row(key, ours.get(key), theirs.get(key), verdict(ours.get(key), theirs.get(key), tolerance)));
    return new InvoiceCheck(link, currency, from, to, tolerance, rows, until);
  }

  private static Verdict verdict(Count ours, Charge theirs, Tolerance tolerance) {
    if (ours == null) return Verdict.MISSING_HERE;
    if (theirs == null) return Verdict.MISSING_THERE;
    if (!tolerance.covers(ours.segments, theirs.segments(), 0)) return Verdict.SEGMENTS_DIFFER;
    if (ours.unpriced > 0) return Verdict.COST_UNKNOWN;
    return tolerance.covers(ours.micros, theirs.micros(), Tolerance.ROUNDING) ? Verdict.MATCH : Verdict.COST_DIFFERS;
  }

  Count ours() {
    return rows.stream().filter(row -> row.ours != null).map(Row::ours).reduce(new Count(0, 0, 0), Count::plus);
  }

  Charge theirs() {
    return rows.stream().filter(row -> row.theirs != null).map(Row::theirs).reduce(new Charge(0, 0), Charge::plus);
  }

  /** How many rows have each of the verdicts. */
  Map<Verdict, Integer> verdicts() {
    Map<Verdict, Integer> counts = new EnumMap<>(Verdict.class);
    for (Verdict verdict : Verdict.values()) counts.put(verdict, 0);
    for (Row row : rows) counts.merge(row.verdict, 1, Integer::sum);
    return counts;
  }

  /** Those rows that do not match. */
  List<Row> differing() {
    return rows.stream().filter(row -> row.verdict != Verdict.MATCH).toList();
  }
}
