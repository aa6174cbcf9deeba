package io.godwit.reporting;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.godwit.message.Event;
import io.godwit.ops.Audit;
import io.godwit.ops.Finding;
import io.godwit.ops.Finding.Kind;
import io.godwit.testing.Await;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an audit finds in the reporting database: a real one, that a real projection filled, and that somebody spoils. */
class RowsTest {
  private static final Set<Kind> KINDS = EnumSet.of(Kind.ROW_MISSING, Kind.ROW_DIFFERS, Kind.ROW_FROM_NOWHERE);
  private final Stand stand = new Stand();
  private final List<List<Event>> lives = new Histories(7, System.currentTimeMillis()).some(60);

  @BeforeEach
  void allIsReported() {
    for (List<Event> page : Fold.shuffledPages(7, lives)) stand.write(page);
    stand.project();
    stand.awaitCaughtUp();
  }

  @AfterEach
  void close() {
    stand.close();
  }

  @Test
  void rowsThatAreTheFoldOfTheEventsAreClean() {
    assertFinds(Map.of());
  }

  @Test
  void aRowThatIsMissingIsFound() {
    stand.lines("DELETE FROM message WHERE id = '" + id(3) + "'");
    assertFinds(Map.of(id(3), Kind.ROW_MISSING));
  }

  @Test
  void aRowWithAnotherPriceOrAnotherEndIsFound() {
    stand.lines("UPDATE message SET price_micros = coalesce(price_micros, 0) + 1 WHERE id = '" + id(4) + "'");
    stand.lines("UPDATE message SET status = 'DEAD' WHERE id = '" + id(5) + "'");
    assertFinds(Map.of(id(4), Kind.ROW_DIFFERS, id(5), Kind.ROW_DIFFERS));
  }

  @Test
  void aRowOfAMessageThatNeverWasIsFound() {
    String stranger = id(6).substring(0, 25) + (id(6).endsWith("Z") ? "Y" : "Z");
    stand.lines("INSERT INTO message (id, day, set_no, accepted_at) SELECT '" + stranger + "', day, set_no, accepted_at FROM message WHERE id = '" + id(6) + "'");
    assertFinds(Map.of(stranger, Kind.ROW_FROM_NOWHERE));
  }

  /** The row is put right while the audit waits between its looks: only a look at a later moment can clear it. */
  @Test
  void aRowThatFollowsItsEventsIsNoFinding() {
    String status = stand.lines("SELECT status FROM message WHERE id = '" + id(7) + "'").get(0);
    stand.lines("UPDATE message SET status = 'DEAD' WHERE id = '" + id(7) + "'");
    assertEquals(1, audit(1).size());
    stand.vertx.setTimer(100, t -> stand.pool.query("UPDATE message SET status = '" + status + "' WHERE id = '" + id(7) + "'").execute());
    assertEquals(List.of(), audit(30));
  }

  private String id(int number) {
    return lives.get(number).get(0).id();
  }

  private void assertFinds(Map<String, Kind> expected) {
    Map<String, Kind> found = new TreeMap<>();
    audit(2).forEach(finding -> found.put(finding.id(), finding.kind()));
    assertEquals(new TreeMap<>(expected), found);
  }

  private List<Finding> audit(int looks) {
    List<Finding> findings = new ArrayList<>();
    try (Rows rows = Rows.open(stand.vertx, stand.uri)) {
      Await.on(stand.context, () -> new Audit(stand.context, findings::add).withRows(rows, looks).run(List.of(stand.set)));
    }
    return findings.stream().filter(finding -> KINDS.contains(finding.kind())).toList();
  }
}
