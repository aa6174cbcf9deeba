package io.godwit.reporting;

import io.godwit.message.Event;
import io.godwit.message.MessageId;
import io.vertx.sqlclient.Tuple;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.bson.codecs.Codec;
import org.bson.codecs.DocumentCodec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Some pages, folded to one row a message: what one PostgreSQL transaction writes.
 *
 * @param events how many events the pages hold
 * @param unreadable how many of them this release does not understand
 * @param days the partitions that the rows need
 * @param rows parameters of {@link MessageTable#UPSERT}; null when there are no rows
 * @param bills the legs that were billed
 * @param carried what links took
 */
record Batch(List<PageRef> pages, int events, int unreadable, Set<LocalDate> days, Tuple rows, List<Bill> bills, CarriedSums carried) {
  static final Batch EMPTY = new Batch(List.of(), 0, 0, Set.of(), null, List.of(), new CarriedSums());
  private static final Logger log = LoggerFactory.getLogger(Batch.class);
  private static final Codec<Document> DOCUMENTS = new DocumentCodec();

  /** Decodes thousands of events: not for an event loop. */
  static Batch of(List<PageRef> refs, List<RawBsonDocument> pages) {
    Fold fold = new Fold();
    for (RawBsonDocument page : pages) fold.page(page.decode(DOCUMENTS));
    List<MessageRow> rows = fold.rows.values().stream().filter(MessageRow::isWorthWriting).toList();
    Set<LocalDate> days = rows.stream().map(row -> MessageTable.day(row.acceptedAt())).collect(Collectors.toSet());
    return new Batch(refs, fold.events, fold.unreadable, days, rows.isEmpty() ? null : MessageTable.parameters(rows), fold.bills, fold.carried);
  }

  private static final class Fold {
    final Map<String, MessageRow> rows = new HashMap<>();
    final List<Bill> bills = new ArrayList<>();
    final CarriedSums carried = new CarriedSums();
    int events;
    int unreadable;

    void page(Document page) {
      for (Document event : page.getList("e", Document.class, List.of())) {
        events++;
        add(page.getString("_id"), event);
      }
    }

    /** What a newer release wrote must not stop the reports: it is counted, and a rebuild by that release brings it in. */
    private void add(String page, Document document) {
      try {
        Event event = Event.read(document);
        if (!MessageId.isValid(event.id())) throw new IllegalArgumentException("'" + event.id() + "' is no message id");
        rows.computeIfAbsent(event.id(), MessageRow::new).add(event);
        Bill.collect(event, bills);
        carried.add(event);
      } catch (RuntimeException e) {
        unreadable++;
        log.error("page {}: an event of message {} cannot be read and is left out of the reports: {}", page, document.get("id"), e.toString());
      }
    }
  }
}
