package io.godwit;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.node.Settings;
import io.godwit.testing.Await;
import io.godwit.testing.MongoCluster;
import java.util.List;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A process that starts while its control set has no primary, or has lost it. */
class LaunchTest {
  private static final String APP = "launch";
  private final MongoCluster mongo = MongoCluster.shared();
  private final String database = mongo.freshDatabase();

  @AfterEach
  void heal() {
    mongo.failNoMore();
  }

  private Launch launch(String... uris) {
    Settings.Cluster alone = new Settings.Cluster("test", "127.0.0.1", 0, 0, List.of());
    return new Launch(new Settings(List.of(uris), null, "127.0.0.1", 0, 0, alone, new Settings.Ops("127.0.0.1", 0), null), List.of(), getClass().getClassLoader());
  }

  @Test
  void aPrimaryThatStepsDownIsWaitedForWhateverTheStartIsAt() {
    for (String at : List.of("createIndexes marks", "create parcels", "create directory")) {
      fail(at, 1);
      Launch launch = launch(mongo.uri(database, APP));
      Await.await(launch.start());
      assertTrue(failures() > 0, at);
      Await.await(launch.stop());
    }
  }

  @Test
  void anotherSetThatLosesItsPrimaryBeforeItsQueueIsOpenHoldsNoStartUp() {
    fail("create parcels", 1);
    Launch launch = launch(mongo.uri(mongo.freshDatabase(), "another"), mongo.uri(database, APP));
    Await.await(launch.start());
    Await.await(launch.stop());
  }

  @Test
  void aDatabaseThatCannotBeFailsTheStartAtOnceAndSoDoesAnotherSetsWhileTheControlSetIsWaitedFor() {
    assertTrue(refused(launch(mongo.uri("a$b", APP))).contains("a$b"));
    fail("createIndexes marks", "alwaysOn");
    assertTrue(refused(launch(mongo.uri(database, APP), mongo.uri("a$b", "another"))).contains("a$b"));
  }

  private static String refused(Launch launch) {
    String message = assertThrows(RuntimeException.class, () -> Await.await(launch.start())).getMessage();
    Await.await(launch.stop());
    return message;
  }

  /** As a server does that is primary no more. @param at a command and its collection */
  private void fail(String at, Object times) {
    String[] command = at.split(" ");
    mongo.fail(APP, times instanceof Integer ? new Document("times", times) : times,
      new Document("failCommands", List.of(command[0])).append("errorCode", 10107).append("namespace", database + "." + command[1]));
  }

  private int failures() {
    return mongo.command("admin", new Document("configureFailPoint", "failCommand").append("mode", "off")).get("count", Number.class).intValue();
  }
}
