package io.godwit.ops;

import io.godwit.message.Event;
import io.godwit.message.Message;
import io.godwit.ops.Finding.Kind;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The ids that carriers gave out are those in SENT events, each once. What a carrier took without a SENT event is explained when its recipient has
 * messages that say so: sent again since the first answer was lost, or ended UNKNOWN without a SENT event, or ended with a part of its segments sent; each time that may have been
 * as many as the message has segments, and no more. Keeps eight octets an id in memory: hashes of 64 bits, of which two among ten million are the same once in 400,000 audits.
 */
final class CarrierCheck implements Check {
  private final Context context;
  private final Path file;
  private final long since;
  private final Consumer<Finding> findings;
  private final Totals totals;
  /** How many more segments of its messages a recipient may have got than SENT events tell. */
  private final Map<String, Integer> excused = new HashMap<>();
  private final BitSet told = new BitSet();
  private long[] given;

  CarrierCheck(Context context, Path file, long since, Consumer<Finding> findings, Totals totals) {
    this.context = context;
    this.file = file;
    this.since = since;
    this.findings = findings;
    this.totals = totals;
  }

  @Override
  public Future<Void> open(List<MongoSet> sets) {
    return context.executeBlocking(this::load).onSuccess(ids -> given = ids).mapEmpty();
  }

  private long[] load() throws IOException {
    long[] ids = new long[1 << 16];
    int size = 0;
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (size == ids.length) ids = Arrays.copyOf(ids, size + size / 2);
        ids[size++] = hash(id(line));
      }
    }
    ids = Arrays.copyOf(ids, size);
    Arrays.sort(ids);
    return ids;
  }

  @Override
  public Future<Void> look(Slice slice) {
    slice.chains().forEach(this::look);
    return Future.succeededFuture();
  }

  private void look(String id, Chain chain) {
    for (Event event : chain.main()) {
      if (event instanceof Event.Sent sent && sent.at() >= since) for (String carrierId : sent.carrierIds()) mark(id, carrierId);
    }
    Message message = chain.main().stream().map(Event::message).filter(m -> m != null).findFirst().orElse(null);
    if (message != null && unanswered(message, chain) > 0) excused.merge(digits(message.to()), unanswered(message, chain) * message.segments(), Integer::sum);
  }

  private void mark(String id, String carrierId) {
    int place = Arrays.binarySearch(given, hash(carrierId));
    if (place < 0) findings.accept(new Finding(id, Kind.CARRIER_ID_INVENTED, carrierId));
    else if (told.get(place)) findings.accept(new Finding(id, Kind.CARRIER_ID_TWICE, carrierId));
    else told.set(place);
  }

  /** How often it, or a part of it, may have been sent without a SENT event. */
  private static int unanswered(Message message, Chain chain) {
    int resent = (int) chain.main().stream().filter(e -> e instanceof Event.Retried retried && retried.resent()).count();
    boolean partly = message.segments() > 1 && (chain.last() instanceof Event.Failed || chain.last() instanceof Event.Expired);
    boolean told = chain.main().stream().anyMatch(Event.Sent.class::isInstance);   // then only a receipt is missing
    return !told && (chain.last() instanceof Event.Unknown || partly) ? resent + 1 : resent;
  }

  @Override
  public Future<Void> close() {
    totals.note("carrierIds", given.length);
    totals.note("carrierIdsExplained", 0);
    if (told.cardinality() == given.length) return Future.succeededFuture();
    return context.executeBlocking(this::untold).map(lines -> {
      List<String> silent = lines.stream().filter(line -> excused.merge(digits(recipient(line)), -1, Integer::sum) < 0).toList();
      totals.note("carrierIdsExplained", lines.size() - silent.size());
      for (String line : silent) findings.accept(new Finding(id(line), Kind.SENT_SILENTLY, "to " + recipient(line)));
      return null;
    });
  }

  /** The lines of which no SENT event speaks. */
  private List<String> untold() throws IOException {
    List<String> untold = new ArrayList<>();
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!told.get(Arrays.binarySearch(given, hash(id(line))))) untold.add(line);
      }
    }
    return untold;
  }

  private static String id(String line) {
    int blank = line.indexOf(' ');
    if (blank <= 0) throw new IllegalArgumentException("'" + line + "' is no carrier's id with a recipient");
    return line.substring(0, blank);
  }

  private static String recipient(String line) {
    return line.substring(line.indexOf(' ') + 1);
  }

  private static String digits(String number) {
    return number.startsWith("+") ? number.substring(1) : number;
  }

  private static long hash(String id) {
    long h = 1_125_899_906_842_597L;
    for (int i = 0; i < id.length(); i++) h = 31 * h + id.charAt(i);
    h = (h ^ h >>> 33) * 0xff51afd7ed558ccdL;
    h = (h ^ h >>> 33) * 0xc4ceb9fe1a85ec53L;
    return h ^ h >>> 33;
  }
}
