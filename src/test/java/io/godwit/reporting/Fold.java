package io.godwit.reporting;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.godwit.events.MessageState;
import io.godwit.message.Event;
import io.godwit.message.Message;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

/** What the rows must be: the fold of each message's events in order, whatever way they came. */
final class Fold {
  private static final String COLUMNS = """
    SELECT id, direction, account, sender, recipient, country, integration_id, client_ref, batch, array_to_string(tags, '|'), text, encoding, segments, status, final, n,
           link, price_micros, currency, error_code, error_text, extract(epoch FROM accepted_at) * 1000, extract(epoch FROM sent_at) * 1000,
           extract(epoch FROM done_at) * 1000, in_reply_to, day FROM message ORDER BY id""";

  private Fold() {
  }

  /** All events in any order, cut into pages of any size. */
  static List<List<Event>> shuffledPages(long seed, List<List<Event>> lives) {
    Random random = new Random(seed);
    List<Event> events = new ArrayList<>(lives.stream().flatMap(List::stream).toList());
    Collections.shuffle(events, random);
    List<List<Event>> pages = new ArrayList<>();
    for (int from = 0; from < events.size(); ) {
      int to = Math.min(events.size(), from + 1 + random.nextInt(40));
      pages.add(events.subList(from, to));
      from = to;
    }
    return pages;
  }

  static void assertRows(Stand stand, List<List<Event>> lives, String hint) {
    TreeMap<String, String> expected = new TreeMap<>();
    for (List<Event> life : lives) expected.put(life.get(0).id(), line(life));
    assertEquals(String.join("\n", expected.values()), String.join("\n", stand.lines(COLUMNS)).replaceAll("(\\d{13})\\.0+", "$1"), hint);
  }

  private static String line(List<Event> life) {
    MessageState s = MessageState.of(life);
    Message m = s.message();
    boolean redacted = s.times().containsKey("redacted");
    Long sent = s.times().get("sent");
    Long done = s.isFinal() ? (Long) life.stream().filter(e -> e.n() == s.n()).findFirst().orElseThrow().at() : null;
    List<Object> values = new ArrayList<>();
    Collections.addAll(values, m.id(), m.direction(), blank(m.account()), m.from(), m.to(), blank(m.country()), m.origin().integrationId(), m.origin().clientRef(),
      m.origin().batch(), String.join("|", m.origin().tags()), redacted ? null : m.text(), m.encoding(), m.segments(), s.status(), s.isFinal(), s.n(), s.link(),
      s.money() == null ? null : s.price(), s.currency(), s.error() == null ? null : s.error().code(), s.error() == null ? null : s.error().text(),
      m.acceptedAt(), sent, done, s.inReplyTo(), MessageTable.day(m.acceptedAt()));
    return String.join("|", values.stream().map(String::valueOf).toList()).replace('\0', '\uFFFD');
  }

  private static String blank(String text) {
    return text.isEmpty() ? null : text;
  }
}
