package io.godwit.perf;

import io.godwit.events.EventStream;
import io.godwit.message.Encoding;
import io.godwit.message.Event;
import io.godwit.message.Lane;
import io.godwit.message.Leg;
import io.godwit.message.Limits;
import io.godwit.message.Message;
import io.godwit.message.MessageId;
import io.godwit.message.Origin;
import io.godwit.store.CommitSlot;
import io.godwit.store.MongoSet;
import io.godwit.store.UnitOfWork;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Events for the projection, in full pages: each message has four, a page holds one kind, and the kinds of a message are 20 pages apart, as
 * under load.
 */
public final class EventStock {
  private static final int APART = 20;
  private static final int KINDS = 4;
  private static final String TEXT = "Your code is 123456, it is valid for ten minutes. Tell it to nobody.";

  private EventStock() {
  }

  public static void main(String[] words) {
    Arguments.measure(words, EventStock::make);
  }

  private static JsonObject make(Arguments arguments) throws Exception {
    int messages = arguments.number("messages");
    Vertx vertx = Vertx.vertx();
    MongoSet set = MongoSet.open(vertx, 0, arguments.text("mongo"), System::currentTimeMillis).await(60, TimeUnit.SECONDS);
    EventStream events = new EventStream(set);
    events.prepareDays().await(60, TimeUnit.SECONDS);
    int pages = (messages + Limits.PAGE_EVENTS - 1) / Limits.PAGE_EVENTS;
    List<List<Message>> made = new ArrayList<>();
    for (int at = 0; at < pages + (KINDS - 1) * APART; at++) {
      if (at < pages) made.add(messages(set, at * Limits.PAGE_EVENTS, Math.min(messages, (at + 1) * Limits.PAGE_EVENTS)));
      for (int kind = 0; kind < KINDS; kind++) {
        int page = at - kind * APART;
        if (page < 0 || page >= pages) continue;
        write(vertx.getOrCreateContext(), set, events, made.get(page), kind);
        if (kind == KINDS - 1) made.set(page, null);
      }
    }
    set.close().await(30, TimeUnit.SECONDS);
    return new JsonObject().put("events", (long) messages * KINDS).put("pages", pages * KINDS);
  }

  private static void write(Context context, MongoSet set, EventStream events, List<Message> messages, int kind) throws Exception {
    UnitOfWork work = new UnitOfWork();
    events.append(work, messages.stream().map(m -> event(m, kind)).toList());
    Future.<Void>future(done -> context.runOnContext(v -> {
      CommitSlot slot = set.slot("stock");
      slot.run(work).onComplete(ran -> slot.close()).onComplete(done);
    })).await(60, TimeUnit.SECONDS);
  }

  private static List<Message> messages(MongoSet set, int from, int to) {
    List<Message> messages = new ArrayList<>();
    for (int i = from; i < to; i++) {
      String id = set.incarnation().ids().next();
      Origin origin = new Origin("M7Hxv9CsR4", "ref" + i, List.of("otp"), null, null, 0, false);
      messages.add(Message.accepted(id, Lane.ALERT, "account" + i % 50, "Acme", "+1201" + (5_550_000 + i), TEXT, Encoding.GSM7, 1, "US",
        MessageId.millis(id) + 1_000_000, origin));
    }
    return messages;
  }

  private static Event event(Message m, int kind) {
    List<Leg> legs = List.of(new Leg(m.account(), "reseller", 12_345, "EUR"), new Leg("reseller", "operator", 10_000, "EUR"));
    long at = m.acceptedAt() + kind * 100;
    return switch (kind) {
      case 0 -> new Event.Accepted(m, at);
      case 1 -> new Event.Routed(m.id(), 2, at, "link1", "Acme", Event.Money.reserved(legs), null);
      case 2 -> new Event.Sent(m.id(), 3, at, "link1", List.of("c" + m.id()), false, Event.Money.billed(legs));
      default -> new Event.Delivered(m.id(), 4, at, at, null);
    };
  }
}
