package io.godwit.management;

import io.godwit.accounts.Account;
import io.godwit.accounts.Amount;
import io.godwit.billing.CreditEntry;
import io.godwit.reporting.Csv;
import io.godwit.reporting.Usage;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * An account's money over some days: each top-up and transfer, and what was billed, a line a day. What messages have reserved is not taken off yet; once nothing
 * is reserved the closing balance is the account's balance.
 *
 * @param opening micro-units
 * @param until what was billed before that moment is in it
 */
record Statement(Account account, LocalDate from, LocalDate to, long opening, List<Line> lines, Instant until) {
  /** @param other the other account of a transfer, or null */
  private record Line(LocalDate day, Instant at, String type, String id, String other, String note, Long messages, Long segments, long effect) { }

  static Statement of(Account account, LocalDate from, LocalDate to, long opening, List<CreditEntry> entries, List<Usage.Sum> days, Instant until) {
    List<Line> lines = new ArrayList<>();
    for (CreditEntry entry : entries) lines.add(line(account.id(), entry));
    for (Usage.Sum day : days) lines.add(new Line(day.day(), null, "USAGE", null, null, null, day.messages(), day.segments(), -day.micros()));
    lines.sort(Comparator.comparing(Line::day));   // stable: a day's usage comes behind its entries
    return new Statement(account, from, to, opening, lines, until);
  }

  private static Line line(String account, CreditEntry entry) {
    Instant at = Instant.ofEpochMilli(entry.at());
    boolean in = account.equals(entry.to());
    String type = entry.isTopUp() ? "TOP_UP" : in ? "TRANSFER_IN" : "TRANSFER_OUT";
    String id = entry.key().substring(entry.key().indexOf('/') + 1);
    return new Line(LocalDate.ofInstant(at, ZoneOffset.UTC), at, type, id, entry.isTopUp() ? null : in ? entry.from() : entry.to(), entry.note(), null, null, entry.effectOn(account));
  }

  long closing() {
    return opening + lines.stream().mapToLong(Line::effect).sum();
  }

  JsonObject json() {
    JsonArray items = new JsonArray();
    long balance = opening;
    for (Line line : lines) {
      balance += line.effect;
      JsonObject item = new JsonObject().put("day", line.day.toString()).put("type", line.type);
      if (line.at != null) item.put("at", line.at.toString()).put("id", line.id).put("note", line.note);
      if (line.other != null) item.put("other", line.other);
      if (line.messages != null) item.put("messages", line.messages).put("segments", line.segments);
      items.add(item.put("amount", Amount.text(line.effect)).put("balance", Amount.text(balance)));
    }
    return new JsonObject().put("account", account.id()).put("currency", account.currency()).put("from", from.toString()).put("to", to.toString())
      .put("opening", Amount.text(opening)).put("closing", Amount.text(closing())).put("lines", items).put("usageUntil", until.toString());
  }

  String csv() {
    Csv csv = new Csv().line(List.of("Day", "Type", "Id", "Other", "Note", "Messages", "Segments", "Amount", "Balance", "Currency"));
    csv.line(Arrays.asList(from.toString(), "OPENING", null, null, null, null, null, null, number(opening), account.currency()));
    long balance = opening;
    for (Line line : lines) {
      balance += line.effect;
      csv.line(Arrays.asList(line.day.toString(), line.type, line.id, line.other, line.note, line.messages, line.segments, number(line.effect), number(balance), account.currency()));
    }
    return csv.line(Arrays.asList(to.toString(), "CLOSING", null, null, null, null, null, null, number(closing()), account.currency())).toString();
  }

  private static Object number(long micros) {
    return Csv.number(Amount.text(micros));
  }
}
