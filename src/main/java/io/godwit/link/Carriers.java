package io.godwit.link;

import io.godwit.message.DeliveryReport;
import io.godwit.smpp.CarrierId;
import io.godwit.smpp.CarrierId.Candidate;
import io.godwit.smpp.CarrierId.IdForm;
import io.godwit.smpp.IdFormMemory;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What is known of how carriers name messages: each link's form, learned from receipts that met theirs, and the names of the messages that
 * were finished last, so that a receipt that comes twice is known at once. Confined to one context.
 */
final class Carriers {
  private static final int MOST_FINISHED = 50_000;
  private static final int MOST_WORDS = 10_000;
  private static final int DOUBTFUL = 3;

  private final Map<String, IdFormMemory> forms = new HashMap<>();
  private final Function<String, IdForm> configured;
  private final Map<String, Ended> finished = new LinkedHashMap<>() {
    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Ended> eldest) {
      return size() > MOST_FINISHED;
    }
  };

  /** What was said last of messages in words that we do not know, and the receipt that said it first. */
  private final Map<Word, String> words = new LinkedHashMap<>(16, 0.75f, true) {
    @Override
    protected boolean removeEldestEntry(Map.Entry<Word, String> eldest) {
      return size() > MOST_WORDS;
    }
  };

  /** @param configured how a link's receipts name messages, as it is configured at the moment */
  Carriers(Function<String, IdForm> configured) {
    this.configured = configured;
  }

  /** None for a receipt that names no message: what the carrier has not named in its answer either is not meant by it. */
  List<Candidate> candidates(DeliveryReport report) {
    return report.carrierId().isBlank() ? List.of() : CarrierId.candidates(report.carrierId(), form(report.link()).current());
  }

  List<Long> hashes(DeliveryReport report) {
    return candidates(report).stream().map(candidate -> CarrierId.hash(report.link(), candidate.key())).toList();
  }

  /** What was learned holds until the link is configured otherwise. */
  private IdFormMemory form(String link) {
    IdForm now = configured.apply(link);
    return forms.compute(link, (l, known) -> known != null && known.configured() == now ? known : new IdFormMemory(now));
  }

  void matched(DeliveryReport report, Candidate candidate) {
    form(report.link()).matched(candidate.form());
  }

  /** It has found nothing again and again: the carrier may name messages otherwise by now. */
  void unmatched(DeliveryReport report) {
    if (report.tries() > DOUBTFUL) form(report.link()).doubt();
  }

  /**
   * A message that has ended, and what its last receipt said.
   *
   * @param doneAt as in {@link DeliveryReport}
   */
  record Ended(String message, DeliveryReport.Outcome outcome, long doneAt) {
    /** Whether the receipt says nothing new; else it may be about another message, that is known elsewhere: carriers use their ids again. */
    boolean isToldBy(DeliveryReport report) {
      return report.outcome() == DeliveryReport.Outcome.PENDING || report.outcome() == outcome && report.doneAt() == doneAt;
    }
  }

  void finished(String key, String message, DeliveryReport last) {
    finished.put(last.link() + "/" + key, new Ended(message, last.outcome(), last.doneAt()));
  }

  /** The finished message that a receipt may be about; null when none is known. */
  Ended finished(DeliveryReport report) {
    for (Candidate candidate : candidates(report)) {
      Ended ended = finished.get(report.link() + "/" + candidate.key());
      if (ended != null) return ended;
    }
    return null;
  }

  /** A word that we do not know, about a message that a carrier named so. */
  record Word(String message, String carrierId, String word) {
    static Word of(String message, DeliveryReport report) {
      return new Word(message, report.carrierId(), report.word());
    }
  }

  /** Whether this process has heard that from no receipt but this one. */
  boolean isNews(Word word, DeliveryReport report) {
    return words.getOrDefault(word, report.id()).equals(report.id());
  }

  void heard(Word word, DeliveryReport report) {
    words.putIfAbsent(word, report.id());
  }
}
