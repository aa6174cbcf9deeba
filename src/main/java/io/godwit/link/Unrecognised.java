package io.godwit.link;

import io.godwit.smpp.Receipt;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receipts whose state is a word that we do not know, or none. They change nothing, since more may follow: a word stands in the trail of its message
 * ({@link io.godwit.message.Event.Unrecognised}), all are counted, and each link's words are logged once each. Confined to the context of its verticle.
 */
final class Unrecognised {
  private static final Logger log = LoggerFactory.getLogger(Unrecognised.class);
  /** Of one link; a carrier with more than that puts something else into the field. */
  private static final int MOST_WORDS = 50;
  private static final int LONGEST_WORD = 40;

  private final MeterRegistry registry;
  private final Map<String, Counter> counters = new HashMap<>();
  private final Map<String, Set<String>> words = new HashMap<>();

  Unrecognised(MeterRegistry registry) {
    this.registry = registry;
  }

  /** Looks at a receipt that has just come; does nothing about one that says what it means. */
  void look(String link, Receipt receipt) {
    if (receipt.state() != Receipt.State.UNRECOGNISED) return;
    counters.computeIfAbsent(link, this::counter).increment();
    String word = printable(receipt.stat());
    Set<String> known = words.computeIfAbsent(link, l -> new HashSet<>());
    if (known.size() == MOST_WORDS || !known.add(word)) return;
    log.warn("link {}: a receipt for {} says {}, which is no state that we know: it changes nothing, and neither do others like it", link, printable(receipt.id()), word);
  }

  private Counter counter(String link) {
    return Counter.builder("godwit.link.receipts.unrecognised").description("receipts whose state is no word that we know, and that changed nothing").tag("link", link)
      .register(registry);
  }

  /** What a stranger says is not written into a log as it is. */
  private static String printable(String said) {
    if (said == null) return "nothing";
    String plain = said.replaceAll("[^\\x20-\\x7e]", "?");
    return "'" + (plain.length() > LONGEST_WORD ? plain.substring(0, LONGEST_WORD) + "…" : plain) + "'";
  }
}
