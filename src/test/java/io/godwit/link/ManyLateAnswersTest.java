package io.godwit.link;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.cloudhopper.smpp.pdu.SubmitSmResp;
import io.godwit.accounts.AccountTree;
import io.godwit.events.Trail;
import io.godwit.message.Event;
import io.godwit.message.Lane;
import io.godwit.message.Message;
import io.godwit.message.Origin;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.smpp.ResponseHandler;
import io.godwit.testing.Await;
import io.godwit.testing.TestNode;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Answers that come late while more is in doubt, or to be told, than is remembered. */
class ManyLateAnswersTest {
  private static final int MOST = 1_000;
  private final TestNode one = TestNode.start(1);
  private final MessageQueue queue = one.node.queue(0);
  private final Context context = one.vertx.getOrCreateContext();
  private final LinkConfig link = LinkConfig.from("sim", new JsonObject().put("host", "127.0.0.1").put("systemId", "godwit"));
  private final LateAnswers late = new LateAnswers(context, queue, "sim", new Settlement(queue, () -> link, AccountTree.view(one.directory)), new Awaiting("sim", 1, queue::now));

  @AfterEach
  void close() {
    Await.on(context, late::end);
    one.close();
  }

  private Message message(int segments) {
    return one.message("demo", "Godwit", "+4917012345678", segments, Origin.NONE).withText("x".repeat(segments == 1 ? 5 : 200), segments).withRoute("sim", List.of());
  }

  private Parcel parcel(List<Message> messages) {
    return Parcel.of(queue.newId(), Parcel.link("sim"), Lane.BULK, 0, 0, messages);
  }

  /** A try of which no segment was answered in time. */
  private final class Try {
    private final Submission submission;
    private final List<ResponseHandler> segments = new ArrayList<>();

    Try(Message message) {
      submission = new Submission(parcel(List.of(message)), 0, link, Registrations.NONE, queue::now, settled -> { }, late::take);
      for (int i = 0; i < message.segments(); i++) segments.add(submission.submitted(new Throttling(0), () -> { }));
      segments.forEach(segment -> segment.onUnanswered(ResponseHandler.Unanswered.TIMEOUT));
    }

    void answer(int segment, String id) {
      SubmitSmResp answer = new SubmitSmResp();
      answer.setMessageId(id);
      segments.get(segment).onLateResponse(answer);
    }
  }

  private void onTheLink(Runnable what) {
    Await.on(context, () -> {
      what.run();
      return Future.succeededFuture();
    });
  }

  private List<List<String>> taken(Message message) {
    return Await.on(context, () -> Trail.of(context, one.sets.control(), message.id())).stream().map(event -> ((Event.Taken) event).carrierIds()).toList();
  }

  @Test
  void anAnswerWhoseMessageIsForgottenBeforeTheCommitIsTold() {
    Message message = message(1);
    onTheLink(() -> {
      Try first = new Try(message);
      late.add(List.of(parcel(List.of(message.again(true)))), List.of(first.submission));
      first.answer(0, "id-1");
      for (int i = 0; i < MOST; i += 100) late.add(List.of(parcel(IntStream.range(0, 100).mapToObj(n -> message(1).again(true)).toList())), List.of());
    });
    Await.until("it is told", () -> taken(message).equals(List.of(List.of("id-1"))));
  }

  @Test
  void whatIsTooMuchToBeToldIsToldWithTheNextAnswer() {
    Message told = message(1);
    Message last = message(2);
    List<Try> tries = new ArrayList<>();
    onTheLink(() -> {
      tries.add(new Try(told));
      for (int i = 1; i < MOST; i++) tries.add(new Try(message(1)));
      tries.add(new Try(last));
      late.add(List.of(), tries.stream().map(each -> each.submission).toList());
      tries.forEach(each -> each.answer(0, "id-1"));
    });
    Await.until("the first is told", () -> taken(told).equals(List.of(List.of("id-1"))));
    assertEquals(List.of(), taken(last));
    onTheLink(() -> tries.get(MOST).answer(1, "id-2"));
    Await.until("the last is told whole", () -> taken(last).equals(List.of(List.of("id-1", "id-2"))));
  }
}
