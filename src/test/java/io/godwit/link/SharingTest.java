package io.godwit.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.smpp.SmppClient;
import io.godwit.testing.Await;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How the seats of a link are spread, without a store: each test says who holds which. */
class SharingTest {
  private static final int NOBODY = 0;
  private static final long HOUR = 3_600_000;
  private static Vertx vertx;
  private final AtomicLong nanos = new AtomicLong();
  private final Sharing sharing = new Sharing(nanos::get, new Pauses(500, 30_000, 30_000));

  @BeforeAll
  static void open() {
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void close() {
    Await.await(vertx.close());
  }

  private static LinkConfig link(int binds) {
    return LinkConfig.from("sim", new JsonObject().put("host", "carrier").put("systemId", "godwit").put("binds", binds));
  }

  /** One that serves links, but for some. */
  private static Document process(int number, String... except) {
    return new Document("_id", number).append("links", new Document("except", List.of(except)));
  }

  /** Seats of these holders, each of whom is bound with all that he has. */
  private static List<Document> seats(Integer... holders) {
    List<Document> seats = new ArrayList<>();
    for (int holder : holders) {
      int bound = (int) List.of(holders).stream().filter(one -> one == holder).count();
      seats.add(new Document("number", seats.size()).append("holder", holder).append("told", new Document("bound", bound)));
    }
    return seats;
  }

  private static Shares found(int self, List<Document> seats, Document... processes) {
    return new Shares(link(seats.size()), self, seats, List.of(processes));
  }

  private static int due(int self, List<Document> seats, Document... processes) {
    return found(self, seats, processes).due().size();
  }

  private static boolean gives(int self, List<Document> seats, Document... processes) {
    return found(self, seats, processes).isToGive();
  }

  @Test
  void oneProcessAloneTakesAll() {
    assertEquals(3, due(1, seats(NOBODY, NOBODY, NOBODY), process(1)));
    assertEquals(2, due(1, seats(1, 9, 9), process(1)), "what the dead held");
  }

  @Test
  void eachTakesTheLeastOfItsShareFirstAndThenWhatIsOver() {
    assertEquals(1, due(1, seats(NOBODY, NOBODY, NOBODY), process(1), process(2)));
    assertEquals(0, due(1, seats(1, NOBODY, NOBODY), process(1), process(2)));
    assertEquals(1, due(1, seats(1, 2, NOBODY), process(1), process(2)));
    assertEquals(1, due(2, seats(1, 2, NOBODY), process(1), process(2)));
    assertEquals(0, due(1, seats(1, 2, 1, NOBODY), process(1), process(2)));
  }

  @Test
  void aLinkOfOneBindStaysWhereItIs() {
    assertFalse(gives(1, seats(1), process(1), process(2)));
    assertEquals(1, due(2, seats(NOBODY), process(1), process(2)), "and is whoever's when it is free");
  }

  @Test
  void theOneWithMostGivesOneBackWhileAnotherLacksIt() {
    assertTrue(gives(1, seats(1, 1), process(1), process(2)));
    assertFalse(gives(1, seats(1, 2), process(1), process(2)));
    assertFalse(gives(1, seats(1, 1, 2), process(1), process(2)));
    assertTrue(gives(1, seats(1, 1, 2, 2), process(1), process(2), process(3)));
    assertFalse(gives(2, seats(1, 1, 2, 2), process(1), process(2), process(3)), "one a time");
    assertTrue(gives(2, seats(1, 2, 2, 3, 2), process(1), process(2), process(3), process(4)));
  }

  @Test
  void noneIsGivenWhileOneIsFreeOrTheOtherIsNotBoundWithWhatItHas() {
    assertFalse(gives(1, seats(1, 1, 1, NOBODY), process(1), process(2)));
    List<Document> seats = seats(1, 1, 1, 2);
    assertTrue(gives(1, seats, process(1), process(2)));
    seats.get(3).put("told", new Document("bound", 0));
    assertFalse(gives(1, seats, process(1), process(2)));
  }

  @Test
  void oneOfMoreProcessesThanThereAreBindsGivesWhatItHasBeyondOne() {
    assertTrue(gives(1, seats(1, 1), process(1), process(2), process(3)));
    assertFalse(gives(1, seats(1, 2), process(1), process(2), process(3)));
    assertEquals(1, due(3, seats(1, NOBODY), process(1), process(2), process(3)));
    assertEquals(0, due(1, seats(1, NOBODY), process(1), process(2), process(3)));
  }

  @Test
  void noneIsGivenWhileOneThatTookSomeHasBoundNone() {
    assertFalse(gives(1, unbound(2, 1, 1, 1, 2), process(1), process(2), process(3), process(4)));
    assertTrue(gives(1, seats(1, 1, 1, 2), process(1), process(2), process(3), process(4)));
    assertTrue(gives(1, unbound(1, 1, 1), process(1), process(2)), "by one that is not bound itself");
  }

  @Test
  void noneIsGivenWhileAProcessOfAnEarlierReleaseHoldsSome() {
    assertFalse(gives(1, seats(1, 1, 4), process(1), process(2), new Document("_id", 4)));
    assertTrue(gives(1, seats(1, 1, 1), process(1), process(2), new Document("_id", 4)));
  }

  @Test
  void processesThatServeNoLinksAreNotCounted() {
    assertEquals(2, due(1, seats(NOBODY, NOBODY), process(1), new Document("_id", 2)));
    assertFalse(gives(1, seats(1, 1), process(1), new Document("_id", 2)));
    assertEquals(0, due(1, seats(2, 2), process(1), new Document("_id", 2)), "but keep what they hold");
  }

  @Test
  void whoCannotBindTheLinkHasNoPartInItWhileAnotherCan() {
    assertFalse(gives(1, seats(1, 1), process(1), process(2, "sim")));
    assertEquals(2, due(1, seats(NOBODY, NOBODY), process(1), process(2, "sim")));
    assertEquals(0, due(2, seats(NOBODY, NOBODY), process(1), process(2, "sim")));
    assertEquals(2, due(2, seats(NOBODY, NOBODY), process(2, "sim")));
    assertTrue(gives(2, seats(2, 2), process(1), process(2, "sim")), "to one that comes and can");
    assertTrue(gives(1, seats(1, 1), process(1), process(2, "another")));
  }

  private int takes(Shares found) {
    return sharing.takes(found).size();
  }

  @Test
  void aSeatThatNobodyElseTakesIsTakenBeyondTheShareAfterAWhile() {
    Shares found = found(1, seats(1, NOBODY), process(1), process(2));
    assertEquals(0, takes(found));
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(9));
    assertEquals(0, takes(found));
    assertEquals(0, takes(found(1, seats(1, 2), process(1), process(2))));
    assertEquals(0, takes(found), "it was taken meanwhile");
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(10));
    assertEquals(1, takes(found));
  }

  @Test
  void aSeatIsNotNeglectedForTheTimeInWhichNobodyCouldLook() {
    Shares found = found(1, seats(1, NOBODY), process(1), process(2));
    assertEquals(0, takes(found));
    sharing.missed(new IllegalStateException("the store is away"));
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(30));
    assertEquals(0, takes(found));
  }

  /** Binds of the first seat, to a carrier that is not there. */
  private static final class Unbound extends BindsTest.Nobody {
    private final Context context = vertx.getOrCreateContext();
    private final LinkConfig config = LinkConfig.from("sim", new JsonObject().put("host", "127.0.0.1").put("port", 1).put("systemId", "godwit"));
    private final Binds binds = new Binds(context, config, new SmppClient(vertx, config.net()), new Pauses(HOUR, HOUR, HOUR), this);

    Unbound() {
      Await.on(context, () -> {
        binds.hold(0);
        return Future.succeededFuture();
      });
    }

    /** Whether they are for another process after this look. */
    boolean leaves(Sharing sharing, Shares found) {
      return Await.on(context, () -> {
        sharing.judge(binds, found);
        return Future.succeededFuture(binds.isLeaving());
      });
    }
  }

  /** The seats of these holders, of whom one is not bound. */
  private static List<Document> unbound(int holder, Integer... holders) {
    List<Document> seats = seats(holders);
    seats.stream().filter(seat -> seat.getInteger("holder") == holder).forEach(seat -> seat.put("told", new Document("bound", 0)));
    return seats;
  }

  private void pass(long seconds) {
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
  }

  @Test
  void whoIsNotBoundForAMinuteWhileAnotherIsLeavesTheLinkHoweverLongNobodyWas() {
    Unbound binds = new Unbound();
    List<Document> outage = unbound(1, 1, 2);
    outage.get(1).put("told", new Document("bound", 0));
    Shares nobody = found(1, outage, process(1), process(2));
    Shares another = found(1, unbound(1, 1, 2), process(1), process(2));
    assertFalse(binds.leaves(sharing, nobody));
    pass(3_600);
    assertFalse(binds.leaves(sharing, nobody));
    assertFalse(binds.leaves(sharing, another), "the outage is over");
    pass(59);
    assertFalse(binds.leaves(sharing, another));
    assertFalse(binds.leaves(sharing, nobody), "and began again");
    pass(1);
    assertFalse(binds.leaves(sharing, another));
    pass(59);
    assertFalse(binds.leaves(sharing, another));
    assertEquals(Set.of(), sharing.unfit());
    pass(1);
    assertTrue(binds.leaves(sharing, another));
    assertEquals(Set.of("sim"), sharing.unfit());
  }

  @Test
  void whatWasMeasuredOfBindsEndsWithThem() {
    Unbound binds = new Unbound();
    Shares another = found(1, unbound(1, 1, 2), process(1), process(2));
    assertFalse(binds.leaves(sharing, another));
    pass(60);
    sharing.closed("sim");
    assertFalse(binds.leaves(sharing, another));
  }

  @Test
  void whereNobodyIsBoundForAMinuteOneThatHoldsNoSeatHasItsTurn() {
    Unbound binds = new Unbound();
    Shares alone = found(1, unbound(1, 1), process(1));
    Shares withAnother = found(1, unbound(1, 1), process(1), process(2)); // one bind
    assertFalse(binds.leaves(sharing, alone));
    pass(3_600);
    assertFalse(binds.leaves(sharing, withAnother));
    pass(59);
    assertFalse(binds.leaves(sharing, withAnother));
    pass(1);
    assertTrue(binds.leaves(sharing, withAnother));
    Map<String, LinkConfig> wanted = Map.of("sim", withAnother.link());
    pass(59);
    sharing.review(wanted);
    assertEquals(Set.of("sim"), sharing.unfit());
    pass(1);
    sharing.review(wanted);
    assertEquals(Set.of(), sharing.unfit());
  }

  @Test
  void anUnfitProcessIsFitAgainWhenNobodyElseWasBoundForAMinute() {
    Unbound binds = new Unbound();
    Shares another = found(1, unbound(1, 1, 2), process(1), process(2));
    binds.leaves(sharing, another);
    pass(60);
    assertTrue(binds.leaves(sharing, another));
    Shares bound = found(1, seats(2, 2), process(1, "sim"), process(2));
    Shares nobody = found(1, unbound(2, 2, 2), process(1, "sim"), process(2));
    takes(bound);
    takes(nobody);
    pass(59);
    takes(nobody);
    assertEquals(Set.of("sim"), sharing.unfit());
    takes(bound);
    pass(1);
    takes(nobody);
    assertEquals(Set.of("sim"), sharing.unfit(), "it was another minute");
    pass(60);
    takes(nobody);
    assertEquals(Set.of(), sharing.unfit());
  }
}
