package io.godwit.replies;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.godwit.message.Event;
import io.godwit.message.Message;
import io.godwit.message.Origin;
import io.godwit.message.Status;
import io.godwit.testing.TestNode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReplyPathsTest {
  private static final String HANDSET = "+4915112345678";
  private TestNode node;
  private ReplyPaths paths;

  @BeforeEach
  void twoSets() {
    node = TestNode.start(2);
    paths = new ReplyPaths(node.sets);
    node.await(() -> paths.open(node.sets.control()));
  }

  @AfterEach
  void close() {
    node.close();
  }

  private static List<String> pool(int numbers) {
    return IntStream.range(0, numbers).mapToObj(i -> "+4477009000" + (10 + i)).toList();
  }

  private Message message() {
    return node.message("demo", "Godwit", HANDSET, 1, new Origin(null, null, List.of(), null, null, 0, true));
  }

  private Map<String, String> take(List<Message> messages, int numbers) {
    return node.await(() -> paths.take(Vertx.currentContext(), messages.stream().collect(Collectors.toMap(m -> m, m -> pool(numbers)))));
  }

  private String take(Message message, int numbers) {
    node.clock.incrementAndGet();
    return take(List.of(message), numbers).get(message.id());
  }

  private ReplyPaths.Answered find(String number) {
    return node.await(() -> paths.find(Vertx.currentContext(), HANDSET, number));
  }

  @Test
  void everyOpenMessageToAHandsetHasANumberOfItsOwn() {
    List<Message> messages = IntStream.range(0, 5).mapToObj(i -> message()).toList();
    Map<String, String> taken = take(messages, 5);
    assertEquals(5, new HashSet<>(taken.values()).size());
    for (Message message : messages) assertEquals(new ReplyPaths.Answered("demo", message.id(), List.of()), find(taken.get(message.id())));
  }

  @Test
  void aMessageThatIsShownAgainKeepsItsNumber() {
    Message message = message();
    assertEquals(take(message, 5), take(message, 5));
  }

  @Test
  void workersThatTakeAtTheSameTimeNeverGetTheSameNumber() {
    TestNode other = node.another();
    ReplyPaths others = new ReplyPaths(other.sets);
    List<Message> messages = IntStream.range(0, 16).mapToObj(i -> message()).toList();
    List<Future<Map<String, String>>> takes = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      Message message = messages.get(i);
      boolean here = i % 2 == 0;
      takes.add((here ? node : other).begin(() -> (here ? paths : others).take(Vertx.currentContext(), Map.of(message, pool(16)))
        .compose(taken -> taken.isEmpty() ? (here ? paths : others).take(Vertx.currentContext(), Map.of(message, pool(16))) : Future.succeededFuture(taken))));
    }
    node.await(() -> Future.all(takes));
    assertEquals(16, takes.stream().flatMap(t -> t.result().values().stream()).distinct().count());
    other.close();
  }

  @Test
  void whenAllAreTakenTheOldestIsTakenOverAndStaysACandidate() {
    Message first = message();
    Message second = message();
    String number = take(first, 2);
    String other = take(second, 2);
    Message third = message();
    assertEquals(number, take(third, 2));
    assertEquals(new ReplyPaths.Answered("demo", third.id(), List.of(first.id())), find(number));
    assertEquals(new ReplyPaths.Answered("demo", second.id(), List.of()), find(other));
  }

  @Test
  void aMessageThatDiedUnsentAndWasRevivedCanBeAnsweredAgain() {
    Message message = message();
    String number = take(message, 1);
    Event dead = new Event.Dead(message.id(), 2, node.clock.get(), "a bug", null);
    ReplyPaths.Unsettled path = new ReplyPaths.Unsettled(ReplyPaths.key(message), message.id(), node.clock.get());
    node.await(() -> paths.settle(Vertx.currentContext(), node.sets.control(), Map.of(path, Fate.of(List.of(dead)))));
    assertNull(find(number));
    assertEquals(Fate.WAITING, Fate.of(List.of(dead, new Event.Revived(message.id(), 3, node.clock.get(), Status.SUBMITTED, "operator"))));
    Message next = message();
    assertEquals(number, take(next, 1));
    assertEquals(number, take(message, 1));
    assertEquals(new ReplyPaths.Answered("demo", message.id(), List.of(next.id())), find(number));
  }

  @Test
  void moreMessagesInABatchThanNumbersShareThem() {
    List<Message> messages = IntStream.range(0, 5).mapToObj(i -> message()).toList();
    assertEquals(2, new HashSet<>(take(messages, 2).values()).size());
  }

  @Test
  void anotherHandsetsPathsAreAnothers() {
    String number = take(message(), 1);
    assertNull(node.await(() -> paths.find(Vertx.currentContext(), "+4915100000000", number)));
  }
}
